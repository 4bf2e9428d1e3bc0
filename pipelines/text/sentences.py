"""Sentences: where each begins and ends in a cleaned text.

One compiled pattern finds the places where a sentence may end; only there rules look at the words on both sides.
Changing text does not belong here. The rules restate those that the pragmatic segmenter is known for (initials,
abbreviations, ellipses, quotations, list marks, numbers), with what is usual in writing on history.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from pipelines.text.together import Ints

# A sentence may end at a full stop, question or exclamation mark, with closing marks and footnote numbers, before white
# space; or right before a capitalised word where the space was forgotten.
_END = re.compile(
    r"""[.!?\u2026\u3002\uff01\uff1f]+(?:["')\]}\u00bb\u201d\u2019]*(?:\[[0-9]{1,3}\])*(?=\s)|(?=[A-Z][a-z]+[ ,'\n]))"""
)
_OPENING = re.compile(r"[\"'(\[{\u00ab\u201c\u2018\u00bf\u00a1*_]*")
_NEXT_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?(?=[\s,])")
_SPEAKER = re.compile(
    r"(?:[^\W\d_]\S* ){1,3}?"
    r"(?:said|says|asked|replied|cried|shouted|wrote|declared|added|answered|exclaimed|recalled|remarked)\b"
)
_LIST_MARK = re.compile(r"[(\[]?(?:[0-9]{1,3}|[A-Za-z]|[ivxIVX]{1,5})")
_BULLET = re.compile(r"(?<=\s)[\u2022\u2043\u25e6\u25aa](?=\s)")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_TITLES = _words(
    "mr mrs ms mx messrs mme mlle dr prof rev hon fr st ste sen rep gov pres gen col lt maj capt cpt sgt cpl pvt"
    " adm cmdr comdr brig amb insp supt sec'y mgr msgr dipl hr hrn tov comr проф акад тов ген им ул св м-р"
)
# Before a number (no. 5, pp. 12-14, Feb. 25) these are abbreviations; before a word they may end a sentence.
_BEFORE_NUMBERS = _words(
    "no nos nr p pp pg vol vols ch chap fig figs sec sect art arts para paras par bk pt ser doc docs f fol fols col"
    " ll n nn v vv jan feb mar apr jun jul aug sep sept oct nov dec str s bd abs стр гл ст п т"
)
# These are as often words of their own.
_COMMON = _words("no mar art par col doc sec fig nos")
# These are hardly ever the last word.
_INNER = _words(
    "e.g i.e eg ie cf viz vs ca approx esp incl orig resp trans ed eds repr op loc ibid z.b d.h u.a bzw vgl sog"
    " p.ex т.е т.к см напр r.i.p b.c.e"
)
# These often are, but only a word that usually begins a sentence shows it.
_OUTER = _words(
    "jr sr inc ltd co corp bros llc plc gmbh ag dept univ assn etc al esq ph.d m.d b.a m.a a.m p.m a.d b.c u.s u.k"
    " u.n u.s.a u.s.s.r d.c usw др пр г гг в вв г-н mt ft est hrs mins ave blvd rd"
)
_STARTERS = _words(
    "The This That These Those It He She They We You In On At By For From With As If When While Although Though"
    " After Before But And So Then There Here His Her Their Its Our My Your Such However Moreover Furthermore Thus"
    " Meanwhile Nevertheless Yet What Why How Who Where Which Some Many Most Both All Another Not Later Since During"
    " Because Despite Even Only Once Also Instead Today Perhaps Or To It's He's That's There's They're Der Die Das"
    " Er Sie Es Ein Eine Im Und Aber Le La Les Il Elle Ils Un Une En Mais Et El Los Ella Lo Pero Он Она Они Оно Это"
    " В На Но И По С Из Для При Когда"
)
_ORDINAL_LANGUAGES = frozenset({"de", "cs", "sk", "pl", "hu", "hr", "sr", "sl", "da", "no", "nb", "fi", "et", "lv"})
_INDENT = 8
_SHORTEST_WIDTH, _LONGEST_WIDTH = 45, 110


def split(text: str, language: str = "en") -> list[tuple[int, int]]:
    """The spans of the sentences, half-open and in order; together they hold every character that is no white space.

    Args:
        text: a cleaned text.
        language: ISO 639-1; decides whether a number with a full stop is an ordinal.
    """
    ends = [match.end() for match in _END.finditer(text) if _is_end(text, match, language)]
    if "\n" in text:
        ends.extend(_line_ends(text))
        ends.sort()
    if "\u2022" in text or "\u2043" in text or "\u25e6" in text or "\u25aa" in text:
        ends = sorted(
            [*ends, *(match.start() for match in _BULLET.finditer(text) if not _opens_line(text, match.start()))]
        )
    ends.append(len(text))
    return list(_trimmed(text, ends))


def unbroken(starts: Ints, ends: Ints, name_starts: Ints, name_ends: Ints) -> tuple[Ints, Ints]:
    """The sentences, joined where a name runs on from one into the next: `Wymberley DeR. | Coerr spoke.`

    Args:
        starts: where sentences start, in their order.
        ends: where they end.
        name_starts: where the names in the same texts start, in their order.
        name_ends: where they end.
    """
    if not len(name_starts) or not len(starts):
        return starts, ends
    before = np.searchsorted(name_starts, starts) - 1
    kept = np.flatnonzero((before < 0) | (name_ends[before] <= starts))
    return starts[kept], ends[np.append(kept[1:], len(starts)) - 1]


def _trimmed(text: str, ends: list[int]) -> Iterator[tuple[int, int]]:
    position = 0
    for end in ends:
        part = text[position:end]
        stripped = part.lstrip()
        if stripped:
            yield position + len(part) - len(stripped), position + len(part.rstrip())
        position = max(position, end)


# --- full stops -----------------------------------------------------------------------------------------------------


def _is_end(text: str, match: re.Match[str], language: str) -> bool:
    """Whether a sentence ends with this mark."""
    start, end = match.span()
    following = _following(text, end)
    first = text[following : following + 1]
    if not first or first in ",;:.!?)]}\u2026":
        return not first
    if first.islower():
        return False
    if text[start] != "." or text[start : start + 2] == "..":
        return _ends_emphatically(text, match, following)
    word = _word_before(text, start)
    if not word:
        return not _is_spaced_ellipsis(text, start)
    return not _is_abbreviation(text, start, word, following, language)


def _following(text: str, end: int) -> int:
    """Where the next word begins, past white space and opening marks."""
    position = end
    size = len(text)
    while position < size and text[position].isspace():
        position += 1
    if text[position : position + 1].isalpha():
        return position
    opening = _OPENING.match(text, position)
    return opening.end() if opening else position


def _word_before(text: str, stop: int) -> str:
    parts = text[max(0, stop - 24) : stop].split()
    return parts[-1].lstrip("\"'([{\u00ab\u201c\u2018") if parts and not text[stop - 1].isspace() else ""


def _ends_emphatically(text: str, match: re.Match[str], following: int) -> bool:
    """Whether a sentence ends with `!`, `?` or an ellipsis: not where its speaker follows, nor at `[...]`."""
    marks = match[0]
    if marks[-1] in "\"'\u00bb\u201d\u2019" and _SPEAKER.match(text, following):
        return False
    return not (marks.endswith("]") and text[match.start() - 1 : match.start()] == "[")


def _is_spaced_ellipsis(text: str, start: int) -> bool:
    """Whether the full stop is the third of `. . .`; a fourth one ends the sentence."""
    dots = text[max(0, start - 7) : start].replace(" ", "")
    return len(dots) - len(dots.rstrip(".")) < 3


def _is_abbreviation(text: str, stop: int, word: str, following: int, language: str) -> bool:
    """Whether the full stop belongs to the word before it and ends no sentence."""
    first = text[following]
    lower = word.lower()
    if len(word) <= 5 and _LIST_MARK.fullmatch(word) and _opens_line(text, stop - len(word)):
        return True
    if lower in _TITLES or lower in _INNER:
        return True
    if first.isdigit() and lower in _BEFORE_NUMBERS:
        return True
    if word.isdigit():
        return language in _ORDINAL_LANGUAGES and len(word) <= 2
    is_initial = word[-1].isalpha() and (len(word) == 1 or word[-2] in ".-")
    if is_initial or lower in _OUTER or (lower in _BEFORE_NUMBERS and lower not in _COMMON):
        next_word = _NEXT_WORD.match(text, following)
        return not (next_word and next_word[0] in _STARTERS)
    return False


def _opens_line(text: str, start: int) -> bool:
    before = text[max(start - _INDENT, 0) : start]
    return (len(before) < _INDENT or "\n" in before) and not before.rpartition("\n")[2].strip(" \t\"'([")


# --- line ends ------------------------------------------------------------------------------------------------------


def _line_ends(text: str) -> Iterator[int]:
    """The line ends that end a sentence: all but those by which a line was wrapped."""
    size = len(text)
    block_start = 0
    while block_start < size:
        block_end = text.find("\n\n", block_start)
        block_end = size if block_end < 0 else block_end
        if text.find("\n", block_start, block_end) >= 0:
            yield from _breaks(text, block_start, block_end)
        yield block_end
        block_start = block_end + 2


def _breaks(text: str, block_start: int, block_end: int) -> Iterator[int]:
    lines = text[block_start:block_end].split("\n")
    width = max(map(len, lines))
    is_wrapped = _SHORTEST_WIDTH <= width <= _LONGEST_WIDTH
    position = block_start
    for line, below in pairwise(lines):
        position += len(line) + 1
        if not _runs_on(line.rstrip(), below.lstrip(), width if is_wrapped else 0):
            yield position - 1


def _runs_on(line: str, below: str, width: int) -> bool:
    """Whether a sentence may run on into the line below.

    A line was wrapped where the next line's first word would not have fitted, or nearly so and the sentence is open;
    elsewhere only a long line that goes on in lower case is taken for wrapped.
    """
    if not line or not below:
        return False
    if width and len(line) + 1 + len(below.split(None, 1)[0]) > width:
        return True
    is_open = line[-1] not in '.!?:;"\u2026'
    return is_open and (4 * len(line) >= 3 * width > 0 or (below[0].islower() and len(line) >= _SHORTEST_WIDTH))
