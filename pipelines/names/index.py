"""Finds, for many name parts at once, the parts of known names that may be spellings of them.

An index is made once of the authority's names (or of any names); it holds their parts, what these sound like, and a
table in which two sounds that differ in one sign meet (each sound is entered with every one sign left out). It can be
saved and read back. It finds, it does not judge: that is `match`'s business.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipelines.names import parts, romanise

_PRIME = 0x9E3779B97F4A7C15
_INVERSE = pow(_PRIME, -1, 1 << 64)
_FILTER_BITS = 22
_SHORTEST = 4
"""Sounds with fewer signs meet only whole: one sign less of three is another name."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Name parts with their sounds and the numbers under which these are found.

    Attributes:
        sounds: The sounds of each part.
        row: For each number the row in `sounds` it was made of.
        number: A 64-bit number of the coarse sound, whole or with one sign left out.
    """

    sounds: romanise.Sounds
    row: npt.NDArray[np.int32]
    number: npt.NDArray[np.uint64]


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
            "row": self.heard.row, "number": self.heard.number,
            "holder": self.holder, "first_holder": self.first_holder,
        }  # fmt: skip


def build(names: Sequence[str]) -> NameIndex:
    """The index of `names`."""
    split = parts.split(names)
    heard = hear(split.tokens)
    order = np.argsort(heard.number, kind="stable")
    heard = Heard(heard.sounds, heard.row[order], heard.number[order])
    order = np.argsort(split.token, kind="stable")
    counts = np.bincount(split.token, minlength=len(split.tokens))
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])
    return NameIndex(list(names), split, heard, split.name_of_row()[order], first)


def read(folder: Path) -> NameIndex:
    """The index that was saved in `folder`; its arrays stay on disk until they are used."""
    words = {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("names", "tokens", "folded")}
    a = {path.stem: np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.npy"))}
    split = parts.Parts(words["tokens"], words["folded"], a["role"], a["first"], a["token"], a["joined"])
    heard = Heard(romanise.Sounds(a["sound_token"], a["sound"]), a["row"], a["number"])
    return NameIndex(words["names"], split, heard, a["holder"], a["first_holder"])


def hear(tokens: Sequence[str]) -> Heard:
    """The parts' sounds, and the numbers of each sound, whole and with each one sign left out."""
    heard = romanise.sounds(tokens)
    row, number = numbers(romanise.coarse(heard.sound))
    return Heard(heard, row, number)


def numbers(sound: npt.NDArray[np.bytes_]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint64]]:
    """A number for each sound and for each sound with one sign left out, with the row of the sound it came from."""
    width = sound.dtype.itemsize
    signs = np.frombuffer(sound.tobytes(), np.uint8).reshape(len(sound), width)
    length = (signs != 0).sum(axis=1)
    with np.errstate(over="ignore"):
        powers = np.array([pow(_PRIME, j, 1 << 64) for j in range(width)], np.uint64)
        terms = signs.astype(np.uint64) * powers
        sums = np.cumsum(terms, axis=1, dtype=np.uint64)
        whole = sums[:, -1] if width else np.zeros(len(sound), np.uint64)
        rows, found = [np.arange(len(sound), dtype=np.int32)], [whole]
        for j in range(width):
            # A sign that repeats the one before it gives the same remainder: one of them is enough.
            keep = (length > j) & (length >= _SHORTEST)
            if j:
                keep &= signs[:, j] != signs[:, j - 1]
            row = np.flatnonzero(keep)
            if len(row):
                before = sums[row, j] - terms[row, j]
                rows.append(row.astype(np.int32))
                found.append(before + (whole[row] - sums[row, j]) * np.uint64(_INVERSE))
    return np.concatenate(rows), np.concatenate(found)


def meet(query: Heard, known: Heard) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Rows of sounds, query and known, that differ in one sign at most (or in one sign moved); each pair once.

    `known.number` must be ascending.
    """
    if not len(known.number) or not len(query.number):
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    may = np.zeros(1 << _FILTER_BITS, dtype=bool)
    shift = np.uint64(64 - _FILTER_BITS)
    may[known.number >> shift] = True
    chosen = np.flatnonzero(may[query.number >> shift])
    number = query.number[chosen]
    left = np.searchsorted(known.number, number, "left")
    right = np.searchsorted(known.number, number, "right")
    count = right - left
    hit = count > 0
    left, count, chosen = left[hit], count[hit], chosen[hit]
    at = np.repeat(left - np.concatenate([[0], np.cumsum(count)[:-1]]), count) + np.arange(count.sum())
    pairs = np.unique((np.repeat(query.row[chosen], count).astype(np.int64) << 32) | known.row[at])
    return (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32)
