"""Texts laid end to end, so that what is asked of places in them is asked for all at once, as columns of offsets.

Here: one text of many, and which of them a place is in. Not here: what is asked.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate, chain

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Points = npt.NDArray[np.uint32]
PARTING = "\n\0\n"
"""Before, between and after the texts: ends a line and a word, and is in no cleaned text."""


class Together:
    """Texts laid end to end.

    Attributes:
        texts: one by one.
        text: all of them, with `PARTING` before, between and after them.
        base: where each starts, and where one more would.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.text = PARTING.join(["", *texts, ""])
        lengths = (len(text) + len(PARTING) for text in texts)
        self.base: Ints = np.fromiter(accumulate(lengths, initial=len(PARTING)), np.int64, len(texts) + 1)

    @cached_property
    def points(self) -> Points:
        """The code points."""
        return np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), np.uint32)

    @cached_property
    def ends(self) -> Ints:
        """Where each text ends."""
        return self.base[1:] - len(PARTING)

    def number(self, places: Ints) -> Ints:
        """Which text each place is in."""
        numbers: Ints = np.searchsorted(self.base, places, "right") - 1
        return numbers

    def marked(self, places: Ints) -> Bools:
        """Of each place whether it is one of these."""
        is_marked = np.zeros(len(self.text) + 1, bool)
        is_marked[places] = True
        return is_marked

    def laid(self, offsets: Sequence[Sequence[int]]) -> Ints:
        """Offsets in each of the texts, as offsets in all."""
        counts = np.fromiter(map(len, offsets), np.int64, len(offsets))
        flat = np.fromiter(chain.from_iterable(offsets), np.int64, int(counts.sum()))
        return flat + np.repeat(self.base[:-1], counts)

    def slices(self, starts: Ints, ends: Ints) -> list[str]:
        """What stands at spans of the text."""
        text = self.text
        return [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]

    def strings(self, starts: Ints, ends: Ints) -> pa.StringArray:
        """What stands at spans of the text, as a column."""
        data, wide, more = self._bytes
        offsets = np.empty(2 * len(starts) + 1, np.int64)
        offsets[:-1:2], offsets[1::2], offsets[-1] = starts, ends, ends.max(initial=0)
        offsets += more[np.searchsorted(wide, offsets)]
        # Every other string is a span; those between are never looked at, and may be less than nothing.
        both = pa.LargeStringArray.from_buffers(2 * len(starts), pa.py_buffer(offsets), pa.py_buffer(data))
        return both.take(pa.array(np.arange(0, 2 * len(starts), 2))).cast(pa.string())

    @cached_property
    def _bytes(self) -> tuple[bytes, Ints, Ints]:
        """The text in UTF-8, where letters stand that take several bytes, and how many more those before them took."""
        wide = np.flatnonzero(self.points >= 1 << 7)
        points = self.points[wide]
        more = 1 + (points >= 1 << 11).astype(np.int64) + (points >= 1 << 16)
        return self.text.encode("utf-8", "surrogatepass"), wide, np.concatenate([[0], np.cumsum(more)])

    def places(self, signs: Iterable[str]) -> Ints:
        """Where any of these signs stands."""
        return np.flatnonzero(_are(self.points, signs))

    def is_any(self, places: Ints, signs: Iterable[str]) -> Bools:
        """Whether one of these signs stands at each place."""
        return _are(self.points[places], signs)


def _are(points: Points, signs: Iterable[str]) -> Bools:
    found = np.zeros(len(points), bool)
    for sign in signs:
        found |= points == ord(sign)
    return found
