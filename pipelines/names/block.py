"""Asks the authority about a block of distinct surfaces: what holds of each whatever else the corpus has.

So blocks can be worked on anywhere, in any order, and a surface that was asked about once need not be asked about again
while the authority and the code stay. What the corpus says of all this is `resolve`'s business.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from pipelines.names import choose, exact, known, plausible, remembered, romanise, things, within
from pipelines.names.ready import Ready
from pipelines.names.settings import NameSettings
from pipelines.names.spelling import respell

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
    readings = readings[READINGS[:-1]].assign(written=_written(readings, asked, ready))
    rivals = rivals.assign(written=_written(rivals, asked, ready, rivals["method"].notna().to_numpy(bool)))
    sounds = remembered.table(query.parts.tokens, query.heard.sounds)
    return Block(asked.drop(columns="text"), readings, rivals.reset_index(drop=True), sounds)


def gather(blocks: Sequence[Block], surfaces: Sequence[str]) -> Block:
    """The blocks as one, with just these surfaces in this order, and behind them their rests.

    Each surface must be in one of the blocks; which one, and in what order the blocks come, makes no difference.
    """
    sizes = np.cumsum([0, *(len(one.asked) for one in blocks)])
    parts = list(zip(blocks, sizes[:-1].tolist(), strict=True))
    asked = pd.concat([one.asked.assign(of=_shifted(one.asked["of"], at)) for one, at in parts], ignore_index=True)
    of = asked["of"].to_numpy()
    place = pd.Index(surfaces).get_indexer(pd.Index(asked["surface"]))
    place[of != WHOLE] = len(surfaces) + place[of[of != WHOLE]]
    place[(of != WHOLE) & (place < len(surfaces))] = -1
    kept = np.flatnonzero(place >= 0)
    kept = kept[np.argsort(place[kept], kind="stable")]
    new = np.full(len(asked) + 1, -1)
    new[kept] = np.arange(len(kept))
    asked = asked.iloc[kept].assign(of=new[of[kept]]).reset_index(drop=True)
    readings = [one.readings.assign(row=new[one.readings["row"].to_numpy(np.int64) + at]) for one, at in parts]
    rivals = [one.rivals.assign(row=new[one.rivals["row"].to_numpy(np.int64) + at]) for one, at in parts]
    return Block(asked, _in_order(readings), _in_order(rivals), pa.concat_tables([one.sounds for one in blocks]))


def _shifted(of: "pd.Series[int]", by: int) -> "pd.Series[int]":
    return of.where(of == WHOLE, of + by)


def _in_order(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    rows = pd.concat([one for one in tables if len(one)] or tables[:1], ignore_index=True)
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
    rows: pd.DataFrame, asked: pd.DataFrame, ready: Ready, wanted: npt.NDArray[np.bool_] | None = None
) -> npt.NDArray[np.object_]:
    """How the surface of each row is written for its entity: people's and what sounds like them is respelled."""
    surface = asked["surface"].to_numpy(object)[rows["row"].to_numpy(np.int64)]
    entity = ready.authority.entities[["kind", "name"]].iloc[rows["entity"].to_numpy(np.int64)]
    person = (entity["kind"] == "person").to_numpy()
    spelled = person | (rows["method"] != "alias").to_numpy()
    if wanted is not None:
        spelled &= wanted
    written: npt.NDArray[np.object_] = surface.copy()
    names = entity["name"].to_numpy(object)[spelled]
    written[spelled] = respell(surface[spelled].tolist(), names.tolist(), person[spelled].tolist())
    return written
