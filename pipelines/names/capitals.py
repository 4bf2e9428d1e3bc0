"""Where runs of capitalised words begin and end in texts laid end to end.

Here: the pattern of a run, and what shows without it where nearly all of them end: after a word that no other large
one, no particle and no sign follows. What is in a run, and what it is worth, is not looked at.
"""

from collections.abc import Iterable
from functools import cache
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from pipelines.text.together import Bools, Ints, Points, Together

_ABBREVIATED = (
    "Mr|Mrs|Ms|Dr|Prof|St|Gen|Col|Maj|Capt|Cpt|Lt|Sgt|Cpl|Pvt|Adm|Cmdr|Cdr|Brig|Rev|Revd|Hon|Sen|Rep|Gov|Msgr|Mons|Fr|Ing|Ir|"
    "Dipl|Mag|Mgr|Messrs|Pres|Amb|Supt|Insp|Gén|Mt|Ft|Général|Jr|Sr|"
    "Yu|Ya|Ye|Yo|Zh|Kh|Ch|Sh|Shch|Ts|Iu|Ia|Ie|Th|Ph|Gy|Sz|Cs|Zs|Ty|Ny|Dz|Dzh|Wm|Chas|Geo|Jos|Jas|Thos|Alex|Benj|Robt|Ю|Я|Ё|Ж|Х|Ч|Ш|Щ"
)
_LINKS = (
    "de da do dos das du del della delle dello dalla degli di der den dem van von vom zu zur zum ter ten te til the "
    "la le las los lo el al abu af av arap bin bint ben bar ibn umm uly ulu y for mac jr jun jnr sr sen snr "
    "of oglu oğlu ogly ogli oghlu oghli ogl qızı qizi qyzy gizi kizi kyzy"
)
# By their first letters, as most small words have another.
_LINK = "|".join(
    f"{first}(?:{'|'.join(link[1:] for link in links)})"
    for first, links in groupby(sorted(_LINKS.split()), key=lambda link: link[0])
)
_APOSTROPHE = r"['’‘′](?!(?:s|S|m|ll|ve|re|d)(?![\p{L}\p{M}]))"
# Genitives inside names: People's Commissar, Soldiers' Deputies, King's College, Prosecutor's Office.
_GENITIVE = (
    r"['’](?:(?<=(?:People|Women|Children|Men|King|Queen|Prosecutor|Attorney|Mother|Bishop|St[. ]\p{L}++)['’])s"
    r"|(?<=(?:Workers|Soldiers|Sailors|Peasants|Writers|Miners|Farmers|Teachers|Students|Veterans|Players)['’]))"
    r"(?=[ \n]\p{Lu})"
)
# Particles that some write onto a name or its initial: duPont, DeR.
_WRITTEN_ON = "[Dd][aeiu]|[Ll][ae]|[Mm]a?c|[Vv][ao]n"
# What may follow a word's letters begins with one of few signs, so that these are looked for first.
_WORD = (
    rf"\p{{Lu}}[\p{{L}}\p{{M}}]*+(?:(?=[-‑.'’‘′])(?:(?:{_APOSTROPHE}|[-‑])[\p{{L}}\p{{M}}]++)*+(?:{_GENITIVE})?+"
    rf"(?:\.(?<=(?<!\p{{L}})(?:(?:{_WRITTEN_ON})?\p{{Lu}}|{_ABBREVIATED})\.)(?:-?\p{{Lu}}\.)*+)?+)?+"
)
# What is written onto a name: al-, d', the du of duPont. Print leaves a space after al- or widens its hyphen.
_PREFIX = (
    r"(?:(?:al|el|ul|ad|an|ar|as|ash|at|az|ed|er|es|et|ez|ha)[-‑–] ?+|[dl]['’]"
    rf"|(?:{_WRITTEN_ON})(?=\p{{Lu}}))?+[ʿʾʻʼ‘]?+"
)
_GAP = r"(?:[ \t\u00a0]|[ \t]?\n[ \t]?(?!\s))"
_MOST = 40
# A run: words with a gap (and particles, "of the") between them, or an initial's dot, or what follows a comma: Jr.
# No more than forty, so that a wall of capitals is no deep recursion.
_RUN = regex.compile(
    rf"(?<![\p{{Lu}}\p{{Ll}}\p{{Lo}}\p{{M}}\p{{N}}_])(?:{_WORD}"
    rf"(?:{_GAP}(?:(?=\p{{Lu}})|(?=\p{{Ll}}{{1,5}}+[ \n])(?:(?:{_LINK}){_GAP}){{1,3}}+(?={_PREFIX}\p{{Lu}}){_PREFIX}"
    rf"|(?=\p{{Ll}}{{0,3}}+(?:[-‑–'’ʿʾʻʼ‘]|\p{{Lu}})){_PREFIX}(?=\p{{Lu}}))"
    rf"|(?<=[\s-][AE]l)[-–] ?+(?=\p{{Lu}})|(?<=\.)(?=\p{{Lu}})|,{_GAP}?+(?=[JS]r(?!\p{{L}})))?+){{1,{_MOST}}}+"
)
_UPPER, _LOWER, _LETTER, _MARK, _JOINS = 1, 2, 4, 8, 16
_KINDS = (
    (_UPPER, regex.compile(r"\p{Lu}+")),
    (_LOWER, regex.compile(r"\p{Ll}+")),
    (_LETTER, regex.compile(r"\p{L}+")),
    (_MARK, regex.compile(r"\p{M}+")),
    (_JOINS, regex.compile(r"[\p{Lu}\p{Ll}\p{Lo}\p{M}\p{N}_]+")),  # a large letter after it begins no word
)
_TOLD = 0x3000  # the code points up to here are looked up in a table
_GAPS, _APOSTROPHES, _TURNED, _HYPHENS = " \n\t\u00a0", "'’‘′", "ʿʾʻʼ‘", "-‑"
_PREFIXED = f"{_HYPHENS}–'’{_TURNED}"
_AFTER_STOPS = f"{_HYPHENS}–.{_APOSTROPHES}"
_GOING_ON = f"{_GAPS},{_AFTER_STOPS}"
_LONGEST, _BITS = 7, 9
_LONGEST_LINK, _MOST_LINKS = 5, 3
_LONG = 1 << 14
"""Characters from which on it is faster to look at all words than to match all runs."""
_NONE: Ints = np.zeros(0, np.int64)

