"""Whether a distinct surface is a name at all, and of what kind, judged over the whole corpus.

Here: what counts of occurrences (at sentence starts, in lower case, hints) and the words themselves say of a surface.
Not here: spans in a text (`find`), and surfaces that an authority knows: those are names whatever is found here.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.names.lexicon import traits, traits_of
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

KINDS = ("person", "place", "organisation", "event")
_NAME = GIVEN | SURNAME | TOWN | ORGANISATION_NAME | EVENT_NAME
# How many mentions of other kinds one of a kind outweighs: "in", "at" are weak, a title or given name is strong.
_WEIGHTS = {"person": 3.0, "place": 1.0, "organisation": 3.0, "event": 3.0}
# The least share of mentions that must speak for a kind: "in" stands before a person's name too, firms speak and want.
_SHARE = {"person": 0.05, "place": 0.2, "organisation": 0.0, "event": 0.0}


def judge(surfaces: pd.DataFrame, known: pd.DataFrame | None = None) -> "pd.Series[bool]":
    """True where a surface is a name.

    Args:
        surfaces: One row a distinct surface: `surface`, `n_mentions`, `n_initial`, `n_lower` and the hints' counts.
        known: What `words` says of each, where that was asked already.
    """
    if known is None:
        known = words([" ".join(surface.split()) for surface in surfaces["surface"]])
    inside = (surfaces["n_mentions"] - surfaces["n_initial"]).to_numpy()
    lower = surfaces["n_lower"].to_numpy()
    hinted = surfaces[[f"n_{kind}" for kind in KINDS if kind != "place"]].sum(axis=1).to_numpy() > 0
    single = (known["n_words"] == 1).to_numpy()
    ordinary = known["all_ordinary"].to_numpy()
    full = surfaces["surface"][~single & (surfaces["n_person"].to_numpy() > 0)]
    borne = among(surfaces["surface"], _bearers(full.to_list()))
    named = known["any_name"].to_numpy() | borne
    # An ordinary word is a name only where it stands large inside sentences, and more often than small anywhere.
    doubtful = ordinary & ~named & ((inside < 2) | (lower >= inside))
    doubtful &= ~(surfaces["n_person"].to_numpy() > 0) | (lower > 0)
    doubtful |= ordinary & named & (lower > 3 * inside) & ~known["is_territory"].to_numpy()
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
    mentions = surfaces["n_mentions"].to_numpy()
    counts = {name: surfaces[f"n_{name}"].to_numpy() for name in KINDS}
    scores = np.column_stack([n * _WEIGHTS[name] * (n >= _SHARE[name] * mentions) for name, n in counts.items()])
    best = scores.argmax(axis=1)
    kinds = np.where(scores.max(axis=1) > 0, np.array(KINDS, dtype=object)[best], "unknown")
    names: pd.Series[str] = surfaces["surface"]
    return propagate(names, pd.Series(kinds, index=surfaces.index, name="kind", dtype=str))


def propagate(names: "pd.Series[str]", kinds: "pd.Series[str]") -> "pd.Series[str]":
    """Kinds where lone parts of a person's full name among `names` are persons too, if their own kind is unknown."""
    single = ~names.str.contains(r"\s", regex=True)
    bearers = _bearers(names[~single & (kinds == "person")].to_list())
    lone = single & (kinds == "unknown") & among(names, bearers) & ~names.str.isupper()
    return kinds.mask(lone, "person")


def among(values: Iterable[str], others: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Which of the values are among others; pandas goes through the others one by one for it."""
    known = pc.is_in(_column(values), _column(others))
    found: npt.NDArray[np.bool_] = known.to_numpy(zero_copy_only=False)
    return found


def _column(texts: Iterable[str]) -> pa.Array:
    """The texts as Arrow holds them, without an object each where pandas has them so already."""
    return pa.array(texts if isinstance(texts, pd.Series) else list(texts), pa.string())


def _bearers(full: Iterable[str]) -> set[str]:
    """The surnames and the given names in people's full names."""
    words = [name.rstrip(".").split() for name in full]
    given = {word for word in {name[0] for name in words if name} if traits(word.lower()) & GIVEN}
    return given | {name[-1] for name in words if name}


def may_be_surname(word: str) -> bool:
    """Whether a lone word may be the surname of somebody in the texts: countries and short abbreviations are none."""
    if word.isupper() and len(word) < 4:
        return False
    known = traits(word.lower())
    return not known & TERRITORY or bool(known & (GIVEN | SURNAME))


def named_after(surfaces: "pd.Series[str]") -> npt.NDArray[np.bool_]:
    """Which surfaces name what is named after somebody, with a hyphen: Friedrich-Ebert-Stiftung, Karl-Marx-Allee."""
    found = np.zeros(len(surfaces), bool)
    rows = np.flatnonzero(surfaces.str.contains("-", regex=False).to_numpy(bool))
    found[rows] = [bool(traits(name.rpartition(" ")[2].lower()) & CUE) for name in surfaces.iloc[rows].to_list()]
    return found


def words(texts: Sequence[str]) -> pd.DataFrame:
    """What the lexicon says of each text: number of words, all of them ordinary, any of them a name's or a territory.

    Args:
        texts: Surfaces with single spaces between their words.
    """
    lists = pc.split_pattern(pa.array([text.lower() for text in texts], pa.string()), " ")
    first = lists.offsets.to_numpy()[:-1]
    distinct = lists.flatten().dictionary_encode()
    found = np.array(traits_of([word.rstrip(".") for word in distinct.dictionary.to_pylist()]), np.int64)
    is_name = ((found & _NAME) != 0) & ((found & (OPENER | NEVER)) == 0)
    columns = np.column_stack([(found & (ORDINARY | OPENER | NEVER)) == 0, is_name, (found & TERRITORY) != 0])
    any_ = np.logical_or.reduceat(columns[distinct.indices.to_numpy()], first) if len(first) else columns
    n_words = np.diff(lists.offsets.to_numpy())
    return pd.DataFrame(
        {"n_words": n_words, "all_ordinary": ~any_[:, 0], "any_name": any_[:, 1], "is_territory": any_[:, 2]}
    )
