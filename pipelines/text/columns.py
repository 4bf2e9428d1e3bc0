"""Shows where a text's lines are set in columns by wide gaps, which cleaning makes single spaces.

Cells of a table stand beside each other as words do, but are no words of one name: `Paul Roos      Paul Kelly`.
"""

import re
from collections.abc import Sequence

import regex

from pipelines.text.edits import Edit, Offsets

PARTING = "\u2003"
"""An em space: white space that no name goes over."""
# Where there is no tab, four spaces are looked for, which is several times as fast.
_SPACES = re.compile("    +")
_TABS_TOO = regex.compile(r"(?:    (?<=\S    ) *+|\t(?<=\S *\t)[ \t]*+)(?=\S)")
_WHITE = frozenset(regex.findall(r"\s", "".join(map(chr, range(0x3001)))))


def parted(raw: str, text: str, edits: Sequence[Edit]) -> str:
    """The cleaned text with an em space in the place of each space that was a tab, or four spaces or more.

    Lines justified by typewriters have gaps of two or three.

    Args:
        raw: The text as read.
        text: The same cleaned.
        edits: What led from the one to the other.
    """
    if "    " not in raw and "\t" not in raw:
        return text
    offsets, pieces, done = Offsets(edits), [], 0
    for first, last in _gaps(raw):
        while raw[first - 1] == " ":  # before a tab
            first -= 1
        start, end = offsets.to_output(first, last)
        if text[start:end] == " ":
            pieces += [text[done:start], PARTING]
            done = end
    return "".join([*pieces, text[done:]])


def _gaps(raw: str) -> list[tuple[int, int]]:
    """Where gaps inside lines start and end."""
    if "\t" in raw:
        return [gap.span() for gap in _TABS_TOO.finditer(raw)]
    spans = [run.span() for run in _SPACES.finditer(raw)]
    return [
        (first, last)
        for first, last in spans
        if first > 0 and last < len(raw) and raw[first - 1] not in _WHITE and raw[last] not in _WHITE
    ]
