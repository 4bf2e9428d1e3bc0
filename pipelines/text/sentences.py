"""Sentences: where each begins and ends in a cleaned text.

One compiled pattern finds the places where a sentence may end; only there rules look at the words on both sides.
Changing text does not belong here. The rules restate those that the pragmatic segmenter is known for (initials,
abbreviations, ellipses, quotations, list marks, numbers), with what is usual in writing on history.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain, pairwise, repeat

import numpy as np

from pipelines.text.together import Bools, Ints, Together

# A sentence may end at a full stop, question or exclamation mark, with closing marks and footnote numbers, before white
# space; or right before a capitalised word where the space was forgotten.
_MARKS = ".!?\u2026\u3002\uff01\uff1f"
_END = re.compile(
    rf"""[{_MARKS}]+(?:["')\]}}\u00bb\u201d\u2019]*(?:\[[0-9]{{1,3}}\])*(?=\s)|(?=[A-Z][a-z]+(?:[ ,']|\n(?!\0))))"""
)
_OPENING = "\"'([{\u00ab\u201c\u2018\u00bf\u00a1*_"
_NEXT_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?(?=[\s,])(?!\n\0)")
_SPEAKER = re.compile(
    r"(?:[^\W\d_]\S* ){1,3}?"
    r"(?:said|says|asked|replied|cried|shouted|wrote|declared|added|answered|exclaimed|recalled|remarked)\b"
)
_LIST_MARK = re.compile(r"[(\[]?(?:[0-9]{1,3}|[A-Za-z]|[ivxIVX]{1,5})")
_BULLETS = "\u2022\u2043\u25e6\u25aa"
_BULLET = re.compile(rf"[{_BULLETS}](?<=\s.)(?=\s)(?!\n\0)")


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
_LONGEST_ORDINAL = 2
_INDENT = 8
_LONGEST_BEFORE = 24
_SHORTEST_WIDTH, _LONGEST_WIDTH = 45, 110


def split(text: str, language: str = "en") -> list[tuple[int, int]]:
    """The spans of the sentences, half-open and in order; together they hold every character that is no white space.

    Args:
        text: a cleaned text.
        language: ISO 639-1; decides whether a number with a full stop is an ordinal.
    """
    texts = Together([text])
    starts, ends = split_all(texts, [language])
    return [*zip(*((side - texts.base[0]).tolist() for side in (starts, ends)), strict=True)]


def split_all(texts: Together, languages: Sequence[str]) -> tuple[Ints, Ints]:
    """Where the sentences of many texts start, and where they end.

    Args:
        texts: cleaned texts.
        languages: the language of each text.
    """
    text = texts.text
    found = [_marks(texts, languages), _line_ends(texts), texts.ends]
    if any(sign in text for sign in _BULLETS):
        bullets = [match.start() for match in _BULLET.finditer(text) if not _opens_line(text, match.start())]
        found.append(np.array(bullets, np.int64))
    return _trimmed(texts, np.unique(np.concatenate(found)))


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


def _trimmed(texts: Together, ends: Ints) -> tuple[Ints, Ints]:
    """What stands between one end and the next, or the text's start, without outer white space."""
    number = texts.number(ends)
    starts = np.maximum(np.concatenate([[0], ends[:-1]]), texts.base[number])
    ends = np.minimum(ends, texts.ends[number])
    rows = np.flatnonzero(starts < ends)
    starts, ends = starts[rows], ends[rows]
    _move(starts, 1, lambda rows: _are(texts, starts[rows], str.isspace) & (starts[rows] < ends[rows]))
    _move(ends, -1, lambda rows: _are(texts, ends[rows] - 1, str.isspace) & (starts[rows] < ends[rows]))
    rows = np.flatnonzero(starts < ends)
    return starts[rows], ends[rows]


def _move(places: Ints, step: int, go_on: Callable[[Ints], Bools]) -> None:
    """Move each place on, step by step."""
    rows = np.arange(len(places))
    while len(rows := rows[go_on(rows)]):
        places[rows] += step


def _are(texts: Together, places: Ints, test: Callable[[str], bool]) -> Bools:
    """Whether the characters at the places are of a kind."""
    points = texts.points[places]
    are: Bools = _table(test)[np.minimum(points, _TOLD)]
    for row in np.flatnonzero(points >= _TOLD).tolist():
        are[row] = test(chr(points[row]))
    return are


_TOLD = 0x3100  # the code points up to here are looked up in a table: none of the others is white space


@cache
def _table(test: Callable[[str], bool]) -> Bools:
    return np.array([test(chr(point)) for point in range(_TOLD + 1)], bool)


# --- full stops -----------------------------------------------------------------------------------------------------


def _marks(texts: Together, languages: Sequence[str]) -> Ints:
    """The ends of the marks that end a sentence."""
    text, points = texts.text, texts.points
    start, end = _possible_ends(texts)
    following = _all_following(texts, end)
    is_end = ~(texts.is_any(following, ",;:.!?)]}\u2026") | _are(texts, following, str.islower))
    is_open = is_end & (following < texts.ends[texts.number(following)])
    is_stop = (points[start] == ord(".")) & (points[start + 1] != ord("."))
    for row in np.flatnonzero(is_open & ~is_stop).tolist():
        is_end[row] = _ends_emphatically(text, int(start[row]), int(end[row]), int(following[row]))
    rows = np.flatnonzero(is_open & is_stop)
    code, words = _words_before(texts, start[rows])
    may_be_short = np.flatnonzero(np.array([*map(_may_be_short, words)], bool)[code])
    rows, before = rows[may_be_short], [words[number] for number in code[may_be_short].tolist()]
    stops, nexts, numbers = start[rows].tolist(), following[rows].tolist(), texts.number(start[rows]).tolist()
    is_end[rows] = [
        not _is_abbreviation(text, stop, word, after, languages[number])
        for stop, word, after, number in zip(stops, before, nexts, numbers, strict=True)
    ]
    return end[is_end]


def _possible_ends(texts: Together) -> tuple[Ints, Ints]:
    """Where matches of `_END` start and end; a single mark before white space, as nearly all are, needs no match."""
    places = texts.places(_MARKS)
    start = places[np.diff(places, prepend=-2) > 1]
    is_plain = _are(texts, start + 1, str.isspace)
    matches = map(_END.match, repeat(texts.text), start[~is_plain].tolist())
    others = np.array([match.span() for match in matches if match], np.int64).reshape(-1, 2)
    start, end = np.concatenate([np.stack([start, start + 1], 1)[is_plain], others]).T
    order = np.argsort(start)
    return start[order], end[order]


def _all_following(texts: Together, ends: Ints) -> Ints:
    """Where the next word begins after each mark, past white space and opening marks."""
    following = ends.copy()
    _move(following, 1, lambda rows: _are(texts, following[rows], str.isspace))
    _move(following, 1, lambda rows: texts.is_any(following[rows], _OPENING))
    return following


def _words_before(texts: Together, stops: Ints) -> tuple[Ints, list[str]]:
    """Which word is right before each full stop, and the distinct ones; empty where there is none."""
    begins = stops.copy()
    least = np.maximum(stops - _LONGEST_BEFORE, 0)
    _move(begins, -1, lambda rows: (begins[rows] > least[rows]) & ~_are(texts, begins[rows] - 1, str.isspace))
    words = texts.strings(begins, stops).dictionary_encode()
    return words.indices.to_numpy(), [word.lstrip("\"'([{\u00ab\u201c\u2018") for word in words.dictionary.to_pylist()]


def _ends_emphatically(text: str, start: int, end: int, following: int) -> bool:
    """Whether a sentence ends with `!`, `?` or an ellipsis: not where its speaker follows, nor at `[...]`."""
    marks = text[start:end]
    if marks[-1] in "\"'\u00bb\u201d\u2019" and _SPEAKER.match(text, following):
        return False
    return not (marks.endswith("]") and text[start - 1] == "[")


def _is_spaced_ellipsis(text: str, start: int) -> bool:
    """Whether the full stop is the third of `. . .`; a fourth one ends the sentence."""
    dots = text[max(0, start - 7) : start].replace(" ", "")
    return len(dots) - len(dots.rstrip(".")) < 3


def _is_abbreviation(text: str, stop: int, word: str, following: int, language: str) -> bool:
    """Whether the full stop belongs to the word before it and ends no sentence."""
    if not word:
        return _is_spaced_ellipsis(text, stop)
    first = text[following]
    lower = word.lower()
    if len(word) <= 5 and _LIST_MARK.fullmatch(word) and _opens_line(text, stop - len(word)):
        return True
    if lower in _TITLES or lower in _INNER:
        return True
    if first.isdigit() and lower in _BEFORE_NUMBERS:
        return True
    if word.isdigit():
        return language in _ORDINAL_LANGUAGES and len(word) <= _LONGEST_ORDINAL
    if _is_initial(word) or lower in _OUTER or (lower in _BEFORE_NUMBERS and lower not in _COMMON):
        next_word = _NEXT_WORD.match(text, following)
        return not (next_word and next_word[0] in _STARTERS)
    return False


@lru_cache(maxsize=1 << 16)
def _may_be_short(word: str) -> bool:
    """Whether a full stop after this word may belong to it, wherever it stands; after most it can't."""
    if not word:
        return True
    lower = word.lower()
    is_listed = lower in _TITLES or lower in _INNER or lower in _BEFORE_NUMBERS or lower in _OUTER
    is_number = len(word) <= _LONGEST_ORDINAL and word.isdigit()
    return is_listed or is_number or _is_initial(word) or bool(len(word) <= 5 and _LIST_MARK.fullmatch(word))


def _is_initial(word: str) -> bool:
    return word[-1].isalpha() and (len(word) == 1 or word[-2] in ".-")


def _opens_line(text: str, start: int) -> bool:
    before = text[max(start - _INDENT, 0) : start]
    return (len(before) < _INDENT or "\n" in before) and not before.rpartition("\n")[2].strip(" \t\"'([")


# --- line ends ------------------------------------------------------------------------------------------------------


def _line_ends(texts: Together) -> Ints:
    """The line ends that end a sentence: all but those by which a line was wrapped."""
    lines = np.flatnonzero(texts.points == ord("\n"))
    lines = lines[~np.isin(lines, np.concatenate([[0], texts.base - 1, texts.ends]))]
    joined = np.diff(lines, append=-1) == 1  # a line end after it: both part blocks
    place = np.arange(len(lines))
    place -= np.maximum.accumulate(np.where(np.concatenate([[False], joined[:-1]]), 0, place))
    is_gap = joined & (place % 2 == 0)
    gaps = lines[is_gap]
    single = lines[~is_gap & ~np.concatenate([[False], is_gap[:-1]])]
    begins, ends = np.sort(np.concatenate([gaps + 2, texts.base[:-1]])), np.sort(np.concatenate([gaps, texts.ends]))
    blocks = np.unique(np.searchsorted(begins, single, "right") - 1)
    breaks = map(_breaks, repeat(texts.text), begins[blocks].tolist(), ends[blocks].tolist())
    return np.concatenate([gaps, np.fromiter(chain.from_iterable(breaks), np.int64)])


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
