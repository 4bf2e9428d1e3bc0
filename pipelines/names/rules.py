"""Applies rules that replace letters to many lines at once: to those lines alone that a rule may change.

Most name parts hold few of the letters that a writing convention has rules for. Which lines do is seen from the pairs
of bytes in all of them, without looking for every rule everywhere. The rules are `romanise`'s business.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Rows = npt.NDArray[np.int64]
NEWLINE = 10
_SMALL = 4096
"""Bytes of text up to which all lines go through all rules: choosing would take longer."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Letters and what becomes of them, one after the other; the start and the end of a line are newlines.

    Attributes:
        ordered: The rules in the order in which they apply.
        marks: Of each pair of bytes whether a line that holds it has to go through all rules.
        table: What becomes of each byte of the other lines.
        moved: Of each pair of bytes whether the table changes the first.
    """

    ordered: tuple[tuple[bytes, bytes], ...]
    marks: npt.NDArray[np.bool_]
    table: bytes
    moved: npt.NDArray[np.bool_]

    def apply(self, text: bytes) -> bytes:
        """The text after all rules."""
        for letters, sound in self.ordered:
            text = text.replace(letters, sound)
        return text


def rules(own: Sequence[tuple[str, str]], base: Sequence[tuple[str, str]] = (), beside: bool = False) -> Rules:
    """The rules `own` and then those of a base; `beside` it no line is marked that only the base's rules change."""
    ordered = tuple((letters.encode(), sound.encode()) for letters, sound in (*own, *base))
    marks, table = np.zeros((256, 256), bool), np.arange(256, dtype=np.uint8)
    for number, (letters, sound) in enumerate(ordered[: len(own)] if beside else ordered):
        if len(letters) > 1:
            bare = letters.strip(b"\n")
            first, second = (bare if len(bare) > 1 else letters)[:2]
            marks[first, second] = True
        elif beside or len(sound) != 1 or any(sound in later for later, _ in ordered[number + 1 :]):
            marks[letters[0]] = True
        elif table[letters[0]] == letters[0]:
            table[letters[0]] = sound[0]
    moved = np.repeat(table != np.arange(256), 256)
    return Rules(ordered, marks.ravel(), table.tobytes(), moved)


@dataclass(frozen=True, slots=True)
class Several:
    """Several sets of rules, of which lines are asked at once.

    Attributes:
        each: The sets.
        bits: Of each pair of bytes two bits a set: whether it is among its marks, and among what it moved.
    """

    each: tuple[Rules, ...]
    bits: npt.NDArray[np.uint64]

    @classmethod
    def of(cls, each: Sequence[Rules]) -> "Several":
        """These sets, at most 32."""
        bits = np.zeros(1 << 16, np.uint64)
        for number, made in enumerate(each):
            for pairs, bit in ((made.marks, 2 * number), (made.moved, 2 * number + 1)):
                bits[pairs] |= np.uint64(1 << bit)
        return cls(tuple(each), bits)


class Lines:
    """Lines of a text, in UTF-8 with a newline before each and one at the end."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        signs = np.frombuffer(text, np.uint8)
        self._newline = np.flatnonzero(signs == NEWLINE).astype(np.int32)
        self._pair = signs[:-1].astype(np.uint16) << np.uint16(8) | signs[1:]
        bounds = pa.py_buffer(self._newline)
        self._lines = pa.BinaryArray.from_buffers(pa.binary(), len(self), [None, bounds, pa.py_buffer(text)])

    def __len__(self) -> int:
        return max(len(self._newline) - 1, 0)

    def changed(self, made: Rules) -> list[tuple[Rows, pa.Array]]:
        """What becomes of the lines that the rules may change, with their numbers; of no line twice."""
        return next(self.changed_by(Several.of([made])))

    def changed_by(self, several: Several) -> Iterator[list[tuple[Rows, pa.Array]]]:
        """The same for each of several sets of rules."""
        if len(self._text) < _SMALL:
            for made in several.each:
                yield [(np.arange(len(self)), array(made.apply(self._text)))]
            return
        held = np.bitwise_or.reduceat(several.bits[self._pair], self._newline[:-1])
        for number, made in enumerate(several.each):
            through, moved = ((held >> np.uint64(2 * number + bit)) & np.uint64(1) > 0 for bit in (0, 1))
            moved &= ~through
            texts = made.apply(self._some(through)), self._some(moved).translate(made.table)
            yield [(np.flatnonzero(rows), array(text)) for rows, text in zip((through, moved), texts, strict=True)]

    def applied(self, made: Rules) -> pa.Array:
        """What becomes of all lines."""
        found = self.changed(made)
        same = np.ones(len(self), bool)
        for at, _ in found:
            same[at] = False
        at = np.concatenate([*(at for at, _ in found), np.flatnonzero(same)])
        return pa.concat_arrays([*(lines for _, lines in found), self.take(same)]).take(pa.array(np.argsort(at)))

    def take(self, wanted: npt.NDArray[np.bool_]) -> pa.Array:
        """Some of the lines."""
        return array(self._some(wanted))

    def _some(self, wanted: npt.NDArray[np.bool_]) -> bytes:
        """The text of some lines, with a newline before each and one at the end."""
        some = self._lines.filter(pa.array(wanted)).buffers()[2]
        return (some.to_pybytes() if some else b"") + b"\n"


def array(text: bytes) -> pa.Array:
    """The lines of a text as Arrow holds them, without an object each."""
    signs = np.frombuffer(text, np.uint8)
    is_end = signs == NEWLINE
    ends = np.flatnonzero(is_end)
    offsets = (ends - np.arange(len(ends))).astype(np.int32)
    return pa.StringArray.from_buffers(len(ends) - 1, pa.py_buffer(offsets), pa.py_buffer(signs[~is_end]))
