"""HTML fragments to text, as Stack Exchange and exports of databases hold them.

Belongs here: blocks, lists, quotes and code of a fragment that is all content.
Not here: whole pages with navigation (`page`), XML.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache

_TOKEN = re.compile(r"(</?[A-Za-z][^<>]*>)")
_INLINE = re.compile(
    r"</?(?:a|abbr|b|big|cite|code|del|em|font|i|img|ins|kbd|mark|q|s|small|span|strike|strong|sub|sup|tt|u|var)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_MARK = r"\s*([0-9]{1,4}|[*†‡§]{1,3})\s*"
_NOTE_MARK = re.compile(
    rf"<sup\b[^<>]*>\s*<a\b[^<>]*>{_MARK}</a>\s*</sup>|<a\b[^<>]*>\s*<sup\b[^<>]*>{_MARK}</sup>\s*</a>", re.IGNORECASE
)
_REFERENCE = re.compile(r"&#[0-9xX][0-9a-fA-F]*;?")
_HIDDEN = re.compile(r"<(script|style|template|head)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_MAY_HIDE = re.compile(r"<(?:script|style|template|head)", re.IGNORECASE)
_LOOKS_HTML = re.compile(
    r"\s*<(?:p|div|ul|ol|h[1-6]|blockquote|pre|table|article|section|br|hr|b|i|em|strong|a|span|img)\b[^<>]*>",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"</(?:p|div|ul|ol|h[1-6]|blockquote|pre|table|article|section|b|i|em|strong|a|span)\s*>", re.IGNORECASE
)

_PARAGRAPHS = frozenset(
    {"p", "div", "ul", "ol", "dl", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "table", "section"}
    | {"article", "aside", "header", "footer", "figure", "figcaption", "address"}
)
_LINES = frozenset({"li", "dt", "dd", "tr", "br", "caption"})
_CELLS = frozenset(("td", "th"))


def looks_like_html(text: str) -> bool:
    """Whether a text without a declared markup is an HTML fragment: it opens with a tag, and one is closed."""
    return _LOOKS_HTML.match(text) is not None and _CLOSING.search(text) is not None


def fragment_text(fragment: str) -> str:
    """The text of an HTML fragment.

    Blank lines part blocks, each list item has its line, quotes have `> ` before each line, code is indented by four
    spaces; white space is collapsed as HTML asks, links keep their words, images and comments go. Raised links to notes
    are put in brackets, so that they don't grow together with the word before.
    """
    if "<" in fragment:
        fragment = without(fragment, "<!--", "-->")
        fragment = _HIDDEN.sub("", fragment) if _MAY_HIDE.search(fragment) else fragment
        fragment = _NOTE_MARK.sub(r"[\1\2]", fragment) if "<sup" in fragment else fragment
        fragment = _INLINE.sub("", fragment)
    has_code = "<pre" in fragment or "<PRE" in fragment
    fragment = fragment if has_code else _collapse(fragment)
    if not has_code and fragment.count("<p>") + fragment.count("</p>") == fragment.count("<"):
        return _join(fragment.replace("</p>", "<p>").split("<p>"))
    writer = _Writer(has_code)
    first, *parts = _TOKEN.split(fragment)  # text, tag, text, tag, ..., text
    if first:
        writer.text(first)
    for tag, text in zip(parts[::2], parts[1::2], strict=True):
        writer.tag(tag)
        if text:
            writer.text(text)
    return writer.finish()


def without(text: str, start: str, end: str) -> str:
    """The text without what stands from `start` to `end`, both included; a `start` that never ends stays."""
    at = text.find(start)
    if at < 0:
        return text
    kept, done = [], 0
    while at >= 0:
        close = text.find(end, at + len(start))
        if close < 0:
            break
        kept.append(text[done:at])
        done = close + len(end)
        at = text.find(start, done)
    return "".join([*kept, text[done:]])


def unescape(text: str) -> str:
    """The text with HTML's character references resolved; references to no character stay as they are written."""
    out = html.unescape(text)
    if "\ufffd" in out and "\ufffd" not in text:
        out = html.unescape(_REFERENCE.sub(_keep_invalid, text))
    return out


