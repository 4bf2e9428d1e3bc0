"""Clean text: the edits that lead from a text as written to one text form that every later stage can rely on.

Broken encodings, Unicode form, invisible characters, white space, quotes, entities and the layout of books are
settled here, each change as an edit with its rule. Dashes, accents and letters stay. Spelling and names do not belong
here, nor does decoding bytes (a reader's business).

Each stage first asks a question that costs next to nothing (a substring, the distinct unusual characters) and is left
at once where the answer is no: nearly all text needs nearly none of it.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import regex

from pipelines.text.edits import Edit, apply, compose
from pipelines.text.layout import broken_words, page_furniture
from pipelines.text.mojibake import C1_TABLE, cyrillic_mojibake, mojibake
from pipelines.text.together import Together
from pipelines.text.white_space import white_space

Stage = Callable[[str, frozenset[str]], list[Edit]]
"""A text and its unusual characters → edits in that text."""

_USUAL = bytes(byte for byte in range(0x20, 0x7F)) + b"\t\n"


class Cleaned(NamedTuple):
    """A clean text, and the minimal edits that led to it; none where it was clean before."""

    text: str
    edits: list[Edit]


def clean(text_raw: str) -> list[Edit]:
    """One list of minimal edits that cleans `text_raw`; empty where the text is clean."""
    return clean_all([text_raw])[0].edits


def clean_all(raws: Sequence[str]) -> list[Cleaned]:
    """Many texts cleaned.

    The stages run until none finds anything, so cleaning a cleaned text changes nothing. That comes to an end: every
    edit makes the text shorter (ligatures counted at full length) or turns a character into one no stage touches.
    """
    texts = [_Text(raw) for raw in raws]
    unfinished = texts
    while unfinished:
        unfinished = [one for one in unfinished if one.goes_on(BEFORE_WHITE_SPACE)]
        found = white_space(Together([one.text for one in unfinished]))
        for one, edits in zip(unfinished, found, strict=True):
            one.take_white_space(edits)
        unfinished = [one for one in unfinished if one.goes_on(AFTER_WHITE_SPACE)]
    return [Cleaned(one.text, one.edits) for one in texts]


class _Text:
    """A text that is being cleaned."""

    def __init__(self, raw: str) -> None:
        self._raw = self.text = raw
        self._unusual = _unusual_characters(raw)
        self.edits: list[Edit] = []
        self._n_quiet = 0
        self._n_needed = len(BEFORE_WHITE_SPACE) + 1 + len(AFTER_WHITE_SPACE)

    def goes_on(self, stages: Sequence[Stage]) -> bool:
        """Take what these stages find, and tell whether any stage may still find something."""
        for stage in stages:
            found = stage(self.text, self._unusual)
            self._take(found)
            if found:
                self._unusual = _unusual_characters(self.text)
                self._n_needed = len(BEFORE_WHITE_SPACE) + 1 + len(AFTER_WHITE_SPACE)
            elif self._n_quiet >= self._n_needed:
                return False
        return True

    def take_white_space(self, found: list[Edit]) -> None:
        """Take the edits for white space, which never leave anything to themselves and no unusual character."""
        self._take(found)
        if found:
            self._n_needed = len(BEFORE_WHITE_SPACE) + len(AFTER_WHITE_SPACE)

    def _take(self, found: list[Edit]) -> None:
        self._n_quiet = 0 if found else self._n_quiet + 1
        if found:
            self.edits = compose(self._raw, self.edits, found)
            self.text = apply(self.text, found)


def _unusual_characters(text: str) -> frozenset[str]:
    """The distinct characters of a text that are not printable ASCII, tab or line feed."""
    return frozenset(text.encode().translate(None, _USUAL).decode())


# --- HTML entities --------------------------------------------------------------------------------------------------

# An ampersand that was escaped again and again is undone at once.
_ENTITY = re.compile(r"&(?:(?:amp|#38|#x26);)*(?:#[0-9]{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ESCAPED_AMPERSANDS = re.compile(r"^&(?:(?:amp|#38|#x26);)*(?=[#A-Za-z])")


def entities(text: str, _unusual: frozenset[str]) -> list[Edit]:
    """Edits for HTML entities that were left standing in the text, such as `&amp;` or `&#39;`."""
    if "&" not in text or ";" not in text:
        return []
    found = []
    for match in _ENTITY.finditer(text):
        after = html.unescape("&" + _ESCAPED_AMPERSANDS.sub("", match[0]))
        if len(after) < len(match[0]) and not _is_unusable(after):
            found.append(Edit(match.start(), match.end(), after, "unicode", "entity"))
    return found


def _is_unusable(character: str) -> bool:
    """Whether an entity stands for nothing that may enter a text: no character, or half of one."""
    return any(unicodedata.category(c) in {"Cc", "Cs", "Cn", "Co"} or c == "\ufffd" for c in character)


# --- single characters ----------------------------------------------------------------------------------------------

_LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
# Marks of direction, invisible operators, annotation anchors, soft hyphen, byte order mark: none of them is text.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067"
    "\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufeff\ufff9\ufffa\ufffb"
)
_CONTROLS = "".join(chr(c) for c in (*range(0x20), 0x7F) if chr(c) not in "\t\n\r\v\f")


def _single_characters() -> dict[str, tuple[str, str, str]]:
    """Every character that is always replaced → (what by, kind, rule)."""
    table = dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u301d\u301e\u301f", ('"', "punctuation", "quotes"))
    table |= dict.fromkeys("\u2018\u2019\u201a\u201b\u2039\u203a", ("'", "punctuation", "quotes"))
    table |= {c: (after, "unicode", "ligature") for c, after in _LIGATURES.items()}
    table |= dict.fromkeys(_SPACES, (" ", "whitespace", "spaces"))
    table |= dict.fromkeys(_INVISIBLE, ("", "unicode", "invisible"))
    table |= dict.fromkeys(_CONTROLS, ("", "unicode", "control"))
    table |= {c: (after, "unicode", "mojibake" if after else "control") for c, after in C1_TABLE.items()}
    table |= {"\v": ("\n", "whitespace", "line-break"), "\u2028": ("\n", "whitespace", "line-break")}
    table["\u2029"] = ("\n\n", "whitespace", "line-break")
    return table


_CHARACTERS = _single_characters()
_LIST = frozenset(_CHARACTERS)
# What is settled before single characters: a soft hyphen or not sign that breaks a word over two lines, guillemets set
# off by no-break spaces, joiners where no script around them needs them, accents that stand for an apostrophe.
_WESTERN = r"\x00-\u052f\u1e00-\u1fff\u2010-\u206f"
_COMPOUND = regex.compile(
    r"(?P<broken>(?<=\p{L})[\u00ad\u00ac]\r?\n(?=\p{Ll}))"
    r"|(?P<open>\u00ab[\u00a0\u202f])|(?P<close>[\u00a0\u202f]\u00bb)"
    rf"|(?P<joiner>(?<![^{_WESTERN}])[\u200c\u200d]+(?![^{_WESTERN}]))"
    r"|(?P<apostrophe>(?<=\p{L})\u00b4(?=(?:s|t|d|m|re|ve|ll)\b))"
)
_COMPOUND_LIST = frozenset("\u00ad\u00ac\u00ab\u00bb\u200c\u200d\u00b4")
_COMPOUND_EDITS = {
    "broken": ("", "punctuation", "hyphenation"),
    "open": ('"', "punctuation", "quotes"),
    "close": ('"', "punctuation", "quotes"),
    "joiner": ("", "unicode", "invisible"),
    "apostrophe": ("'", "punctuation", "quotes"),
}


def compounds(text: str, unusual: frozenset[str]) -> list[Edit]:
    """Edits for unusual characters whose meaning depends on what stands beside them."""
    if unusual.isdisjoint(_COMPOUND_LIST):
        return []
    return [
        Edit(match.start(), match.end(), *_COMPOUND_EDITS[str(match.lastgroup)]) for match in _COMPOUND.finditer(text)
    ]


def characters(text: str, unusual: frozenset[str]) -> list[Edit]:
    """Edits for quotes, exotic spaces, ligatures, control and invisible characters."""
    listed = _LIST & unusual
    if not listed:
        return []
    return [Edit(match.start(), match.end(), *_CHARACTERS[match[0]]) for match in _any_of(listed).finditer(text)]


@lru_cache(maxsize=1024)
def _any_of(listed: frozenset[str]) -> re.Pattern[str]:
    """A pattern of these few characters: several times as fast as one of all that are ever replaced."""
    return re.compile("[" + "".join(re.escape(c) for c in sorted(listed)) + "]")


# --- line ends ------------------------------------------------------------------------------------------------------

_LINE_ENDS = re.compile(r"\r(?=\n)|\r(?!\n)|\f")


def line_ends(text: str, unusual: frozenset[str]) -> list[Edit]:
    r"""Edits that make every line end `\n`; a form feed is a line end of its own only between words of one line."""
    if unusual.isdisjoint("\r\f"):
        return []
    found = []
    for match in _LINE_ENDS.finditer(text):
        start, end = match.span()
        beside = text[end : end + 1] + (text[start - 1 : start] if text[start] == "\f" else "")
        is_spare = "\n" in beside
        found.append(Edit(start, end, "" if is_spare else "\n", "whitespace", "line-break"))
    return found


# --- Unicode form ---------------------------------------------------------------------------------------------------

# Characters below U+0300 are NFC by themselves and never join what stands before them.
_FIRST_JOINING, _JAMO, _ASTRAL = "\u0300", frozenset(map(chr, range(0x1160, 0x1200))), "\U00010000"
_COMPOSABLE = regex.compile(r"[\s\S]?[\u0300-\U0010ffff]+")
_PIECE = regex.compile(r"[\s\S][\p{M}\u1160-\u11ff]*")


def nfc(text: str, unusual: frozenset[str]) -> list[Edit]:
    """Edits that bring the text to Unicode normal form C (UAX 15)."""
    if not any(map(_may_change, unusual)) or unicodedata.is_normalized("NFC", text):
        return []
    found: list[Edit] = []
    for run in _COMPOSABLE.finditer(text):
        if not unicodedata.is_normalized("NFC", run[0]):
            found.extend(_compositions(run[0], run.start()))
    return found


@lru_cache(maxsize=1 << 12)
def _may_change(character: str) -> bool:
    """Whether this character joins what stands before it, or is another one in normal form C."""
    if character < _FIRST_JOINING:
        return False
    is_mark = unicodedata.category(character).startswith("M") or character in _JAMO or character >= _ASTRAL
    return is_mark or not unicodedata.is_normalized("NFC", character)


def _compositions(run: str, offset: int) -> Iterator[Edit]:
    pieces = [(match.start(), match.end(), unicodedata.normalize("NFC", match[0])) for match in _PIECE.finditer(run)]
    whole = unicodedata.normalize("NFC", run)
    if "".join(after for _, _, after in pieces) != whole:  # a mark newer than the pattern's Unicode version
        pieces = [(0, len(run), whole)]
    for start, end, after in pieces:
        if run[start:end] != after:
            yield Edit(offset + start, offset + end, after, "unicode", "nfc")


BEFORE_WHITE_SPACE: tuple[Stage, ...] = (
    page_furniture,
    mojibake,
    cyrillic_mojibake,
    entities,
    compounds,
    characters,
    line_ends,
    nfc,
)
AFTER_WHITE_SPACE: tuple[Stage, ...] = (broken_words,)
