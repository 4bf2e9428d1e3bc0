"""Finds surfaces that write the name of a place, an organisation or an event under another writing convention.

Stricter than for people: every word must sound as in the authority, in the same order, with none left over.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.names import index, lexicon, match, romanise
from pipelines.names.align import EQUAL, SOUND
from pipelines.names.authority import Authority
from pipelines.names.exact import FOUND
from pipelines.names.known import Names
from pipelines.names.parts import Parts
from pipelines.names.traits import GIVEN, ORDINARY, SURNAME, TERRITORY, TOWN

_SHORTEST, _LONG = 8, 10
"""Letters of a word from which on one letter, or two, may be written otherwise: shorter ones sound like many others."""
Numbers = npt.NDArray[np.int64]
_OTHER = ORDINARY | SURNAME | GIVEN | TOWN | TERRITORY


@dataclass(frozen=True, slots=True)
class Things:
    """The names of things, indexed: `known` has the entity of each, and as `key` the numbers of its parts."""

    known: pd.DataFrame
    index: index.NameIndex


def prepare(authority: Authority) -> Things:
    """The authority's places, organisations and events, as `find` wants them."""
    kinds = authority.entities["kind"].to_numpy()[authority.names["entity"]]
    names = authority.names[(kinds != "person") & (authority.names["name"].str.len() >= _SHORTEST)]
    made = index.build(names["name"].tolist())
    itself = np.arange(len(made.parts.tokens))
    self_links = match.link_same(made.parts, made.heard, made)
    alike = self_links.how == EQUAL
    least = pd.Series(self_links.known[alike], index=self_links.query[alike]).groupby(level=0).min()
    itself[least.index] = least.to_numpy()
    keys = _keys(made.parts.first, itself[made.parts.token], np.arange(len(names)))
    known = pd.DataFrame({"key": keys, "entity": names["entity"].to_numpy()})
    return Things(known.drop_duplicates(), made)


def find(query: Names, asked: npt.NDArray[np.bool_], authority: Authority, things: Things) -> pd.DataFrame:
    """The readings of the names asked for that sound like things' names, as in `exact.find`, one a name."""
    made = things.index
    if not len(made.names) or not query.parts.tokens:
        return pd.DataFrame(columns=FOUND)
    links = match.link_same(query.parts, query.heard, made)
    same = (links.how == EQUAL) | _transcribed(links, query.parts, made.parts)
    meant = pd.Series(links.known[same], index=links.query[same]).groupby(level=0).min()
    as_thing = np.full(len(query.parts.tokens), -1, np.int64)
    as_thing[meant.index] = meant.to_numpy()
    token = as_thing[query.parts.token]
    rows = np.flatnonzero(asked & _all_known(query.parts.first, token))
    texts = pd.DataFrame({"key": _keys(query.parts.first, token, rows), "row": rows})
    hits = texts.merge(things.known, on="key").sort_values(["row", "entity"], kind="stable")
    several = hits["row"].duplicated(keep=False).to_numpy()
    label = authority.entities["name"].to_numpy()[hits["entity"]]
    result = hits.assign(
        method="transliteration", score=np.where(several, 0.5, 0.95), status=np.where(several, "review", "accepted"),
        explanation=[f"Written as {name} is under another writing convention." for name in label],
        is_full=~several, is_default=~hits["row"].duplicated(),
    )  # fmt: skip
    return result[result["is_default"]][FOUND]


def _transcribed(links: match.Link, query: Parts, known: Parts) -> npt.NDArray[np.bool_]:
    """Which links are of words long enough to be known by their sound, neither plurals nor words of their own."""
    long = links.size >= np.where(links.look <= 1, _SHORTEST, _LONG)
    rows = np.flatnonzero((links.how == SOUND) & long & (links.look <= 2))
    ours, theirs = links.query[rows].tolist(), links.known[rows].tolist()
    told = [
        query.folded[a] != known.folded[b] + "s" and not lexicon.traits(query.tokens[a].lower()) & _OTHER
        for a, b in zip(ours, theirs, strict=True)
    ]
    closely = romanise.closely([query.tokens[one] for one in ours], [known.tokens[one] for one in theirs])
    found = np.zeros(len(links.how), bool)
    found[rows] = closely & np.array(told, bool)
    return found


def _all_known(first: Numbers, token: Numbers) -> npt.NDArray[np.bool_]:
    """Which names have parts, and none that is unknown (-1)."""
    unknown = np.concatenate([[0], np.cumsum(token < 0)])
    return (np.diff(first) > 0) & (unknown[first[1:]] == unknown[first[:-1]])


def _keys(first: Numbers, token: Numbers, rows: Numbers) -> list[str]:
    """For each of the rows the numbers of its parts in one text; no part is unknown."""
    bounds = zip(first[rows].tolist(), first[rows + 1].tolist(), strict=True)
    return [" ".join(map(str, token[start:stop].tolist())) for start, stop in bounds]
