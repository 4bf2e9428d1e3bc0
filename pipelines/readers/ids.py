"""Compact maps from the whole numbers that dumps use as ids.

Belongs here: memory-saving containers for tens of millions of ids.
Not here: what the ids stand for.
"""

from __future__ import annotations

from array import array

_DENSE, _SPREAD = 1 << 22, 32
"""Ids below the first number, or below this many times the number of ids, lie in an array indexed by id."""


class NumberOf:
    """A map id → whole number above 0, in 4 bytes an id where ids are dense."""

    def __init__(self) -> None:
        self._dense = array("I")
        self._sparse: dict[int, int] = {}
        self._count = 0

    def __setitem__(self, key: int, value: int) -> None:
        """Sets or replaces the number of an id."""
        self._count += 1
        if not 0 <= key < max(len(self._dense), _DENSE + _SPREAD * self._count) or not 0 < value < 1 << 32:
            self._sparse[key] = value
            return
        missing = key + 1 - len(self._dense)
        if missing > 0:
            self._dense.frombytes(bytes(4 * max(missing, len(self._dense) // 8)))
        self._dense[key] = value
        if self._sparse:
            self._sparse.pop(key, None)

    def get(self, key: int) -> int:
        """The number, or 0 where the id is unknown."""
        if 0 <= key < len(self._dense) and self._dense[key]:
            return self._sparse.get(key, self._dense[key])
        return self._sparse.get(key, 0)


class NameOf:
    """A map id → short text; the texts lie end to end in one byte string."""

    def __init__(self) -> None:
        self._starts = NumberOf()
        self._bytes = bytearray(1)

    def __setitem__(self, key: int, name: str) -> None:
        """Sets or replaces the text of an id."""
        encoded = name.encode()[:65535]
        self._starts[key] = len(self._bytes)
        self._bytes += len(encoded).to_bytes(2, "big") + encoded

    def get(self, key: int) -> str:
        """The text, or "" where the id is unknown."""
        start = self._starts.get(key)
        if not start:
            return ""
        size = int.from_bytes(self._bytes[start : start + 2], "big")
        return self._bytes[start + 2 : start + 2 + size].decode("utf-8", "ignore")