_OPEN, _ENDS, _GOES_ON = range(3)
"""Whether a run ends with a word is open, certain, or it certainly goes on."""


class _Words(NamedTuple):
    """Capitalised words: where each starts, and where its letters end, or its own full stop."""

    start: Ints
    end: Ints


def spans(texts: Together) -> tuple[Ints, Ints]:
    """Where runs start, and where they end."""
    if len(texts.text) < _LONG:
        return _in_order(_NONE, _NONE, _all_matched(texts.text))
    text = _Text(texts)
    words = text.words()
    how = text.how_they_end(words)
    last = np.flatnonzero(how != _GOES_ON)
    first = np.concatenate([[0], last[:-1] + 1])[: len(last)]
    is_sure = (how[last] == _ENDS) & (last - first < _MOST)
    matched = _matched(texts.text, words.start[first[~is_sure]].tolist())
    after = np.searchsorted(words.start, matched[:, 1])
    if np.isin(
        after, np.append(first, len(words.start)), invert=True
    ).any():  # more words stand together than a run has
        matched, is_sure[:] = _all_matched(texts.text), False
    return _in_order(words.start[first[is_sure]], words.end[last[is_sure]], matched)


def _in_order(start: Ints, end: Ints, matched: Ints) -> tuple[Ints, Ints]:
    """The runs and those that were matched, which hold some of the others."""
    reach = np.concatenate([[0], matched[:, 1]])[np.searchsorted(matched[:, 0], start)]
    is_free = start >= reach
    start, end = np.concatenate([start[is_free], matched[:, 0]]), np.concatenate([end[is_free], matched[:, 1]])
    order = np.argsort(start)
    return start[order], end[order]


def _all_matched(text: str) -> Ints:
    """All runs, as rows of start and end."""
    return np.array([match.span() for match in _RUN.finditer(text)], np.int64).reshape(-1, 2)


