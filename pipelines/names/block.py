"""Asks the authority about a block of distinct surfaces: what holds of each whatever else the corpus has.

So blocks can be worked on anywhere, in any order, and a surface that was asked about once need not be asked about again
while the authority and the code stay. What the corpus says of all this is `resolve`'s business.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from pipelines.names import choose, exact, known, letters, plausible, remembered, romanise, things, within
from pipelines.names.ready import Ready
from pipelines.names.settings import NameSettings
from pipelines.names.spelling import respell
from pipelines.names.surfaces import column, place_in

THING, ALONE = "thing", "alone"
READINGS = ["row", "by", *exact.FOUND[1:], "is_first", "is_sure", "written"]
RIVALS = [*choose.RIVALS, "written"]
RESTS = ["of", "start", "surface"]
OWN: Mapping[str, type[np.generic]] = {**dict.fromkeys(plausible.WORDS, np.bool_), **letters.COLUMNS}
WHOLE = -1


@dataclass(frozen=True, slots=True)
class Block:
    """What the authority answers to distinct surfaces.

    Attributes:
        asked: One row a text asked about, the surfaces first, then what follows the first word of some of them: `of`
            (the row of that surface, WHOLE for a surface), `start` in it, `surface`, and what `plausible.words` and
            `letters.described` say (OWN).
        readings: Readings as in `exact.find` (`row` in `asked`), `by` what (letters, capitals, THING, ALONE), for the
            lone ones `is_first` and `is_sure`, and how the surface is `written` for that entity.
        rivals: Whom full names may name, as in `choose.compared`, with `written`.
        sounds: What the texts' parts sound like, for `remembered`.
    """

    asked: pd.DataFrame
    readings: pd.DataFrame
    rivals: pd.DataFrame
    sounds: pa.Table


def ask(surfaces: Sequence[str], ready: Ready, settings: NameSettings) -> Block:
    """What the authority answers to each of the surfaces, none of them twice."""
    asked, texts, folded = _asked(surfaces, ready)
    whole = asked["of"].to_numpy() == WHOLE
    same = exact.find(texts, folded, ready.authority, ready.letters)
    open_ = ~asked.index.isin(same["row"])
    query = known.lay_out(texts)
    as_things = things.find(query, whole & open_, ready.authority, ready.things)
    rivals, alone = choose.compared(query, ready.people, ready.authority, settings)
    rivals = rivals[open_[rivals["row"].to_numpy(np.int64)]]
    found = [same, as_things.assign(by=THING)]
    found = [*(one.assign(is_first=False, is_sure=False) for one in found), alone.assign(by=ALONE)]
    readings = pd.concat([one for one in found if len(one)] or found[:1], ignore_index=True)
    is_said = np.concatenate([np.ones(len(readings), bool), rivals["method"].notna().to_numpy(bool)])
    written = _written(
        pd.concat([rows[["row", "entity", "method"]] for rows in (readings, rivals)]), asked, ready, is_said
    )
    readings = readings[READINGS[:-1]].assign(written=written[: len(readings)])
    rivals = rivals.assign(written=written[len(readings) :])
    sounds = remembered.table(query.parts.tokens, query.heard.sounds)
    return Block(asked, readings, rivals.reset_index(drop=True), sounds)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the authority answers to all surfaces of a corpus.

    Attributes:
        own: What the surfaces' own words tell: the columns of OWN, a row each.
        rests: What follows the first word of some of them: `of` (the row of that surface), `start` in it, `surface`.
        readings: As in `Block`; `row` is that of a surface, or, behind all of these, that of a rest.
        rivals: Likewise.
        sounds: What the texts' parts sound like, each part once.
    """

    own: Mapping[str, npt.NDArray[Any]]
    rests: pd.DataFrame
    readings: pd.DataFrame
    rivals: pd.DataFrame
    sounds: pa.Table

    def texts(self, rows: npt.NDArray[np.int64], surfaces: pa.Array) -> pa.Array:
        """What is asked about in these rows."""
        size = len(surfaces)
        own, rest = rows[rows < size], rows[rows >= size] - size
        found = pa.concat_arrays([surfaces.take(pa.array(own)), column(self.rests["surface"]).take(pa.array(rest))])
        order = np.argsort(np.argsort(rows >= size, kind="stable"), kind="stable")
        return found.take(pa.array(order))


