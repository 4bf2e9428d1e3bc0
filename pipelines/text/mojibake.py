"""Broken encodings: edits that restore text which was decoded with the wrong table somewhere on its way.

Which characters were meant is decided by ftfy, and only for the lines that show the traces of UTF-8 read as a one-byte
encoding. Choosing the encoding of a whole file belongs to the readers.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

import ftfy
from ftfy.chardata import UTF8_CLUES, UTF8_DETECTOR_RE

from pipelines.text.edits import Edit

# Latin-1 control characters in a text are Windows-1252 characters; five of its bytes mean nothing.
C1_TABLE = {chr(byte): bytes([byte]).decode("cp1252", errors="ignore") for byte in range(0x80, 0xA0)}


def _matched(*clues: str) -> frozenset[str]:
    """The characters outside ASCII that a character class of ftfy's detector stands for."""
    pattern = re.compile("[" + "".join(UTF8_CLUES[clue] for clue in clues) + "]")
    return frozenset(c for c in map(chr, range(0x80, 0x2800)) if pattern.match(c))


# UTF-8 read as a one-byte encoding leaves a letter that begins a sequence and a character that continues it.
_FIRST = _matched("utf8_first_of_2", "utf8_first_of_3", "utf8_first_of_4")
_FOLLOWING = _matched("utf8_continuation")
_RUN = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")
_CONFIG = ftfy.TextFixerConfig(replace_lossy_sequences=False)
_LONGEST_DIFF = 2_000


def mojibake(text: str, unusual: frozenset[str]) -> list[Edit]:
    """Edits that turn `KÃ¡dÃ¡r` back into `Kádár`, and leave alone what only looks unusual."""
    first, following = _FIRST & unusual, _FOLLOWING & unusual
    if not first or not following:
        return []
    found: list[Edit] = []
    position = 0
    for at in _traces(text, first, following):
        if at < position or not UTF8_DETECTOR_RE.match(text, at):
            continue
        start = text.rfind("\n", 0, at) + 1
        end = text.find("\n", at)
        position = len(text) if end < 0 else end
        found.extend(_restore(text[start:position], start))
    return found


def _traces(text: str, first: frozenset[str], following: frozenset[str]) -> Iterator[int]:
    """Where the first two characters of a trace stand, of those in the text: far faster than the whole detector."""
    beside = following.union(" -")
    last = -2
    for at in sorted(at for character in first for at in _places(text, character) if text[at + 1 : at + 2] in beside):
        if at > last + 1:
            yield at
            last = at


def _places(text: str, character: str) -> Iterator[int]:
    at = text.find(character)
    while at >= 0:
        yield at
        at = text.find(character, at + 1)


# Letters of Windows-1251 read as Windows-1252: words of nothing but accented letters, as no language writes them.
_CYRILLIC_PHRASE = re.compile(r"[\u00c0-\u00ff\u00a8\u00b8]{3,}(?:[ ,;:.()-]+[\u00c0-\u00ff\u00a8\u00b8]+)*(?![^\W_])")
_CYRILLIC_WORD = re.compile(r"[\u00c0-\u00ff\u00a8\u00b8]+")
_CYRILLIC_SHAPE = re.compile("[\u0410-\u042f\u0401]?[\u0430-\u044f\u0451]{2,}")
_CYRILLIC_VOWELS = frozenset("\u0430\u0435\u0438\u043e\u0443\u044b\u044d\u044e\u044f\u0451")
_ACCENTED = frozenset(map(chr, range(0xC0, 0x100)))
_CERTAIN_LETTERS = 5
_PHRASED = bytes(ord("x" if _CYRILLIC_WORD.match(chr(byte)) else " ") for byte in range(0x100))


def cyrillic_mojibake(text: str, unusual: frozenset[str]) -> list[Edit]:
    """Edits that turn `Õðóùåâ` back into `Хрущев`."""
    if len(_ACCENTED & unusual) < _CERTAIN_LETTERS:
        return []
    if b"xxx" not in text.encode("latin-1", "replace").translate(_PHRASED):  # a tenth of the pattern's time
        return []
    found: list[Edit] = []
    for phrase in _CYRILLIC_PHRASE.finditer(text):
        if text[phrase.start() - 1 : phrase.start()].isalnum():
            continue
        words = [(m.start() + phrase.start(), m[0]) for m in _CYRILLIC_WORD.finditer(phrase[0])]
        if _is_cyrillic([word for _, word in words]):
            found.extend(Edit(at, at + len(w), _decoded(w), "unicode", "mojibake") for at, w in words)
    return found


def _decoded(word: str) -> str:
    return word.encode("cp1252").decode("cp1251")


def _is_cyrillic(words: list[str]) -> bool:
    """Whether the words are certainly Russian: two of four letters, or one of five that begins with a capital."""
    decoded = [_decoded(word) for word in words]
    shaped = [w for w in decoded if _CYRILLIC_SHAPE.fullmatch(w) and not _CYRILLIC_VOWELS.isdisjoint(w.lower())]
    if any(len(word) > 1 for word in set(decoded) - set(shaped)):
        return False
    named = [word for word in shaped if len(word) >= _CERTAIN_LETTERS and word[0].isupper()]
    return bool(named) or sum(len(word) >= _CERTAIN_LETTERS - 1 for word in shaped) > 1


def _restore(line: str, offset: int) -> Iterator[Edit]:
    fixed = ftfy.fix_encoding(line, _CONFIG)
    for start, end, after in _differences(line, fixed):
        yield Edit(offset + start, offset + end, after, "unicode", "mojibake")


def _differences(before: str, after: str) -> Iterator[tuple[int, int, str]]:
    """The spans of `before` that differ, each with what stands in their place."""
    left, right = _RUN.findall(before), _RUN.findall(after)
    if len(left) == len(right) and all(a == b for a, b in zip(left, right, strict=True) if a.isascii() or b.isascii()):
        position = 0
        for a, b in zip(left, right, strict=True):
            if a != b:
                yield _trimmed(position, a, b)
            position += len(a)
        return
    if len(before) > _LONGEST_DIFF:
        yield _trimmed(0, before, after)
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield i1, i2, after[j1:j2]


def _trimmed(position: int, before: str, after: str) -> tuple[int, int, str]:
    """One difference without what both sides share at their ends."""
    shortest = min(len(before), len(after))
    head = 0
    while head < shortest and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shortest - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return position + head, position + len(before) - tail, after[head : len(after) - tail]
