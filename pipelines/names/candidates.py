"""The columns that finding names hands on: runs of capitalised words, and the candidates in them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipelines.text.together import Ints

Words = npt.NDArray[np.object_]
"""A column of strings."""


class Candidate(NamedTuple):
    """A span that may be a name; offsets are half-open code points; hint is a kind or empty."""

    start: int
    end: int
    hint: str


class Runs(NamedTuple):
    """Runs of capitalised words in texts laid end to end, and how the text around each is written (see `runs`)."""

    start: Ints
    end: Ints
    mode: Ints


class Found(NamedTuple):
    """Candidates as columns, in the order of the texts; offsets are of the texts laid end to end."""

    start: Ints
    end: Ints
    hint: Words

    def rows(self, first: int, last: int) -> "Found":
        """The candidates from one row to another."""
        return Found(self.start[first:last], self.end[first:last], self.hint[first:last])

    def take(self, rows: Ints) -> "Found":
        """The candidates of some rows."""
        return Found(self.start[rows], self.end[rows], self.hint[rows])

    def candidates(self, base: int) -> list[Candidate]:
        """The candidates one by one, with offsets of the text that starts at `base`."""
        start, end = (self.start - base).tolist(), (self.end - base).tolist()
        return [Candidate(*one) for one in zip(start, end, self.hint.tolist(), strict=True)]

    @classmethod
    def of(cls, candidates: Sequence[tuple[int, int, str]], base: int) -> "Found":
        """The columns of the candidates of the text that starts at `base`."""
        start, end, hint = zip(*candidates, strict=True) if candidates else ((), (), ())
        return cls(np.array(start, np.int64) + base, np.array(end, np.int64) + base, column(hint))

    @classmethod
    def joined(cls, pieces: Sequence["Found"]) -> "Found":
        """The candidates of all pieces, one after the other."""
        return cls(*map(np.concatenate, zip(*pieces, strict=True)))


def column(strings: Iterable[str]) -> Words:
    """Strings as a column."""
    listed = list(strings)
    words = np.empty(len(listed), object)
    words[:] = listed
    return words
