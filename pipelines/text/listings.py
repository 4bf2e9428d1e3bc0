"""Code in a text: the indented blocks that forums and manuals set it in.

Here: telling such a block from indented prose. Code inside a line is told by its company (`spelling`).
"""

import re

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_QUOTED = re.compile(r"^(?:> ?)+", re.MULTILINE)
_INDENTED = re.compile(r" {4}|\t")
# Signs that prose does without, ends of statements, and how comments and prompts begin.
_SIGN = re.compile(r"[{}=<>|\\`]|\w\(|\w_\w|://|;[^\S\n]*$|^\s*(?:#|//|>>>|\$ )", re.MULTILINE)
_FAR = 4000


def is_code(text: str, at: int) -> bool:
    """Whether a place in a text as written lies in code: between blank lines, every line indented, a sign of code."""
    block = _block(text, at)
    lines = [line for line in block.split("\n") if line.strip()]
    return bool(lines) and all(map(_INDENTED.match, lines)) and _SIGN.search(block) is not None


def _block(text: str, at: int) -> str:
    """What stands between the blank lines before and after a place, as far as it is near."""
    first = text.rfind("\n", 0, at - _FAR) + 1 if at > _FAR else 0
    parts = (text[first:at], text[at : at + _FAR])
    before, after = (_QUOTED.sub("", part.replace("\r\n", "\n")) for part in parts)
    return _BLANK_LINE.split(before)[-1] + _BLANK_LINE.split(after)[0]
