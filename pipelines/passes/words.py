"""How many words each text of a group has, counted in all texts at once.

A word is a run of letters, digits and marks; apostrophes and hyphens inside it join two runs into one word.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.passes.spans import Ints

LETTER = r"[\p{L}\p{N}\p{M}]"
JOINS = "'’-"
PLANE = 0x10000  # code points beyond are rare, and looked up one by one


def count_words(text: str, base: Ints) -> Ints:
    """The number of words of each text.

    Args:
        text: the texts laid end to end, with something that is no letter between them.
        base: where each starts, and one more.
    """
    points = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    inside = _inside(points)
    first = inside.copy()
    first[1:] &= ~inside[:-1]
    joints = np.flatnonzero(_table(JOINS)[np.minimum(points, PLANE - 1)])
    joints = joints[(joints > 0) & (joints < len(points) - 1)]
    first[joints[inside[joints - 1] & inside[joints + 1]] + 1] = False
    counts: Ints = np.diff(np.searchsorted(np.flatnonzero(first), base))
    return counts


def _inside(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Whether each code point belongs to a run."""
    inside: npt.NDArray[np.bool_] = _table("")[np.minimum(points, PLANE - 1)]
    beyond = np.flatnonzero(points >= PLANE)
    if len(beyond):
        distinct, number = np.unique(points[beyond], return_inverse=True)
        inside[beyond] = _are_letters([chr(point) for point in distinct])[number]
    return inside


@cache
def _table(characters: str) -> npt.NDArray[np.bool_]:
    """Whether each of the first code points is one of these characters; without any, whether it is a letter."""
    table = np.zeros(PLANE, bool)
    if characters:
        table[[ord(character) for character in characters]] = True
        return table
    points = [point for point in range(PLANE - 1) if not 0xD800 <= point < 0xE000]
    table[points] = _are_letters([chr(point) for point in points])
    return table


def _are_letters(characters: list[str]) -> npt.NDArray[np.bool_]:
    return pc.match_substring_regex(pa.array(characters, pa.string()), LETTER).to_numpy(zero_copy_only=False)
