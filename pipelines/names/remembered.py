"""Remembers what name parts sound like, so that none is transcribed under every convention twice in a build.

What a part sounds like is `romanise`'s business; the tables are kept with the answers of `block`.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.names import romanise

SCHEMA = pa.schema([("part", pa.string()), ("sounds", pa.list_(pa.string()))])
_HELD = 1 << 17
"""Parts, new or not, that are held before it is looked which of them are new."""


def table(parts: Sequence[str], sounds: romanise.Sounds) -> pa.Table:
    """The parts with their sounds, if any; a part that stands twice once."""
    texts = pa.array(parts, pa.string())
    is_first = _is_first(texts)
    kept = is_first[sounds.token]
    ends = np.cumsum(np.bincount(sounds.token, minlength=len(parts))[is_first], dtype=np.int32)
    heard = pa.ListArray.from_arrays(pa.array(np.append(np.int32(0), ends)), _short(sounds.sound[kept]))
    return pa.table([texts.filter(pa.array(is_first)), heard], schema=SCHEMA)


def _short(sounds: npt.NDArray[np.bytes_]) -> pa.Array:
    """The sounds as texts, which take half the room."""
    fixed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(sounds.dtype.itemsize), len(sounds), [None, pa.py_buffer(np.ascontiguousarray(sounds))]
    )
    return pc.ascii_rtrim(fixed.cast(pa.binary()).cast(pa.string()), "\0")


def _long(sounds: pa.Array) -> npt.NDArray[np.bytes_]:
    """Texts as the sounds they were."""
    padded = pc.ascii_rpad(sounds, romanise.LONGEST, "\0")
    return np.frombuffer(padded.buffers()[2] or b"", f"S{romanise.LONGEST}", len(padded))


def _is_first(parts: pa.Array) -> npt.NDArray[np.bool_]:
    """Which parts stand in none of the rows before."""
    codes = parts.dictionary_encode().indices.to_numpy()
    return np.diff(np.maximum.accumulate(codes), prepend=-1) > 0


class Merged:
    """The sounds of several tables, those of each part once: what a part sounds like is the same in any of them."""

    def __init__(self) -> None:
        """Begins with none."""
        self._found = [SCHEMA.empty_table()]
        self._held = self._distinct = 0

    def add(self, rows: pa.Table) -> None:
        """Take over what is new in a table."""
        self._found.append(rows)
        self._held += rows.num_rows
        if self._held > max(_HELD, 2 * self._distinct):
            self._found = [self.table()]
            self._held = self._distinct = self._found[0].num_rows

    def table(self) -> pa.Table:
        """All rows, each part once."""
        rows = pa.concat_tables(self._found)
        return rows.filter(pa.array(_is_first(rows["part"].combine_chunks()))).combine_chunks()


class Remembered:
    """Sounds by part."""

    def __init__(self, rows: pa.Table) -> None:
        """Takes rows as in `table`, each part once."""
        self._parts = rows["part"].combine_chunks()
        heard = rows["sounds"].combine_chunks()
        self._first = heard.offsets.to_numpy() - (heard.offsets[0].as_py() if len(heard) else 0)
        self._sound = heard.flatten()

    def sounds(self, parts: Sequence[str]) -> romanise.Sounds:
        """As `romanise.sounds`; what is not remembered is asked there."""
        known = pc.index_in(pa.array(parts, pa.string()), self._parts).fill_null(-1).to_numpy()
        missing = np.flatnonzero(known < 0)
        new = romanise.sounds([parts[number] for number in missing.tolist()])
        asked = np.flatnonzero(known >= 0)
        start, count = self._first[known[asked]], np.diff(self._first)[known[asked]]
        at = np.repeat(start - (np.cumsum(count) - count), count) + np.arange(count.sum())
        sound = _long(self._sound.take(pa.array(at)))
        if not len(missing):
            return romanise.Sounds(np.repeat(asked.astype(np.int32), count), sound)
        token = np.concatenate([np.repeat(asked, count), missing[new.token]]).astype(np.int32)
        order = np.argsort(token, kind="stable")
        return romanise.Sounds(token[order], np.concatenate([sound, new.sound])[order])
