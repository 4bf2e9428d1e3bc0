"""Finds surfaces that write the name of a place, an organisation or an event under another writing convention.

Stricter than for people: every word must sound as in the authority, in the same order, with none left over.
"""

import numpy as np
import pandas as pd

from pipelines.names import index, lexicon, match
from pipelines.names.align import EQUAL, SOUND
from pipelines.names.authority import Authority
from pipelines.names.exact import FOUND
from pipelines.names.known import Names
from pipelines.names.traits import GIVEN, ORDINARY, SURNAME, TERRITORY, TOWN

_SHORTEST, _LONG = 8, 10
"""Letters of a word from which on one letter, or two, may be written otherwise: shorter ones sound like many others."""
_OTHER = ORDINARY | SURNAME | GIVEN | TOWN | TERRITORY


def find(facts: pd.DataFrame, found: pd.DataFrame, query: Names, authority: Authority) -> pd.DataFrame:
    """The readings of surfaces that sound like things' names, as in `exact.find`; none for surfaces in `found`."""
    kinds = authority.entities["kind"].to_numpy()[authority.names["entity"]]
    names = authority.names[(kinds != "person") & (authority.names["name"].str.len() >= _SHORTEST)].reset_index(
        drop=True
    )
    asked = facts["is_name"].to_numpy() & (facts["guess"] != "person").to_numpy() & ~facts.index.isin(found["row"])
    if not len(names) or not asked.any() or not query.parts.tokens:
        return found.iloc[:0]
    made = index.build(names["name"].tolist())
    links = match.link(query.parts, query.heard, made)
    plural = np.array(
        [query.parts.folded[a] == made.parts.folded[b] + "s" for a, b in zip(links.query, links.known, strict=True)],
        dtype=bool,
    )
    other = np.array(
        [bool(lexicon.traits(query.parts.tokens[one].lower()) & _OTHER) for one in links.query], dtype=bool
    )
    same = (links.how == EQUAL) | (
        (links.how == SOUND)
        & (links.size >= np.where(links.look <= 1, _SHORTEST, _LONG))
        & (links.look <= 2)
        & ~plural
        & ~other
    )
    meant = pd.Series(links.known[same], index=links.query[same]).groupby(level=0).min()
    as_thing = np.full(len(query.parts.tokens), -1, np.int64)
    as_thing[meant.index] = meant.to_numpy()
    itself = np.arange(len(made.parts.tokens))
    self_links = match.link(made.parts, made.heard, made)
    alike = self_links.how == EQUAL
    least = pd.Series(self_links.known[alike], index=self_links.query[alike]).groupby(level=0).min()
    itself[least.index] = least.to_numpy()
    known = pd.DataFrame({"key": _keys(made.parts.first, itself[made.parts.token]), "entity": names["entity"]})
    texts = pd.DataFrame({"key": _keys(query.parts.first, as_thing[query.parts.token]), "row": facts.index})
    texts = texts[asked & ~texts["key"].str.contains("-", regex=False).to_numpy()]
    hits = texts.merge(known.drop_duplicates(), on="key").sort_values(["row", "entity"], kind="stable")
    several = hits["row"].duplicated(keep=False).to_numpy()
    label = authority.entities["name"].to_numpy()[hits["entity"]]
    result = hits.assign(
        method="transliteration", score=np.where(several, 0.5, 0.95), status=np.where(several, "review", "accepted"),
        explanation=[f"Written as {name} is under another writing convention." for name in label],
        is_full=~several, is_default=~hits["row"].duplicated(),
    )  # fmt: skip
    return result[result["is_default"]][FOUND]


def _keys(first: "np.typing.NDArray[np.int64]", token: "np.typing.NDArray[np.int64]") -> list[str]:
    """For each name the numbers of its parts in one text; a part unknown is -1."""
    words = token.astype(str).tolist()
    return [
        " ".join(words[start:stop]) or "-" for start, stop in zip(first[:-1].tolist(), first[1:].tolist(), strict=True)
    ]