def _matched(text: str, starts: Iterable[int]) -> Ints:
    """The runs that begin at these places but for those in another one, as rows of start and end."""
    found, end = [], 0
    for start in starts:
        if start >= end:
            end = _RUN.match(text, start).end()  # type: ignore[union-attr]  # every large letter begins one
            found.append((start, end))
    return np.array(found, np.int64).reshape(-1, 2)


class _Text:
    """What kind of signs stands where in a text."""

    def __init__(self, texts: Together) -> None:
        self._points = texts.points
        self._kinds = _kinds(texts.points)
        self._others = np.flatnonzero(self._kinds & _LETTER == 0)

    def words(self) -> _Words:
        """The capitalised words."""
        large = np.flatnonzero(self._kinds & _UPPER > 0)
        start = large[self._kinds[large - 1] & _JOINS == 0]
        end = self._over_hyphens(self._word_ends(start))
        kept = start >= np.concatenate([[0], end[:-1]])[: len(end)]  # it may stand behind a hyphen or letter of no case
        words = _Words(start[kept], end[kept])
        words.end[self._with_own_stops(words)] += 1
        return words

    def _word_ends(self, starts: Ints) -> Ints:
        """Where the letters end that begin at these places."""
        ends: Ints = self._others[np.minimum(np.searchsorted(self._others, starts), len(self._others) - 1)]
        return ends

    def _over_hyphens(self, ends: Ints) -> Ints:
        """Where words end that hyphens join to what follows; not those before a full stop, which may be abbreviated."""
        joined, rows = ends.copy(), np.arange(len(ends))
        while len(rows := rows[self._is_any(joined[rows], _HYPHENS) & self._is(joined[rows] + 1, _LETTER)]):
            joined[rows] = self._word_ends(joined[rows] + 1)
        return np.where(self._is_any(joined, "."), ends, joined)

    def _with_own_stops(self, words: _Words) -> Ints:
        """The words that are certainly an initial or an abbreviation with its full stop, and the only one there."""
        rows = np.flatnonzero(self._is_any(words.end, "."))
        start, end = words.start[rows], words.end[rows]
        is_own = (end - start == 1) | self._are(start, end, _packed_abbreviations())[0]
        is_open = self._is(end + 1, _UPPER) | self._is_any(end + 1, _AFTER_STOPS) | self._is(start - 1, _LETTER)
        return rows[is_own & ~is_open]

    def how_they_end(self, words: _Words) -> Ints:
        """Whether the run goes on, or certainly ends, after each word."""
        ends = ~self._is_any(words.end, _GOING_ON) & ~self._is(words.end, _MARK)
        tests = ((".", self._end_at_stop), (",", self._end_at_comma), ("'’", self._end_at_apostrophe))
        for signs, test in tests:
            rows = np.flatnonzero(self._is_any(words.end, signs))
            ends[rows] = test(_Words(words.start[rows], words.end[rows]))
        how = np.where(ends, _ENDS, _OPEN)
        rows = np.flatnonzero(self._is_any(words.end, _GAPS))
        how[rows] = self._after_gap(words.end[rows], 0)
        return how

    def _after_gap(self, gap: Ints, n_links: int) -> Ints:
        """Whether a large word follows white space, or ever small ones that may stand between two."""
        following, after = gap + 1, self._word_ends(gap + 1)
        is_short = (after - following > 0) & (after - following <= _LONGEST_LINK)
        rows = np.flatnonzero(is_short)
        is_link, is_rare = np.zeros(len(gap), bool), np.zeros(len(gap), bool)
        is_link[rows], is_rare[rows] = self._are(following[rows], after[rows], _packed_links())
        is_link &= self._is_any(after, _GAPS)
        how = np.full(len(gap), _ENDS)
        rows = np.flatnonzero(is_link) if n_links < _MOST_LINKS else rows[:0]
        how[rows] = self._after_gap(after[rows], n_links + 1) if len(rows) else _ENDS
        how[is_rare | (is_link & ~self._is_any(after, " \n")) | self._may_be_prefixed(gap)] = _OPEN
        how[self._is(following, _UPPER)] = _GOES_ON
        return how

    def _may_be_prefixed(self, gap: Ints) -> Bools:
        """Whether something may be written onto a large word after white space, or the white space be longer."""
        following, is_break = gap + 1, self._is_any(gap, "\n")
        small = self._is(following, _LOWER)
        n = small.astype(np.int64)
        for _ in range(2):
            small &= self._is(following + n, _LOWER)
            n += small
        is_longer = np.where(is_break, self._is_any(following, " \t"), self._is_any(following, "\n"))
        is_written_on = (n > 0) & (self._is(following + n, _UPPER) | self._is_any(following + n, _PREFIXED))
        return is_longer | is_written_on | self._is_any(following, _TURNED)

    def _end_at_stop(self, words: _Words) -> Bools:
        """Whether a full stop belongs to no initial and no abbreviation."""
        is_abbreviation, is_rare = self._are(words.start, words.end, _packed_abbreviations())
        may_be = self._is(words.end - 1, _UPPER) | is_abbreviation | is_rare
        return (words.end - words.start > _LONGEST) | ~may_be

    def _end_at_comma(self, words: _Words) -> Bools:
        """Whether after a comma no Jr. follows."""
        goes_on = [self._is_any(words.end + n, "JS") & self._is_any(words.end + n + 1, "r") for n in range(1, 5)]
        return ~np.logical_or.reduce(goes_on)

    def _end_at_apostrophe(self, words: _Words) -> Bools:
        """Whether an apostrophe is a possessive's or a quotation's, without another such word after it."""
        end = words.end + 1
        end += self._is_any(end, "s")
        follows = self._is_any(end, " \n") & self._is(end + 1, _UPPER)
        return ~self._is(end, _LETTER | _MARK) & ~follows

    def _is(self, places: Ints, kind: int) -> Bools:
        is_kind: Bools = self._kinds.take(places, mode="clip") & kind > 0
        return is_kind

    def _is_any(self, places: Ints, signs: str) -> Bools:
        points = self._points.take(places, mode="clip")
        return np.logical_or.reduce([points == ord(sign) for sign in signs])

    def _are(self, starts: Ints, ends: Ints, listed: Ints) -> tuple[Bools, Bools]:
        """Whether the words at spans are among those listed, and whether they hold letters that can't be told."""
        packed, is_rare = np.zeros(len(starts), np.int64), np.zeros(len(starts), bool)
        for step in range(_LONGEST):
            points = np.where(starts + step < ends, self._points.take(starts + step, mode="clip"), 0).astype(np.int64)
            packed = (packed << _BITS) + points
            is_rare |= points >> _BITS > 0
        return np.isin(packed, listed) & (ends - starts <= _LONGEST) & ~is_rare, is_rare


