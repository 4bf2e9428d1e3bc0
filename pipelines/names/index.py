"""Finds, for many name parts at once, the parts of known names that may be spellings of them.

An index is made once of the authority's names (or of any names); it holds their parts, what these sound like, and a
table in which two sounds that differ in one sign meet (each sound is entered with every one sign left out). It can be
saved and read back. It finds, it does not judge: that is `match`'s business.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipelines.names import parts, romanise

_PRIME = 0x9E3779B97F4A7C15
_INVERSE = pow(_PRIME, -1, 1 << 64)
_MOST_BITS = 24
_SHORTEST = 4
"""Sounds with fewer signs meet only whole: one sign less of three is another name."""
_AT_ONCE = 1 << 16
"""Sounds that are numbered at a time: each has a number for each of its beginnings then."""
_FEW = 8
"""Signs that most sounds have at most: longer ones are numbered apart, in up to three times the room."""
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Heard:
    """Name parts with their sounds and the numbers under which these are found.

    Attributes:
        sounds: The sounds of each part.
        row: For each number the row in `sounds` it was made of.
        number: A 64-bit number of the coarse sound, whole or with one sign left out.
        whole: For each sound where its number without vowels' differences stands.
    """

    sounds: romanise.Sounds
    row: npt.NDArray[np.int32]
    number: npt.NDArray[np.uint64]
    whole: npt.NDArray[np.int64]

    def unnumbered(self) -> "Heard":
        """The sounds alone, which take a fifth of the room."""
        return Heard(self.sounds, np.zeros(0, np.int32), np.zeros(0, np.uint64), np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Known names, their parts, and the table in which spellings of the parts meet.

    Attributes:
        names: The names in the order given.
        parts: Their parts.
        heard: The parts' sounds, the numbers in ascending order.
        holder: Names that hold a part, grouped by part; of part t the slice `first_holder[t]:first_holder[t + 1]`.
        first_holder: Where each part's group starts.
    """

    names: list[str]
    parts: parts.Parts
    heard: Heard
    holder: npt.NDArray[np.int32]
    first_holder: npt.NDArray[np.int64]

    def save(self, folder: Path) -> None:
        """Writes the index to `folder`, which it makes; `read` gives the same index back."""
        folder.mkdir(parents=True, exist_ok=True)
        words = {"names": self.names, "tokens": self.parts.tokens, "folded": self.parts.folded}
        for name, values in words.items():
            (folder / f"{name}.json").write_text(json.dumps(values, ensure_ascii=False), "utf-8")
        for name, array in self._arrays().items():
            np.save(folder / f"{name}.npy", array)

    def _arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        return {
            "role": self.parts.role, "first": self.parts.first, "token": self.parts.token, "joined": self.parts.joined,
            "sound_token": self.heard.sounds.token, "sound": self.heard.sounds.sound,
            "row": self.heard.row, "number": self.heard.number, "whole": self.heard.whole,
            "holder": self.holder, "first_holder": self.first_holder,
        }  # fmt: skip


def build(names: Sequence[str]) -> NameIndex:
    """The index of `names`."""
    split = parts.split(names)
    return entered(names, split, hear(split.tokens))


def entered(names: Sequence[str], split: parts.Parts, heard: Heard) -> NameIndex:
    """The index of names whose parts and sounds are there already."""
    order = np.argsort(heard.number, kind="stable")
    where = np.empty(len(order), np.int64)
    where[order] = np.arange(len(order))
    heard = Heard(heard.sounds, heard.row[order], heard.number[order], where[heard.whole])
    order = np.argsort(split.token, kind="stable")
    counts = np.bincount(split.token, minlength=len(split.tokens))
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])
    return NameIndex(list(names), split, heard, split.name_of_row()[order], first)


def read(folder: Path) -> NameIndex:
    """The index that was saved in `folder`; its arrays stay on disk until they are used."""
    words = {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("names", "tokens", "folded")}
    a = {path.stem: np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.npy"))}
    split = parts.Parts(words["tokens"], words["folded"], a["role"], a["first"], a["token"], a["joined"])
    heard = Heard(romanise.Sounds(a["sound_token"], a["sound"]), a["row"], a["number"], a["whole"])
    return NameIndex(words["names"], split, heard, a["holder"], a["first_holder"])


def hear(
    tokens: Sequence[str], sounds: Callable[[Sequence[str]], romanise.Sounds] = romanise.sounds, all_: bool = True
) -> Heard:
    """The parts' sounds, and the numbers under which each is found: all of them, or those of whole sounds alone."""
    heard = sounds(tokens)
    row, number = numbers(heard.sound, all_)
    count = len(heard.token)
    return Heard(heard, row, number, np.arange(count, 2 * count))


def numbers(sound: npt.NDArray[np.bytes_], all_: bool = True) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint64]]:
    """The numbers of each sound, with the row of the sound.

    First those of the whole sounds, in order, then those of the sounds without vowels' differences, then those with one
    sign left out, if all are asked for. Sounds that begin otherwise never meet.
    """
    whole, coarse = np.zeros((2, len(sound)), np.uint64)
    first = np.arange(len(sound), dtype=np.int32)
    rows, less = [first, first], []
    for some in _of_like_length(sound):
        whole[some.row], coarse[some.row], row, number = _numbered(some.sound, all_)
        rows.append(some.row[row])
        less.append(number)
    return np.concatenate(rows), np.concatenate([whole, coarse, *less])


