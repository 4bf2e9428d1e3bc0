"""Reads a known person's name in a run of capitalised words that opens with a word that is no part of it.

"Yesterday Stalin" opens with no name, "Joseph Khrushchev Nikita" with another one.
`find` cuts off what it knows; here the authority decides about what is left.
"""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.names import lexicon, romanise
from pipelines.names.authority import Authority
from pipelines.names.tokens import LINK_WORDS
from pipelines.names.traits import GIVEN, MODIFIER, MONTH, NEVER, OPENER, ORDINARY, PEOPLE, ROLE, SURNAME, TITLE

_NO_NAME = OPENER | MONTH | TITLE | MODIFIER | ROLE | PEOPLE | ORDINARY | NEVER
_DESCRIBING = lexicon.words()["describing"]
_REST = re.compile(r"\S+\s+(?=\S)")


def surnames(authority: Authority) -> set[str]:
    """The last words of the known people's names, folded."""
    people = (authority.entities["kind"] == "person").to_numpy()[authority.names["entity"]]
    return set(romanise.fold([name.split()[-1] for name in authority.names["name"][people]]))


def certain(found: pd.DataFrame, authority: Authority) -> pd.DataFrame:
    """The readings of rests that hold: those of rests that certainly name a person."""
    person = (authority.entities["kind"] == "person").to_numpy()[found["entity"].to_numpy(np.int64)]
    sure = found[found["is_default"].to_numpy(bool) & (found["status"] == "accepted").to_numpy() & person]
    return found[found["row"].isin(sure["row"]).to_numpy() & person]


def rests(surfaces: Sequence[str], folded: Sequence[str], surnames: set[str]) -> list[tuple[int, int]]:
    """What follows the first word where that is no name, or a given name before a name in the other order.

    Args:
        surfaces: Runs of capitalised words.
        folded: The same folded, with single spaces.
        surnames: The known people's.

    Returns:
        Rows of `surfaces` with where the rest starts.
    """
    found = []
    for row in _holding(surnames, folded):
        surface, words = surfaces[row], folded[row].split()
        if len(words) < 2 or words[1] in LINK_WORDS:
            continue  # Cabinet of Kerensky
        swapped = len(words) > 2 and words[1] in surnames and words[-1] not in surnames
        if words[-1] not in surnames and not swapped:
            continue
        first = lexicon.traits(surface.split(None, 1)[0].lower().rstrip("."))
        drop = first & GIVEN if swapped else first & _NO_NAME and not first & (GIVEN | SURNAME)
        match = _REST.match(surface)
        if match and drop and not _may_be_given(first, words):
            found.append((row, match.end()))
    return found


def _holding(some: set[str], texts: Sequence[str]) -> list[int]:
    """The rows of texts with one of some words."""
    words = pc.split_pattern(pa.array(texts, pa.string()), " ")
    row = pc.list_parent_indices(words).filter(pc.is_in(words.flatten(), pa.array([*some], pa.string())))
    rows: list[int] = pc.unique(row).to_pylist()
    return rows


def _may_be_given(first: int, words: Sequence[str]) -> bool:
    """Whether an ordinary word before a surname that many bear may be a given name: Brook Lee is no known Lee."""
    only_ordinary = first & _NO_NAME == ORDINARY
    return only_ordinary and words[0] not in _DESCRIBING and bool(lexicon.traits(words[-1]) & SURNAME)
