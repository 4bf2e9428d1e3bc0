"""Remembers what name parts sound like, so that none is transcribed under every convention twice in a build.

What a part sounds like is `romanise`'s business; the tables are kept with the answers of `block`.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.names import romanise
from pipelines.names.index import distinct

SCHEMA = pa.schema([("part", pa.string()), ("sound", pa.binary(romanise.LONGEST))])


def table(parts: Sequence[str], sounds: romanise.Sounds) -> pa.Table:
    """The parts' sounds as a table, a row a sound."""
    sound = sounds.sound.astype(f"S{romanise.LONGEST}")
    fixed = pa.FixedSizeBinaryArray.from_buffers(SCHEMA.field("sound").type, len(sound), [None, pa.py_buffer(sound)])
    return pa.table([pa.array(parts, pa.string()).take(pa.array(sounds.token)), fixed], schema=SCHEMA)


class Remembered:
    """Sounds by part."""

    def __init__(self, rows: pa.Table) -> None:
        """Takes rows as in `table`, some of them more than once."""
        parts, sounds = (_encoded(rows[name]) for name in SCHEMA.names)
        rows_once = distinct(parts.indices.to_numpy().astype(np.int64) << 32 | sounds.indices.to_numpy())
        self._parts = parts.dictionary
        self._first = np.searchsorted(rows_once >> 32, np.arange(len(parts.dictionary) + 1))
        self._sound = _bytes(sounds.dictionary)[rows_once & 0xFFFFFFFF]

    def sounds(self, parts: Sequence[str]) -> romanise.Sounds:
        """As `romanise.sounds`; what is not remembered is asked there."""
        known = pc.index_in(pa.array(parts, pa.string()), self._parts).fill_null(-1).to_numpy()
        missing = np.flatnonzero(known < 0)
        new = romanise.sounds([parts[number] for number in missing.tolist()])
        asked = np.flatnonzero(known >= 0)
        start, count = self._first[known[asked]], np.diff(self._first)[known[asked]]
        at = np.repeat(start - (np.cumsum(count) - count), count) + np.arange(count.sum())
        token = np.concatenate([np.repeat(asked, count), missing[new.token]]).astype(np.int32)
        order = np.argsort(token, kind="stable")
        return romanise.Sounds(token[order], np.concatenate([self._sound[at], new.sound])[order])


def _encoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    return column.combine_chunks().dictionary_encode()


def _bytes(sounds: pa.FixedSizeBinaryArray) -> npt.NDArray[np.bytes_]:
    return np.frombuffer(sounds.buffers()[1] or b"", f"S{romanise.LONGEST}", len(sounds))