class _Some(NamedTuple):
    """Some of the sounds, in no more room than the longest of them needs: their rows, and they themselves."""

    row: npt.NDArray[np.int32]
    sound: npt.NDArray[np.bytes_]


def _of_like_length(sound: npt.NDArray[np.bytes_]) -> Iterator[_Some]:
    """All sounds, some at a time."""
    length = np.strings.str_len(sound)
    for those in (length <= _FEW, length > _FEW):
        rows = np.flatnonzero(those).astype(np.int32)
        for start in range(0, len(rows), _AT_ONCE):
            row = rows[start : start + _AT_ONCE]
            yield _Some(row, sound[row].astype(f"S{max(length[row].max(), 1)}"))


def _numbered(sound: npt.NDArray[np.bytes_], all_: bool) -> tuple[Hashes, Hashes, npt.NDArray[np.int32], Hashes]:
    """The numbers of the whole sounds, without vowels' differences, and with one sign left out, with their row."""
    signs, fine = _signs(romanise.coarse(sound))
    _, coarse = _signs(romanise.coarse(sound, vowels=False))
    length = (signs != 0).sum(axis=0)
    is_long, whole = length >= _SHORTEST, fine[-1]
    rows, found = [np.zeros(0, np.int32)], [np.zeros(0, np.uint64)]
    with np.errstate(over="ignore"):
        begins = BEGINS[signs[0]] * np.uint64(_PRIME >> 1)
        for j in range(len(signs) if all_ else 0):
            # A sign that repeats the one before it gives the same remainder: one of them is enough.
            row = np.flatnonzero(is_long & (length > j) & (signs[j] != signs[j - 1] if j else True))
            before = fine[j - 1][row] if j else np.uint64(0)
            rows.append(row.astype(np.int32))
            found.append(before + (whole[row] - fine[j][row]) * np.uint64(_INVERSE) + begins[row])
        return whole + begins, ~coarse[-1] + begins, np.concatenate(rows), np.concatenate(found)


def _signs(sound: npt.NDArray[np.bytes_]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint64]]:
    """The signs, those of one place in all sounds together, and the number of each sound's beginning up to each."""
    width = sound.dtype.itemsize
    signs = np.frombuffer(sound.tobytes(), np.uint8).reshape(len(sound), width).T.copy()
    numbers: Hashes = signs.astype(np.uint64) * np.array([[pow(_PRIME, j, 1 << 64)] for j in range(width)], np.uint64)
    for j in range(1, width):  # far faster than numpy's own sums over rows
        numbers[j] += numbers[j - 1]
    return signs, numbers


BEGINS = np.zeros(256, np.uint64)
for _number, _alike in enumerate((b"aeiou", b"kgh", b"szSZCJTWc", b"vfbp", b"dt", b"m", b"n", b"l", b"r"), start=1):
    BEGINS[np.frombuffer(_alike, np.uint8)] = _number


def meet(query: Heard, known: Heard) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Rows of sounds, query and known, that differ in one sign at most (or in one sign moved); each pair once.

    `known.number` must be ascending.
    """
    if not len(known.number) or not len(query.number):
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    may = _may_be_among(query.number, known.number)
    order = may[np.argsort(query.number[may])]  # numbers in order are found far faster among millions
    number = query.number[order]
    left = np.searchsorted(known.number, number, "left")
    hit = known.number[np.minimum(left, len(known.number) - 1)] == number
    left, chosen = left[hit], order[hit]
    count = np.searchsorted(known.number, number[hit], "right") - left
    at = np.repeat(left - np.concatenate([[0], np.cumsum(count)[:-1]]), count) + np.arange(count.sum())
    pairs = distinct((np.repeat(query.row[chosen], count).astype(np.int64) << 32) | known.row[at])
    return (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32)


def _may_be_among(numbers: npt.NDArray[np.uint64], known: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Which of the numbers may be among the known ones: those that begin with the same bits as one of them."""
    shift = np.uint64(64 - min(len(known).bit_length() + 3, _MOST_BITS))
    begins = np.zeros(1 << (64 - int(shift)), bool)
    begins[known >> shift] = True
    return np.flatnonzero(begins[numbers >> shift])


def distinct(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The values in ascending order, each once; faster than numpy's own way where most differ."""
    if not len(values):
        return values
    values = np.sort(values)
    return values[np.concatenate([[True], values[1:] != values[:-1]])]
