"""Whether a distinct surface is a name at all, and of what kind, judged over the whole corpus.

Here: what counts of occurrences (at sentence starts, in lower case, hints) and the words themselves say of a surface.
Not here: spans in a text (`find`), and surfaces that an authority knows: those are names whatever is found here.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.names.lexicon import traits, traits_of
from pipelines.names.surfaces import Bools, are_upper, column, first_words, last_words, spaced, true
from pipelines.names.traits import (
    CUE,
    EVENT_NAME,
    GIVEN,
    NEVER,
    OPENER,
    ORDINARY,
    ORGANISATION_NAME,
    SURNAME,
    TERRITORY,
    TOWN,
)

WORDS = ("is_several", "all_ordinary", "any_name", "is_territory")
"""The columns of `words`."""
KINDS = ("person", "place", "organisation", "event")
_PERSON = KINDS.index("person")
_NAME = GIVEN | SURNAME | TOWN | ORGANISATION_NAME | EVENT_NAME
# How many mentions of other kinds one of a kind outweighs: "in", "at" are weak, a title or given name is strong.
_WEIGHTS = {"person": 3.0, "place": 1.0, "organisation": 3.0, "event": 3.0}
# The least share of mentions that must speak for a kind: "in" stands before a person's name too, firms speak and want.
_SHARE = {"person": 0.05, "place": 0.2, "organisation": 0.0, "event": 0.0}


def judge(surfaces: pd.DataFrame, known: Mapping[str, Bools] | None = None) -> "pd.Series[bool]":
    """True where a surface is a name.

    Args:
        surfaces: One row a distinct surface: `surface`, `n_mentions`, `n_initial`, `n_lower` and the hints' counts.
        known: What `words` says of each, where that was asked already.
    """
    if known is None:
        asked = words([" ".join(surface.split()) for surface in surfaces["surface"]])
        known = {name: asked[name].to_numpy() for name in asked.columns}
    inside = surfaces["n_mentions"].to_numpy() - surfaces["n_initial"].to_numpy()
    lower = surfaces["n_lower"].to_numpy()
    hinted = np.any([surfaces[f"n_{kind}"].to_numpy() > 0 for kind in KINDS if kind != "place"], axis=0)
    single, ordinary = ~known["is_several"], known["all_ordinary"]
    names = column(surfaces["surface"])
    full = names.filter(pa.array(~single & (surfaces["n_person"].to_numpy() > 0)))
    borne = _are_borne(names, full)
    named = known["any_name"] | borne
    # An ordinary word is a name only where it stands large inside sentences, and more often than small anywhere.
    doubtful = ordinary & ~named & ((inside < 2) | (lower >= inside))
    doubtful &= ~(surfaces["n_person"].to_numpy() > 0) | (lower > 0)
    doubtful |= ordinary & named & (lower > 3 * inside) & ~known["is_territory"]
    doubtful |= ~ordinary & ~named & ~hinted & (lower > 2 * inside)
    several = ordinary & ~named & ~hinted & (inside == 0)
    doubtful = np.where(single, doubtful, several)
    if "n_noun" in surfaces:  # German: with an article as often as not
        doubtful |= ~borne & (2 * surfaces["n_noun"] >= surfaces["n_mentions"]).to_numpy()
    is_name: pd.Series[bool] = pd.Series(~doubtful, surfaces.index, dtype=bool, name="is_name")
    return is_name


def kind(surfaces: pd.DataFrame) -> "pd.Series[str]":
    """The kind of each surface: one of `KINDS`, or `unknown` where nothing speaks for any.

    A single word that ends a person's full name elsewhere in the same surfaces counts as a person too.
    """
    found = np.array([*KINDS, "unknown"], object)[kinds(surfaces)]
    return pd.Series(found, surfaces.index, dtype=str, name="kind")


def kinds(surfaces: pd.DataFrame) -> npt.NDArray[np.int8]:
    """As `kind`, by the places in KINDS; one behind them where nothing speaks for any."""
    mentions = surfaces["n_mentions"].to_numpy()
    best, found = np.zeros(len(surfaces)), np.full(len(surfaces), len(KINDS), np.int8)
    for number, name in enumerate(KINDS):
        n = surfaces[f"n_{name}"].to_numpy(np.float64)
        score = n * _WEIGHTS[name] * (n >= _SHARE[name] * mentions)
        found[score > best] = number
        np.maximum(best, score, out=best)
    found[_are_bearers(column(surfaces["surface"]), found == _PERSON, found == len(KINDS))] = _PERSON
    return found


def propagate(names: "pd.Series[str]", kinds: "pd.Series[str]") -> "pd.Series[str]":
    """Kinds where lone parts of a person's full name among `names` are persons too, if their own kind is unknown."""
    person, unknown = ((kinds == one).to_numpy(bool) for one in ("person", "unknown"))
    return kinds.mask(_are_bearers(column(names), person, unknown), "person")