def gather(blocks: Iterable[Block], surfaces: pa.Array) -> Answers:
    """The blocks as one, with just these surfaces in this order, which is that of their letters.

    Each surface must be in one of the blocks; which one, and in what order the blocks come, makes no difference.
    """
    size, n_rests = len(surfaces), 0
    own: dict[str, npt.NDArray[Any]] = {name: np.zeros(size, kind) for name, kind in OWN.items()}
    rests: list[pd.DataFrame] = []
    readings: list[pd.DataFrame] = []
    rivals: list[pd.DataFrame] = []
    sounds = remembered.Merged()
    for one in blocks:
        is_own = one.asked["of"].to_numpy() == WHOLE
        place = place_in(column(one.asked["surface"][is_own]), surfaces)
        there = np.flatnonzero(place >= 0)
        for name, values in own.items():
            values[place[there]] = one.asked[name].to_numpy()[there]
        rest = one.asked.loc[~is_own, RESTS]
        of = place[rest["of"].to_numpy()]
        row = np.append(place, np.where(of >= 0, size + n_rests + np.arange(len(of)), -1))
        rests.append(rest.assign(of=of))
        n_rests += len(rest)
        for tables, rows in ((readings, one.readings), (rivals, one.rivals)):
            tables.append(rows.assign(row=row[rows["row"].to_numpy(np.int64)]))
        sounds.add(one.sounds)
    every = _one(rests)
    order = np.argsort(every["of"].to_numpy(), kind="stable")
    order = order[np.searchsorted(every["of"].to_numpy()[order], 0) :]
    new = np.full(size + n_rests, -1)
    new[:size], new[size + order] = np.arange(size), size + np.arange(len(order))
    rest = every.take(order).reset_index(drop=True)
    return Answers(own, rest, _in_order(readings, new), _in_order(rivals, new), sounds.table())


def _one(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([one for one in tables if len(one)] or tables[:1], ignore_index=True)


def _in_order(tables: Sequence[pd.DataFrame], new: npt.NDArray[np.int64]) -> pd.DataFrame:
    """The rows of all tables that are left, by where they stand in the whole."""
    rows = _one(tables)
    rows = rows[rows["row"] >= 0]
    rows = rows.assign(row=new[rows["row"].to_numpy(np.int64)])
    return rows.sort_values("row", kind="stable", ignore_index=True)


def _asked(surfaces: Sequence[str], ready: Ready) -> tuple[pd.DataFrame, list[str], list[str]]:
    """The rows of `Block.asked`, their texts with single spaces, and these folded."""
    texts = [" ".join(surface.split()) for surface in surfaces]
    folded = romanise.fold(texts)
    rests = within.rests(surfaces, folded, ready.surnames)
    of, start = np.array(rests, np.int64).reshape(-1, 2).T
    inner = [surfaces[row][at:] for row, at in rests]
    inner_texts = [" ".join(one.split()) for one in inner]
    texts, folded = texts + inner_texts, folded + romanise.fold(inner_texts)
    rows = pd.DataFrame({
        "of": np.concatenate([np.full(len(surfaces), WHOLE), of]),
        "start": np.concatenate([np.zeros(len(surfaces), np.int64), start]),
        "surface": [*surfaces, *inner],
    })  # fmt: skip
    return pd.concat([rows, plausible.words(texts), letters.described(texts, folded)], axis=1), texts, folded


def _written(
    rows: pd.DataFrame, asked: pd.DataFrame, ready: Ready, wanted: npt.NDArray[np.bool_]
) -> npt.NDArray[np.object_]:
    """How the surface of each row is written for its entity: people's and what sounds like them is respelled.

    Of rows that are not wanted the surface stays as it is.
    """
    surface = asked["surface"].to_numpy(object)[rows["row"].to_numpy(np.int64)]
    entity = ready.authority.entities[["kind", "name"]].iloc[rows["entity"].to_numpy(np.int64)]
    person = (entity["kind"] == "person").to_numpy()
    spelled = wanted & (person | (rows["method"] != "alias").to_numpy())
    written: npt.NDArray[np.object_] = surface.copy()
    names = entity["name"].to_numpy(object)[spelled]
    written[spelled] = respell(surface[spelled].tolist(), names.tolist(), person[spelled].tolist())
    return written
