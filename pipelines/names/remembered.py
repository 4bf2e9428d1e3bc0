"""Remembers what name parts sound like, so that none is transcribed under every convention twice in a build.

What a part sounds like is `romanise`'s business; the tables are kept with the answers of `block`.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.names import romanise

SCHEMA = pa.schema([("part", pa.string()), ("sound", pa.binary(romanise.LONGEST))])


def table(parts: Sequence[str], sounds: romanise.Sounds) -> pa.Table:
    """The parts' sounds as a table, a row a sound, those of a part together; a part that stands twice once."""
    first: dict[str, int] = {}
    is_first = np.array([first.setdefault(part, number) == number for number, part in enumerate(parts)], bool)
    kept = is_first[sounds.token]
    sound = sounds.sound[kept].astype(f"S{romanise.LONGEST}")
    fixed = pa.FixedSizeBinaryArray.from_buffers(SCHEMA.field("sound").type, len(sound), [None, pa.py_buffer(sound)])
    return pa.table([pa.array(parts, pa.string()).take(pa.array(sounds.token[kept])), fixed], schema=SCHEMA)


class Merged:
    """The sounds of several tables, those of each part once: what a part sounds like is the same in any of them."""

    def __init__(self) -> None:
        """Begins with none."""
        self._found, self._known = [SCHEMA.empty_table()], pa.array([], pa.string())

    def add(self, rows: pa.Table) -> None:
        """Take over what is new in a table."""
        new = rows.filter(pc.invert(pc.is_in(rows["part"], self._known)))
        self._found.append(new)
        self._known = pa.concat_arrays([self._known, pc.unique(new["part"])])

    def table(self) -> pa.Table:
        """All rows, those of each part together."""
        return pa.concat_tables(self._found).combine_chunks()


class Remembered:
    """Sounds by part."""

    def __init__(self, rows: pa.Table) -> None:
        """Takes rows as in `table`, each part once."""
        parts = rows["part"].combine_chunks().dictionary_encode()
        self._parts = parts.dictionary
        self._first = np.searchsorted(parts.indices.to_numpy(), np.arange(len(parts.dictionary) + 1))
        self._sound = _bytes(rows["sound"].combine_chunks())

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


def _bytes(sounds: pa.FixedSizeBinaryArray) -> npt.NDArray[np.bytes_]:
    return np.frombuffer(
        sounds.buffers()[1] or b"", f"S{romanise.LONGEST}", len(sounds), sounds.offset * romanise.LONGEST
    )
