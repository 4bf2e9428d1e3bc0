"""How many words each text of a group has, counted in all texts at once.

A word is a run of letters, digits and marks; apostrophes and hyphens inside it join two runs into one word.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.passes.spans import Ints

LETTER = r"[\p{L}\p{N}\p{M}]"
JOINTS = "'’-"
OTHER, INSIDE, JOINT = 0, 1, 2
LATIN = 0x100
PLANE = 0x10000  # code points beyond are rare, and looked up one by one
Kinds = npt.NDArray[np.uint8]


def count_words(text: str, base: Ints) -> Ints:
    """The number of words of each text.

    Args:
        text: the texts laid end to end, with something that is no letter between them.
        base: where each starts, and one more.
    """
    kinds = _kinds(text)
    inside = kinds == INSIDE
    first = inside.copy()
    first[1:] &= ~inside[:-1]
    joints = np.flatnonzero(kinds == JOINT)
    joints = joints[(joints > 0) & (joints < len(kinds) - 1)]
    first[joints[inside[joints - 1] & inside[joints + 1]] + 1] = False
    counts: Ints = np.diff(np.searchsorted(np.flatnonzero(first), base))
    return counts


def _kinds(text: str) -> Kinds:
    """Whether each code point belongs to a run, may join two, or is something else."""
    plain = text.encode("latin-1", "replace").translate(_table()[:LATIN].tobytes())  # what is no Latin 1 becomes `?`
    kinds = np.frombuffer(bytearray(plain), np.uint8)
    points = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    further = np.flatnonzero(points >= LATIN)
    kinds[further] = _table()[np.minimum(points[further], PLANE - 1)]
    beyond = further[points[further] >= PLANE]
    distinct, number = np.unique(points[beyond], return_inverse=True)
    kinds[beyond] = _kinds_of(distinct.tolist())[number]
    return kinds


@cache
def _table() -> Kinds:
    """The kind of each code point before `PLANE`; the last one is none."""
    table = np.zeros(PLANE, np.uint8)
    points = [point for point in range(PLANE - 1) if not 0xD800 <= point < 0xE000]
    table[points] = _kinds_of(points)
    return table


def _kinds_of(points: Sequence[int]) -> Kinds:
    characters = pa.array(map(chr, points), pa.string())
    is_letter, is_joint = pc.match_substring_regex(characters, LETTER), pc.is_in(characters, pa.array([*JOINTS]))
    kinds: Kinds = pc.if_else(is_letter, INSIDE, pc.if_else(is_joint, JOINT, OTHER)).to_numpy().astype(np.uint8)
    return kinds
