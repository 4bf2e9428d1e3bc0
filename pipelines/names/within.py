"""Reads a known person's name in a run of capitalised words that opens with a word that is no part of it.

"Yesterday Stalin" opens with no name, "Joseph Khrushchev Nikita" with another one.
`find` cuts off what it knows; here the authority decides about what is left.
"""

import re

import pandas as pd

from pipelines.names import choose, exact, known, lexicon, romanise
from pipelines.names.authority import Authority
from pipelines.names.exact import FOUND
from pipelines.names.settings import NameSettings
from pipelines.names.traits import GIVEN, MODIFIER, MONTH, NEVER, OPENER, ORDINARY, PEOPLE, ROLE, SURNAME, TITLE

_NO_NAME = OPENER | MONTH | TITLE | MODIFIER | ROLE | PEOPLE | ORDINARY | NEVER
_REST = re.compile(r"\S+\s+(?=\S)")


def read(facts: pd.DataFrame, authority: Authority, settings: NameSettings) -> pd.DataFrame:
    """The certain readings of what follows a run's first word, as in `exact.find`, with `run`, `start` and `surface`.

    Args:
        facts: The surfaces that no reading was found for as a whole.
        authority: The known entities.
        settings: Thresholds.
    """
    rests = _rests(facts, _surnames(authority))
    if rests.empty:
        return pd.DataFrame(columns=[*FOUND, "run", "start", "surface"])
    found = exact.find(rests, authority)
    query = known.lay_out(rests["text"].tolist())
    found = pd.concat([found, choose.choose(rests, found, query, authority, settings)], ignore_index=True)
    person = (authority.entities["kind"] == "person").to_numpy()[found["entity"]]
    certain = found[found["is_default"] & (found["status"] == "accepted") & person]
    found = found[found["row"].isin(certain["row"]) & person]
    of = rests.loc[found["row"], ["of", "run", "start", "surface"]].reset_index(drop=True)
    return found.reset_index(drop=True).assign(row=of["of"], run=of["run"], start=of["start"], surface=of["surface"])


def _surnames(authority: Authority) -> set[str]:
    people = (authority.entities["kind"] == "person").to_numpy()[authority.names["entity"]]
    return set(romanise.fold([name.split()[-1] for name in authority.names["name"][people]]))


def _rests(facts: pd.DataFrame, surnames: set[str]) -> pd.DataFrame:
    """What follows the first word where that is no name, or a given name before a name in the other order."""
    several = facts[facts["text"].str.contains(" ", regex=False).to_numpy()]
    folded = [one.split() for one in romanise.fold(several["text"].tolist())]
    ends = [words[-1] in surnames for words in folded]
    swapped = [len(words) > 2 and words[1] in surnames and words[-1] not in surnames for words in folded]
    rows = []
    for (of, surface), end, other in zip(several["surface"].items(), ends, swapped, strict=True):
        if not end and not other:
            continue
        first = lexicon.traits(surface.split(None, 1)[0].lower().rstrip("."))
        drop = first & GIVEN if other else first & _NO_NAME and not first & (GIVEN | SURNAME)
        match = _REST.match(surface)
        if match and drop:
            rows.append((of, surface, match.end(), surface[match.end() :]))
    rests = pd.DataFrame(rows, columns=["of", "run", "start", "surface"])
    return rests.assign(text=[" ".join(one.split()) for one in rests["surface"]], is_name=True, guess="person")
