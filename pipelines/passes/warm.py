"""What every worker needs, loaded once: processes forked from one that has imported this share its tables.

Only tables that are the same for every build belong here.
"""

import gc

gc.disable()  # all that is loaded here stays: looking for cycles in it again and again takes a tenth of loading it

import numpy as np

from pipelines import invariants, memory  # noqa: F401
from pipelines.names import lexicon
from pipelines.names.find import find
from pipelines.passes import apply, ask, clean, read, words  # noqa: F401
from pipelines.text import language, sentences, spelling
from pipelines.text import lexicon as english
from schemas.export import full_schema
from schemas.tables import TABLES

SAMPLE = (
    "In Moscow Nikita Krushchev met Leon Trotsky's brother, and whoever recieved him spoke of the Central Committee."
)


def warm() -> None:
    """Fill the tables that are filled when they are first used."""
    find(SAMPLE, [0])
    sentences.split(SAMPLE, language.detect(SAMPLE))
    list(spelling.unknown_words(SAMPLE))
    lexicon.is_of("female", "Nina")
    words.count_words(SAMPLE, np.array([0, len(SAMPLE)]))
    for name in TABLES:
        full_schema(name)
    english.let_go()
    memory.give_back()


warm()
gc.freeze()
gc.enable()