def _are_bearers(names: pa.Array, person: Bools, unknown: Bools) -> Bools:
    """Which names of unknown kind are single words of a person's full name, and not in capitals."""
    full = np.flatnonzero(person)
    full = full[true(pc.match_substring_regex(names.take(pa.array(full)), r"\s"))]
    lone = np.flatnonzero(unknown)
    words = names.take(pa.array(lone))
    may = _are_borne(words, names.take(pa.array(full))) & ~true(pc.match_substring_regex(words, r"\s"))
    lone, words = lone[may], words.filter(pa.array(may))
    found = np.zeros(len(names), bool)
    found[lone[~are_upper(words)]] = True
    return found


def among(values: Iterable[str], others: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Which of the values are among others; pandas goes through the others one by one for it."""
    known = pc.is_in(_column(values), _column(others))
    found: npt.NDArray[np.bool_] = known.to_numpy(zero_copy_only=False)
    return found


def _column(texts: Iterable[str]) -> pa.Array:
    """The texts as Arrow holds them, without an object each where pandas has them so already."""
    return pa.array(texts if isinstance(texts, pd.Series) else list(texts), pa.string())


def _are_borne(words: pa.Array, full: pa.Array) -> Bools:
    """Which words are surnames or given names in people's full names."""
    names = spaced(pc.utf8_rtrim(full, "."))
    first, last = (pc.unique(parts(names)) for parts in (first_words, last_words))
    first = first.filter(pc.is_in(first, words))
    given = np.array(traits_of([word.lower() for word in first.to_pylist()]), np.int64) & GIVEN > 0
    return true(pc.is_in(words, pa.concat_arrays([first.filter(pa.array(given)), last])))


def may_be_surnames(words: pa.Array) -> Bools:
    """Whether lone words may be surnames of somebody in the texts: countries and short abbreviations are none."""
    short = are_upper(words) & (pc.utf8_length(words).to_numpy() < 4)
    known = np.array(traits_of([word.lower() for word in words.to_pylist()]), np.int64)
    return ~short & ((known & TERRITORY == 0) | (known & (GIVEN | SURNAME) > 0))


def named_after(surfaces: pa.Array) -> Bools:
    """Which surfaces name what is named after somebody, with a hyphen: Friedrich-Ebert-Stiftung, Karl-Marx-Allee."""
    found = np.zeros(len(surfaces), bool)
    rows = np.flatnonzero(true(pc.match_substring(surfaces, "-")))
    found[rows] = [bool(traits(one.rpartition(" ")[2].lower()) & CUE) for one in surfaces.take(rows).to_pylist()]
    return found


def words(texts: Sequence[str]) -> pd.DataFrame:
    """What the lexicon says of each text: whether it has several words, all ordinary, any a name's or a territory.

    Args:
        texts: Surfaces with single spaces between their words.
    """
    lower = "\n".join(texts).lower().split("\n") if len(texts) else []
    lists = pc.split_pattern(pa.array(lower, pa.string()), " ")
    first = lists.offsets.to_numpy()[:-1]
    distinct = lists.flatten().dictionary_encode()
    found = np.array(traits_of(pc.utf8_rtrim(distinct.dictionary, ".").to_pylist()), np.int64)
    is_name = ((found & _NAME) != 0) & ((found & (OPENER | NEVER)) == 0)
    columns = np.column_stack([(found & (ORDINARY | OPENER | NEVER)) == 0, is_name, (found & TERRITORY) != 0])
    any_ = np.logical_or.reduceat(columns[distinct.indices.to_numpy()], first) if len(first) else columns
    n_words = np.diff(lists.offsets.to_numpy())
    return pd.DataFrame(
        {"is_several": n_words > 1, "all_ordinary": ~any_[:, 0], "any_name": any_[:, 1], "is_territory": any_[:, 2]}
    )
