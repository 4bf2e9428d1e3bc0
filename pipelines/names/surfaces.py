"""All distinct surfaces of a corpus as columns: how they are written, and what the corpus says of each.

Columns, since there are millions of them: a Python text is several times as large as its letters. What is made of them
is `cluster`'s and `bearers`' business.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

KINDS = ("event", "organisation", "person", "place", "unknown")
"""What a surface is guessed to be, in the order of the alphabet: kinds are known by their numbers here."""
PERSON, PLACE, UNKNOWN = KINDS.index("person"), KINDS.index("place"), KINDS.index("unknown")
_UNEVEN = r"[\t-\r\x1c-\x1f\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]|  |^ | $"
"""White space, as Python's `split` knows it, other than single spaces between words."""
_AT_ONCE = 1 << 14
Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Surfaces:
    """What is known of all surfaces, a row each, in the order of their letters.

    Attributes:
        surface: As written.
        is_uneven: Whether it has other spaces than single ones.
        single: Whether it is one word.
        kind: Of which kind it is by guess, a number in KINDS.
        is_name: Whether it is a name at all.
        n_mentions: How often it stands in the corpus.
        key: The number of its folded letters.
        surname: That of its last word, 0 if it is one word.
        is_foreign: Whether it shows another convention than the English one.
        may_tell: Whether its letters may tell that another word is a spelling of the same surname.
        is_upper: Whether it is in capitals.
    """

    surface: pa.Array
    is_uneven: Bools
    single: Bools
    kind: npt.NDArray[np.int8]
    is_name: Bools
    n_mentions: Numbers
    key: npt.NDArray[np.uint64]
    surname: npt.NDArray[np.uint64]
    is_foreign: Bools
    may_tell: Bools
    is_upper: Bools

    def text(self, rows: Numbers) -> pa.Array:
        """Some of them with single spaces between their words."""
        found = self.surface.take(pa.array(rows))
        return spaced(found) if self.is_uneven[rows].any() else found


class Texts(Sequence[str]):
    """A column of texts as a sequence, whose texts are made when they are asked for."""

    def __init__(self, column: pa.Array) -> None:
        """Takes the column."""
        self._column = column

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self._column)

    def __iter__(self) -> Iterator[str]:
        """The texts one by one."""
        for start in range(0, len(self), _AT_ONCE):
            yield from self[start : start + _AT_ONCE]

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        """A text, or the texts of a slice."""
        found: str | list[str] = self._column[at].to_pylist() if isinstance(at, slice) else self._column[at].as_py()
        return found


def column(texts: "pd.Series[str]") -> pa.Array:
    """Texts of a frame in one piece, as Arrow holds them."""
    found = pa.array(texts, pa.string())
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def spaced(surfaces: pa.Array) -> pa.Array:
    """The surfaces with single spaces between their words."""
    uneven = are_uneven(surfaces)
    texts = [" ".join(one.split()) for one in surfaces.filter(uneven).to_pylist()]
    return pc.replace_with_mask(surfaces, uneven, pa.array(texts, pa.string())) if texts else surfaces


def are_ordered(texts: pa.Array) -> bool:
    """Whether no text comes before the one before it."""
    return bool(pc.all(pc.less_equal(texts[:-1], texts[1:])).as_py()) if len(texts) > 1 else True


def are_uneven(surfaces: pa.Array) -> Bools:
    """Which surfaces have other spaces than single ones between words."""
    return true(pc.match_substring_regex(surfaces, _UNEVEN))


def true(column: pa.Array) -> Bools:
    """A column of truths as numpy has them."""
    found: Bools = column.to_numpy(zero_copy_only=False)
    return found


def place_of(keys: npt.NDArray[np.uint64], among: npt.NDArray[np.uint64]) -> Numbers:
    """Where each of the keys stands among others, which are in order; -1 if it does not."""
    if not len(among):
        return np.full(len(keys), -1)
    place = np.minimum(np.searchsorted(among, keys), len(among) - 1)
    return np.where(among[place] == keys, place, -1)


def place_in(texts: pa.Array, among: pa.Array) -> Numbers:
    """Where each of the texts stands among others, which are in order; -1 if it does not."""
    if not len(texts) or not len(among):
        return np.full(len(texts), -1)
    first = pc.search_sorted(among, texts[0]).as_py()
    if among.slice(first, len(texts)).equals(texts):  # as in most blocks: nothing need be looked for
        return np.arange(first, first + len(texts))
    place = np.minimum(pc.search_sorted(among, texts).to_numpy().astype(np.int64), len(among) - 1)
    return np.where(true(pc.equal(among.take(pa.array(place)), texts)), place, -1)


def several(texts: pa.Array) -> Bools:
    """Which texts are of several words."""
    return true(pc.match_substring(texts, " "))


def last_words(texts: pa.Array) -> pa.Array:
    """The last word of each text."""
    return pc.replace_substring_regex(texts, "(?s)^.* ", "")


def first_words(texts: pa.Array) -> pa.Array:
    """The first word of each text."""
    return pc.replace_substring_regex(texts, "(?s) .*", "")


def are_upper(texts: pa.Array) -> Bools:
    """Which texts are in capitals, as Python's `isupper` has it."""
    upper = true(pc.ascii_is_upper(texts))
    other = np.flatnonzero(~true(pc.string_is_ascii(texts)))
    upper[other] = [one.isupper() for one in texts.take(pa.array(other)).to_pylist()]
    return upper
