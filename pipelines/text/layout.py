"""What printing left in a text: words broken at line ends, page numbers and running heads, where they are certain.

White space and single characters belong to `clean`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from pipelines.text import lexicon
from pipelines.text.edits import Edit

# --- words broken at the end of a line ------------------------------------------------------------------------------

_BREAK = re.compile(r"-\n(?=[^\W\d_]{2})")
_BEFORE = re.compile(r"(?<![\w'-])[^\W\d_]{2,}\Z")
_AFTER = re.compile(r"[^\W\d_]{2,}(?![\w'-])")
_LONGEST_HALF = 30
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def broken_words(text: str, _unusual: frozenset[str]) -> list[Edit]:
    """Edits that join a word which a line end broke, where it is certain that it is written in one piece.

    Certain is what the same text also writes in one piece, and what is in the lexicon while its halves are not both
    words; what the text elsewhere writes with a hyphen keeps it.
    """
    if "-\n" not in text:
        return []
    breaks = [(left, right, match.start()) for match in _BREAK.finditer(text) for left, right in _halves(text, match)]
    if not breaks:
        return []
    standing = _standing(text, breaks)
    return [
        Edit(start, start + 2, "", "punctuation", "hyphenation")
        for left, right, start in breaks
        if f"{left}-{right}" not in standing and (left + right in standing or _is_one_word(left, right))
    ]


def _halves(text: str, match: re.Match[str]) -> Iterator[tuple[str, str]]:
    """The two halves of a broken word in lower case, none where names or other marks stand at the break."""
    before = _BEFORE.search(text[max(match.start() - _LONGEST_HALF, 0) : match.start()])
    after = _AFTER.match(text, match.end())
    if before and after and after[0].islower():
        yield before[0].lower(), after[0]


def _is_one_word(left: str, right: str) -> bool:
    return left + right in lexicon.known() and not (left in lexicon.common() and right in lexicon.common())


def _standing(text: str, breaks: list[tuple[str, str, int]]) -> set[str]:
    """Those broken words, joined and hyphenated, that the text also writes on one line."""
    wanted = {form for left, right, _ in breaks for form in (left + right, f"{left}-{right}")}
    return wanted.intersection(word.lower() for word in _WORD.findall(text))


# --- pages ----------------------------------------------------------------------------------------------------------

# 12, - 12 -, Page 12, [Pg 12]; a bare [12] is a footnote, and a bare number of four digits may be a year.
_NUMBER_LINE = re.compile(
    r"\n[ \t]*(?:[-\u2013\u2014][ \t]*(\d{1,3})[ \t]*[-\u2013\u2014]|\[(?:Pg|Page|p\.)\.?[ \t]*(\d{1,4})[ \t]*\]"
    r"|(?:Pg|Page|page|p\.)\.?[ \t]*(\d{1,4})|(\d{1,3}))[ \t]*(?=\r?[\n\f])"
)
_FEWEST_PAGES = 4
_SHORTEST_PAGE = 600
_LONGEST_PAGE = 12_000
_LONGEST_HEAD = 80
_LAYOUT = " \t\r\n\f"


class _Page(NamedTuple):
    """The place between two pages: its number's line, and whether a sentence runs on across it."""

    start: int
    end: int
    number: int
    runs_on: bool


def page_furniture(text: str, _unusual: frozenset[str]) -> list[Edit]:
    """Edits that take out page numbers, and running heads beside them, where their sequence makes them certain.

    Certain are at least four lines that hold a number alone, each one more than the one before and about a page apart,
    if sentences run on across a quarter of them: numbered chapters and years don't cut sentences. A running head is a
    line that stands right beside at least four such numbers, always the same.
    """
    if len(text) < _FEWEST_PAGES * _SHORTEST_PAGE:
        return []
    numbers = [_Page(m.start() + 1, m.end(), int(m[m.lastindex or 0]), False) for m in _NUMBER_LINE.finditer(text)]
    pages = [page for run in _sequences(numbers) for page in _certain(text, run)]
    if not pages:
        return []
    heads = Counter(text[start:end].strip() for page in pages for start, end in _beside(text, page))
    return [_removal(text, page, heads) for page in pages]


def _sequences(numbers: list[_Page]) -> Iterator[list[_Page]]:
    """Runs of page numbers that count upwards by one, about a page apart."""
    run: list[_Page] = []
    for page in numbers:
        if run and not (
            page.number == run[-1].number + 1 and _SHORTEST_PAGE <= page.start - run[-1].start <= _LONGEST_PAGE
        ):
            yield run
            run = []
        run.append(page)
    yield run


def _certain(text: str, run: list[_Page]) -> list[_Page]:
    """The run, with what is known of its sentences, if it is certain to be one of page numbers."""
    if len(run) < _FEWEST_PAGES:
        return []
    judged = [page._replace(runs_on=_runs_on(text, page)) for page in run]
    return judged if 4 * sum(page.runs_on for page in judged) >= len(judged) else []


def _runs_on(text: str, page: _Page) -> bool:
    """Whether a sentence runs on across the page break, looking past what may be a running head."""
    before = text[max(page.start - 200, 0) : page.start].rstrip(_LAYOUT)
    after = text[page.end : page.end + 200].lstrip(_LAYOUT)
    above, _, head_above = before.rpartition("\n")
    head_below, _, below = after.partition("\n")
    befores = [before] + ([above.rstrip(_LAYOUT)] if _as_head(head_above) else [])
    afters = [after] + ([below.lstrip(_LAYOUT)] if _as_head(head_below) else [])
    ends_open = any(b[-1:].islower() or b[-1:] in {",", ";"} for b in befores)
    return ends_open and any(a[:1].islower() for a in afters)


def _as_head(line: str) -> bool:
    """Whether a line is short enough to be a running head, and no sentence."""
    stripped = line.strip()
    return 3 <= len(stripped) <= _LONGEST_HEAD and stripped[-1] not in ".,;:?!-"


def _beside(text: str, page: _Page) -> Iterator[tuple[int, int]]:
    """The spans of the lines next to a page number that are short enough to be a running head."""
    above = text.rfind("\n", 0, page.start - 1) + 1
    stop = text.find("\n", page.end + 1)
    stop = len(text) if stop < 0 else stop
    for start, end in ((above, page.start - 1), (page.end + 1, stop)):
        if _as_head(text[start:end]):
            yield start, end


def _removal(text: str, page: _Page, heads: Counter[str]) -> Edit:
    start, end = page.start, page.end
    rule = "page-number"
    for head_start, head_end in _beside(text, page):
        if heads[text[head_start:head_end].strip()] >= _FEWEST_PAGES:
            start, end, rule = min(start, head_start), max(end, head_end), "page-head"
    if not page.runs_on:
        return Edit(start, end, "", "whitespace", rule)
    while start > 0 and text[start - 1] in _LAYOUT:
        start -= 1
    while end < len(text) and text[end] in _LAYOUT:
        end += 1
    return Edit(start, end, "\n", "whitespace", rule)
