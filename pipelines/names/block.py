"""Asks the authority about a block of distinct surfaces: what holds of each whatever else the corpus has.

So blocks can be worked on anywhere, in any order, and a surface that was asked about once need not be asked about again
while the authority and the code stay. What the corpus says of all this is `resolve`'s business.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.names import choose, exact, known, plausible, remembered, romanise, things, within
from pipelines.names.ready import Ready
from pipelines.names.settings import NameSettings
from pipelines.names.spelling import respell
from pipelines.names.surfaces import column

THING, ALONE = "thing", "alone"
READINGS = ["row", "by", *exact.FOUND[1:], "is_first", "is_sure", "written"]
RIVALS = [*choose.RIVALS, "written"]
WHOLE = -1


@dataclass(frozen=True, slots=True)
class Block:
    """What the authority answers to distinct surfaces.

    Attributes:
        asked: One row a text asked about, the surfaces first, then what follows the first word of some of them: `of`
            (the row of that surface, WHOLE for a surface), `start` in it, `surface`, `folded`, and what
            `plausible.words` says.
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
    asked = _asked(surfaces, ready)
    texts, folded = asked["text"].tolist(), asked["folded"].tolist()
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
    return Block(asked.drop(columns="text"), readings, rivals.reset_index(drop=True), sounds)


def gather(blocks: Iterable[Block], surfaces: pa.Array) -> Block:
    """The blocks as one, with just these surfaces in this order, and behind them their rests.

    Each surface must be in one of the blocks; which one, and in what order the blocks come, makes no difference.
    """
    asked: list[pd.DataFrame] = []
    readings: list[pd.DataFrame] = []
    rivals: list[pd.DataFrame] = []
    sounds, size = remembered.Merged(), 0
    for one in blocks:
        of = one.asked["of"].to_numpy(np.int64)
        asked.append(one.asked.assign(of=np.where(of == WHOLE, WHOLE, of + size)).astype(_SMALL))
        for tables, rows in ((readings, one.readings), (rivals, one.rivals)):
            tables.append(rows.assign(row=rows["row"].to_numpy(np.int64) + size))
        sounds.add(one.sounds)
        size += len(of)
    every = pd.concat(asked, ignore_index=True)
    asked.clear()
    place = _places(every, surfaces)
    kept = np.flatnonzero(place >= 0)
    kept = kept[np.argsort(place[kept], kind="stable")]
    new = np.full(size + 1, -1)
    new[kept] = np.arange(len(kept))
    every = every.take(kept).reset_index(drop=True)
    every["of"] = new[every["of"].to_numpy()].astype(np.int32)
    return Block(every, _in_order(readings, new), _in_order(rivals, new), sounds.table())


_SMALL = {"of": np.int32, "start": np.int32, "n_words": np.int32}


def _places(asked: pd.DataFrame, surfaces: pa.Array) -> npt.NDArray[np.int64]:
    """Where each text asked about stands among the surfaces, or behind them that it is the rest of; else -1."""
    of = asked["of"].to_numpy()
    place = pc.index_in(column(asked["surface"]), surfaces).fill_null(-1).to_numpy().astype(np.int64)
    surface = place[of]
    return np.where(of == WHOLE, place, np.where(surface >= 0, len(surfaces) + surface, -1))


def _in_order(tables: Sequence[pd.DataFrame], new: npt.NDArray[np.int64]) -> pd.DataFrame:
    """The rows of all tables that are left, by where they stand in the whole."""
    rows = pd.concat([one for one in tables if len(one)] or tables[:1], ignore_index=True)
    rows = rows.assign(row=new[rows["row"].to_numpy(np.int64)])
    return rows[rows["row"] >= 0].sort_values("row", kind="stable", ignore_index=True)


def _asked(surfaces: Sequence[str], ready: Ready) -> pd.DataFrame:
    texts = [" ".join(surface.split()) for surface in surfaces]
    folded = romanise.fold(texts)
    rests = within.rests(surfaces, folded, ready.surnames)
    of, start = np.array(rests, np.int64).reshape(-1, 2).T
    inner = [surfaces[row][at:] for row, at in rests]
    inner_texts = [" ".join(one.split()) for one in inner]
    return pd.concat([
        pd.DataFrame({"of": np.concatenate([np.full(len(surfaces), WHOLE), of]),
                      "start": np.concatenate([np.zeros(len(surfaces), np.int64), start]),
                      "surface": [*surfaces, *inner], "text": texts + inner_texts,
                      "folded": folded + romanise.fold(inner_texts)}),
        plausible.words(texts + inner_texts),
    ], axis=1)  # fmt: skip


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
