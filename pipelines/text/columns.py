"""Shows where a text's lines are set in columns by wide gaps, which cleaning makes single spaces.

Cells of a table stand beside each other as words do, but are no words of one name: `Paul Roos      Paul Kelly`.
"""

from collections.abc import Sequence

import regex

from pipelines.text.edits import Edit, Offsets

PARTING = "\u2003"
"""An em space: white space that no name goes over."""
# What it looks for first are four spaces or a tab: few texts have any but at the start of lines.
_WIDE = regex.compile(r"(?:    (?<=\S    ) *+|\t(?<=\S *\t)[ \t]*+)(?=\S)")


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
    for gap in _WIDE.finditer(raw):
        first, last = gap.span()
        while raw[first - 1] == " ":  # before a tab
            first -= 1
        start, end = offsets.to_output(first, last)
        if text[start:end] == " ":
            pieces += [text[done:start], PARTING]
            done = end
    return "".join([*pieces, text[done:]])
