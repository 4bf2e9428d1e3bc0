"""The `<row ... />` elements of a Stack Exchange dump, one at a time, each strict on its own.

Belongs here: finding rows in text of any size, their attributes, XML's character references.
Not here: what a row means; HTML inside attributes.

A damaged row is refused alone. Document type declarations are skipped unread, so no entity is ever expanded and nothing
external is ever read; a reference to any entity but XML's own five makes its row a refused one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.readers.markup import without

LONGEST_ROW = 32 << 20
"""A row of more characters than this is refused in pieces."""

_ROW_START = re.compile(r"<row\s")
_ROW = re.compile(r"<row\s[^<]*")
_ROW_OR_REST = re.compile(r"<row\s[^<]*|(?:[^<]++|<(?!row\s))++")
_LOOSE_ATTRIBUTE = re.compile(r"""\s+([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")
_ROW_END = re.compile(r"\s*(?:/>|>\s*(?:</row\s*>)?)\Z")
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([^;&\s]{0,64}));?")
_NAMED = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}
_DOCTYPE = r"""<!DOCTYPE(?:[^\[\]<>"']|"[^"]*"|'[^']*')*+(?:\[(?:[^\]"']|"[^"]*"|'[^']*')*+\]\s*+)?>"""
_PROLOG = re.compile(rf"\ufeff?(?:\s++|<\?.*?\?>|<!--.*?-->|{_DOCTYPE})*+<[A-Za-z]+\s*>", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z]{1,40}\s*>")
_COMMON = (
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&#xA;", "\n"),
    ("&quot;", '"'),
    ("&apos;", "'"),
    ("&#xD;", "\r"),
    ("&#x9;", "\t"),
    ("&#10;", "\n"),
    ("&#13;", "\r"),
    ("&#9;", "\t"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number from 1, its raw text, and its attributes still escaped (None where it is no sound row)."""

    number: int
    raw: str
    attributes: dict[str, str] | None


def rows(parts: Iterable[str]) -> Iterator[Row]:
    """All rows of a dump given in pieces.

    What else stands there, and is no tag, comment or declaration, comes as a row without attributes.
    """
    number = 0
    for raw in _elements(parts):
        if _ROW_START.match(raw):
            number += 1
            yield Row(number, raw.rstrip(), attributes(raw))
        elif junk := _junk(raw):
            number += 1
            yield Row(number, junk, None)


def _junk(raw: str) -> str:
    """What stands between rows and is neither white space, comment, instruction nor the table's own tag."""
    if raw.isspace():
        return ""
    return _TAG.sub("", without(without(raw, "<!--", "-->"), "<?", "?>")).strip()


def _elements(parts: Iterable[str]) -> Iterator[str]:
    """Each row with the text up to the next `<`, and the stretches between such rows."""
    rest, prolog, waiting, size = "", True, list[str](), 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if "<" not in part and size <= LONGEST_ROW:
            continue
        rest, waiting, size = rest + "".join(waiting), [], 0
        if prolog and (match := _PROLOG.match(rest)):
            rest = rest[match.end() :]
        prolog = False
        done = 0
        for match in _ROW.finditer(rest):
            if match.end() == len(rest):
                break
            if match.start() > done:
                yield rest[done : match.start()]
            yield from _parted(match.group())
            done = match.end()
        rest = rest[done:]
        if len(rest) > LONGEST_ROW:
            yield rest
            rest = ""
    for match in _ROW_OR_REST.finditer(rest + "".join(waiting)):
        yield from _parted(match.group())


def _parted(raw: str) -> Iterator[str]:
    """A row, and what stands between its end and the next tag."""
    end = raw.find("/>", raw.rfind('"') + 1) + 2
    if end > 1 and not raw[end:].isspace() and raw.startswith("<row"):
        yield raw[:end]
        raw = raw[end:]
    if raw:
        yield raw


def attributes(raw: str) -> dict[str, str] | None:
    """The attributes of one `<row ... />`, still escaped, or None where it is malformed."""
    text = raw.rstrip()
    if text.startswith("<row ") and text.endswith(('" />', '"/>')):
        parts = text[5 : text.rindex('"')].split('" ')
        if text.count('"') == 2 * len(parts):
            try:
                out = dict([part.split('="', 1) for part in parts])
            except ValueError:
                out = {}
            if len(out) == len(parts) and "".join(out).isidentifier():
                return out
    return _loose_attributes(text)


def _loose_attributes(text: str) -> dict[str, str] | None:
    """The same with any white space, single quotes and an end tag (which may have been parted from it)."""
    at = 4
    found: list[tuple[str, str]] = []
    while match := _LOOSE_ATTRIBUTE.match(text, at):
        found.append((match[1], match[2] or match[3] or ""))
        at = match.end()
    is_sound = _ROW_END.match(text, at) is not None and len(dict(found)) == len(found)
    return dict(found) if is_sound else None


def resolve(value: str) -> str:
    """An attribute's value with its character references resolved.

    Raises:
        ValueError: A reference to an entity that XML itself does not have, or to no character.
    """
    if "\n" in value or "\t" in value or "\r" in value:
        value = value.replace("\r\n", " ").replace("\n", " ").replace("\t", " ").replace("\r", " ")
    if "&" not in value:
        return value
    n_unknown, out = value.count("&") - value.count("&amp;"), value
    for reference, char in _COMMON:
        if not n_unknown:
            break
        size = len(out)
        out = out.replace(reference, char)
        n_unknown -= (size - len(out)) // (len(reference) - 1)
    return _REFERENCE.sub(_character, value) if n_unknown else out.replace("&amp;", "&")


def _character(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if not match.group().endswith(";"):
        raise ValueError(f"{match.group()[:20]!r} is no complete character reference")
    if name is not None:
        if name not in _NAMED:
            raise ValueError(f"the entity {match.group()[:40]!r} is not expanded: only XML's own five are")
        return _NAMED[name]
    code = (
        int(hexadecimal, 16)
        if hexadecimal and len(hexadecimal) < 9
        else int(decimal or 0)
        if len(decimal or "") < 9
        else 0
    )
    if not 0 < code < 0x110000 or 0xD800 <= code < 0xE000:
        raise ValueError(f"{match.group()[:20]!r} stands for no character")
    return chr(code)
