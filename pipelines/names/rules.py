"""Applies rules that replace letters to many lines at once: to those lines alone that a rule may change.

Most name parts hold few of the letters that a writing convention has rules for. Which lines do is seen from the pairs
of bytes in all of them, without looking for every rule everywhere. The rules are `romanise`'s business.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise
from operator import methodcaller

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Rows = npt.NDArray[np.int64]
Rule = tuple[bytes, bytes]
Step = Callable[[bytes], bytes]
NEWLINE = 10
_SMALL = 1024
"""Bytes of text up to which all lines go through all rules: choosing would take longer."""
_TELLING = (b"h", b"j", b"u", b"z", bytes(range(128, 256)))
"""Letters without which many rules change nothing, so that lines that have them or not go through other rules."""
_KEY = np.zeros(256, np.uint8)
"""Of each byte the bit of those of these that it is among."""
for _number, _letters in enumerate(_TELLING):
    _KEY[np.frombuffer(_letters, np.uint8)] = 1 << _number
_ALL = (1 << len(_TELLING)) - 1
_DOUBLES = 4
"""So many rules that make one of two letters, one after the other, are faster applied together."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Letters and what becomes of them, one after the other; the start and the end of a line are newlines.

    Attributes:
        ordered: The rules in the order in which they apply.
        marks: Of each pair of bytes whether a line that holds it has to go through all rules.
        table: What becomes of each byte of the other lines.
        moved: Of each pair of bytes whether the table changes the first.
    """

    ordered: tuple[Rule, ...]
    marks: npt.NDArray[np.bool_]
    table: bytes
    moved: npt.NDArray[np.bool_]

    def apply(self, text: bytes, key: int = _ALL) -> bytes:
        """The text after all rules that may change one with this key."""
        for step in _steps(self.ordered, key):
            text = step(text)
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


@cache
def _steps(ordered: tuple[Rule, ...], key: int) -> list[Step]:
    """What the rules do to a text with this key, one after the other."""
    rest, found = [*_changing(ordered, key)], list[Step]()
    while rest:
        doubled = _doubled(rest)
        if len(doubled) >= _DOUBLES:
            found.append(partial(_singled, letters=b"".join(doubled)))
            del rest[: len(doubled)]
        else:
            found.append(methodcaller("replace", *rest.pop(0)))
    return found


def _changing(ordered: Sequence[Rule], key: int) -> Iterator[Rule]:
    """The rules whose letters a text with this key may have, or those before may make."""
    there = set(np.flatnonzero((_KEY & (_ALL ^ key)) == 0).tolist())
    for letters, sound in ordered:
        if there.issuperset(letters):
            there.update(sound)
            yield letters, sound


def _doubled(ordered: Sequence[Rule]) -> list[bytes]:
    """The letters, each once, of which the first rules make one of two."""
    found: list[bytes] = []
    for letters, sound in ordered:
        if letters != 2 * sound or sound in found:
            break
        found.append(sound)
    return found


def _singled(text: bytes, letters: bytes) -> bytes:
    """The text with one of two of these letters, wherever they are doubled; of three one is left beside it."""
    signs, doubled = np.frombuffer(text, np.uint8), np.zeros(256, bool)
    doubled[np.frombuffer(letters, np.uint8)] = True
    second = np.flatnonzero((signs[1:] == signs[:-1]) & doubled[signs[1:]]) + 1
    number = np.arange(len(second))
    place = number - np.maximum.accumulate(np.where(np.diff(second, prepend=-1) > 1, number, 0))  # among like letters
    return np.delete(signs, second[place % 2 == 0]).tobytes()


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
        self._signs = signs = np.frombuffer(text, np.uint8)
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
        order, key = self._by_key()
        lines, held = self._lines.take(order), self._marks(several)[order]
        for number, made in enumerate(several.each):
            through, moved = ((held >> np.uint64(2 * number + bit)) & np.uint64(1) > 0 for bit in (0, 1))
            moved &= ~through
            changed = _through(made, lines.filter(through), key[through])
            texts = changed, _text(lines.filter(moved)).translate(made.table)
            yield [(order[rows], array(text)) for rows, text in zip((through, moved), texts, strict=True)]

    def _by_key(self) -> tuple[Rows, npt.NDArray[np.uint8]]:
        """The lines so that those with the same of _TELLING stand together, and which each has."""
        key = np.bitwise_or.reduceat(_KEY[self._signs[:-1]], self._newline[:-1])
        order = np.argsort(key, kind="stable")
        return order, key[order]

    def _marks(self, several: Several) -> npt.NDArray[np.uint64]:
        """Of each line the bits of its pairs."""
        return np.bitwise_or.reduceat(several.bits[self._pair], self._newline[:-1])

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
        return array(_text(self._lines.filter(wanted)))


def _text(lines: pa.BinaryArray) -> bytes:
    """The text of lines that have a newline before each, with one at the end."""
    letters = lines.buffers()[2]
    return (letters.to_pybytes() if letters else b"") + b"\n"


def _through(made: Rules, lines: pa.BinaryArray, key: npt.NDArray[np.uint8]) -> bytes:
    """The text of the lines after the rules; they are in the order of their keys."""
    first = np.flatnonzero(np.diff(key, prepend=np.uint8(_ALL + 1)))
    at = np.frombuffer(lines.buffers()[1], np.int32)[np.append(first, len(lines))].tolist()
    text = _text(lines)
    made_of = [made.apply(text[a : b + 1], one) for one, (a, b) in zip(key[first].tolist(), pairwise(at), strict=True)]
    return b"".join(one[:-1] for one in made_of) + b"\n"


def array(text: bytes) -> pa.Array:
    """The lines of a text as Arrow holds them, without an object each."""
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == NEWLINE)
    offsets = (ends - np.arange(len(ends))).astype(np.int32)
    letters = text.translate(None, b"\n")
    return pa.StringArray.from_buffers(len(ends) - 1, pa.py_buffer(offsets), pa.py_buffer(letters))