def _keep_invalid(match: re.Match[str]) -> str:
    return "&amp;" + match.group()[1:] if html.unescape(match.group()) == "\ufffd" else match.group()


def _join(parts: list[str]) -> str:
    text = "\n\n".join(filter(None, [part.strip(" ") for part in parts]))
    return unescape(text) if "&" in text else text


def _collapse(text: str) -> str:
    """The text with each run of HTML's white space as one space."""
    for char in "\n\t\r\f":
        if char in text:
            text = text.replace(char, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text


class _Writer:
    """Collects text with the breaks that block tags ask for."""

    def __init__(self, may_hold_code: bool) -> None:
        self._may_hold_code = may_hold_code  # else white space is collapsed already
        self._out: list[str] = []
        self._break = 0  # line ends owed before the next text
        self._quotes = 0
        self._quotes_before = 0
        self._code = 0
        self._lists: list[int] = []  # per open list: 0 = bullets, n = number of the next item
        self._item = ""
        self._cell = False
        self._open = False  # text stands on the current line

    def text(self, raw: str) -> None:
        """Adds what stands between two tags."""
        if self._code:
            self._write_code(unescape(raw) if "&" in raw else raw)
            return
        text = _collapse(raw) if self._may_hold_code else raw
        if not self._open or self._break:
            text = text.lstrip(" ")
        if not text:
            return
        self._start_line()
        self._out.append(unescape(text) if "&" in text else text)
        self._open = True

    def tag(self, tag: str) -> None:
        """Takes note of a tag."""
        name, is_end = _name(tag)
        if name in _PARAGRAPHS:
            self._block(name, is_end)
        elif name in _LINES:
            self._break = max(self._break, 1)
            if name == "li" and not is_end:
                self._item = self._bullet()
            self._cell = False
        elif name in _CELLS and not is_end:
            if self._cell and self._open:
                self._out.append(" | ")
            self._cell = True

    def finish(self) -> str:
        """All text so far."""
        return "\n".join(line.rstrip(" ") for line in "".join(self._out).split("\n")).strip("\n")

    def _block(self, name: str, is_end: bool) -> None:
        in_item = bool(self._item) and not is_end and name == "p"
        if not in_item:
            self._break = max(self._break, 1 if name in ("ul", "ol") and len(self._lists) > (1 if is_end else 0) else 2)
        if name == "blockquote":
            self._quotes = max(0, self._quotes + (-1 if is_end else 1))
        elif name == "pre":
            self._code = max(0, self._code + (-1 if is_end else 1))
        elif name in ("ul", "ol"):
            if is_end:
                del self._lists[-1:]
            else:
                self._lists.append(1 if name == "ol" else 0)

    def _bullet(self) -> str:
        indent = "  " * max(0, len(self._lists) - 1)
        if not self._lists or not self._lists[-1]:
            return indent + "- "
        self._lists[-1] += 1
        return f"{indent}{self._lists[-1] - 1}. "

    def _start_line(self) -> None:
        if self._break and self._out:
            between = ("> " * min(self._quotes, self._quotes_before)).rstrip()
            self._out.append("\n" if self._break == 1 else f"\n{between}\n")
        self._quotes_before = self._quotes
        if self._break or not self._out:
            self._out.append("> " * self._quotes + self._item)
            self._item = ""
        self._break = 0

    def _write_code(self, raw: str) -> None:
        for number, line in enumerate(raw.strip("\r\n").replace("\r\n", "\n").split("\n")):
            if number:
                self._break = max(self._break, 1)
            if self._break or not self._out:
                self._start_line()
                self._out.append("    ")
            self._out.append(line)
            self._open = True


@lru_cache(maxsize=4096)
def _name(tag: str) -> tuple[str, bool]:
    is_end = tag.startswith("</")
    start = end = 2 if is_end else 1
    while tag[end].isalnum():
        end += 1
    return tag[start:end].lower(), is_end
