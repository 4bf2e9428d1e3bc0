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
_GAPS, _APOSTROPHES, _PREFIXED = " \n\t\u00a0", "'’‘′", "-‑–'’ʿʾʻʼ‘"
_GOING_ON = f"{_GAPS}-‑–.,{_APOSTROPHES}"
_LONGEST, _BITS = 7, 9
_LONG = 1 << 14
"""Characters from which on it is faster to look at all words than to match all runs."""
_NONE: Ints = np.zeros(0, np.int64)


class _Words(NamedTuple):
    """Capitalised words: where each starts and ends, and where what follows the sign after it ends if it is a word."""

    start: Ints
    end: Ints
    after: Ints


def spans(texts: Together) -> tuple[Ints, Ints]:
    """Where runs start, and where they end."""
    if len(texts.text) < _LONG:
        return _in_order(_NONE, _NONE, _all_matched(texts.text))
    text = _Text(texts)
    words = text.words()
    last = np.flatnonzero(~text.goes_on(words))
    first = np.concatenate([[0], last[:-1] + 1])[: len(last)]
    is_sure = text.ends(words)[last] & (last - first < _MOST)
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
        self._tests = (
            (_GAPS, self._end_at_gap),
            (".", self._end_at_stop),
            (",", self._end_at_comma),
            ("'’", self._end_at_apostrophe),
        )

    def words(self) -> _Words:
        """The capitalised words."""
        large = np.flatnonzero(self._kinds & _UPPER > 0)
        start = large[self._kinds[large - 1] & _JOINS == 0]
        others = np.flatnonzero(self._kinds & _LETTER == 0)
        at = np.searchsorted(others, start)
        end = others[at]
        kept = start >= np.concatenate([[0], end[:-1]])[: len(end)]  # a letter of no case may stand within a word
        return _Words(start[kept], end[kept], others[np.minimum(at[kept] + 1, len(others) - 1)])

    def goes_on(self, words: _Words) -> Bools:
        """Whether a space and another such word follow."""
        return self._is_any(words.end, _GAPS) & self._is(words.end + 1, _UPPER)

    def ends(self, words: _Words) -> Bools:
        """Whether a run certainly ends with the word."""
        ends = ~self._is_any(words.end, _GOING_ON) & ~self._is(words.end, _MARK)
        for signs, test in self._tests:
            rows = np.flatnonzero(self._is_any(words.end, signs))
            ends[rows] = test(_Words(*(side[rows] for side in words)))
        return ends

    def _end_at_gap(self, words: _Words) -> Bools:
        """Whether after a space no particle follows, nor what is written onto names."""
        following = words.end + 1
        small = self._is(following, _LOWER)
        k = small.astype(np.int64)
        for _ in range(2):
            small &= self._is(following + k, _LOWER)
            k += small
        goes_on = self._is(following + k, _UPPER) | self._is_any(following + k, _PREFIXED)
        is_link = self._are(following, words.after, _packed_links()) & self._is_any(words.after, " \n")
        return ~goes_on & ~is_link & ~self._is_any(following, _GAPS)

    def _end_at_stop(self, words: _Words) -> Bools:
        """Whether a full stop belongs to no initial and no abbreviation."""
        is_short = self._is(words.end - 1, _UPPER) | self._are(words.start, words.end, _packed_abbreviations())
        return (words.end - words.start > _LONGEST) | ~is_short

    def _end_at_comma(self, words: _Words) -> Bools:
        """Whether after a comma no Jr. follows."""
        goes_on = [self._is_any(words.end + step, "JS") for step in range(1, 5)]
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

    def _are(self, starts: Ints, ends: Ints, listed: Ints) -> Bools:
        """Whether the words at spans are among those listed, or hold letters that can't be told."""
        packed, is_rare = np.zeros(len(starts), np.int64), np.zeros(len(starts), bool)
        for step in range(_LONGEST):
            points = np.where(starts + step < ends, self._points.take(starts + step, mode="clip"), 0).astype(np.int64)
            packed = (packed << _BITS) + points
            is_rare |= points >> _BITS > 0
        return is_rare | (np.isin(packed, listed) & (ends - starts <= _LONGEST))


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