def _kinds(points: Points) -> npt.NDArray[np.uint8]:
    """What kinds of sign stand at each place of a text."""
    kinds = _table()[np.minimum(points, _TOLD)]
    rare = np.flatnonzero(points >= _TOLD)
    distinct, which = np.unique(points[rare], return_inverse=True)
    kinds[rare] = _kinds_of(distinct.tolist())[which]
    return kinds


@cache
def _table() -> npt.NDArray[np.uint8]:
    return _kinds_of(range(_TOLD + 1))


def _kinds_of(points: Iterable[int]) -> npt.NDArray[np.uint8]:
    signs = "".join(map(chr, points))
    kinds = np.zeros(len(signs), np.uint8)
    for kind, pattern in _KINDS:
        for match in pattern.finditer(signs):
            kinds[match.start() : match.end()] |= kind
    return kinds


@cache
def _packed_links() -> Ints:
    return _packed(_LINKS.split())


@cache
def _packed_abbreviations() -> Ints:
    return _packed(_ABBREVIATED.split("|"))


def _packed(words: Iterable[str]) -> Ints:
    """Words as numbers, a letter in so many bits."""
    numbers = []
    for word in words:
        number = 0
        for letter in word.ljust(_LONGEST, "\0"):
            number = (number << _BITS) + ord(letter)
        numbers.append(number)
    return np.array([number for number in numbers if number < 1 << 63], np.int64)
