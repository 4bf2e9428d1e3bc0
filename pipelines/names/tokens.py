"""The words of a run as signs: all that is known of each, of its letters and of how it stands there, as bits of an int.

Here: cutting a run to words, and what a word's letters say. Not here: which words make a name (`runs`): that depends on
their signs alone, so that runs of the same signs are cut once.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate, chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from pipelines.names import forms
from pipelines.names.lexicon import phrase_heads, phrases, traits, traits_of, words
from pipelines.names.traits import (
    AFTER_PREPOSITION,
    CAPITALS_ONLY,
    CUE,
    INITIAL_LETTER,
    KNOWN,
    LEADING_CUE,
    LINK,
    MODIFIER,
    NAME,
    NEVER,
    NOTHING,
    OPENER,
    ORDINARY,
    ORGANISATION,
    PEOPLE,
    ROLE,
    SHOUTED,
    SMALL,
    SMALL_FIRST,
    SUFFIX,
    TITLE,
    WHOLE,
    WRITTEN,
)
from pipelines.text.together import Bools, Ints


class Token(NamedTuple):
    """A word of a run: which one it is, what it can be (`traits`), and how it is written (`forms`)."""

    place: int
    traits: int
    form: int


class Word(NamedTuple):
    """What is known of a word by itself.

    Attributes:
        length: of the word without an adjective's small second half.
        lower: the same in lower case without a dot.
        sign: what it can be and how it is written.
        beginning: what it may begin together with others.
    """

    length: int
    lower: str
    sign: int
    beginning: int


_TOKEN = regex.compile(r"\p{Lu}\.(?:-?\p{Lu}\.)*+|[^\s.,]++\.?+")
_SMALL_TAIL = regex.compile(r"[-‑](?=\p{Ll})")
# A syllable of a Chinese or Korean given name in a usual romanisation: shek, tung, sung, hee.
_SYLLABLE = regex.compile(
    r"(?:[bcdfghjklmnpqrstwxyz]|ch|sh|zh|ts|tz|hs|ky|my)?'?"
    r"(?:[aeiouü]|ai|ao|ei|eo|eu|ia|iao|ie|iu|oe|ou|oo|ua|uai|ue|ui|uo|wo|wa|yo|yu|ya|ye|ee)(?:ng|n|h|r|k|l|m|p|t|s|b)?$"
)
_PATRONYMIC = regex.compile(
    r".{3,}(?:ov|ev|yev|ow|ew)(?:i[ct]c?h|ich|ych|yč|ič|na|ny)$|.{3,}(?:ович|евич|ич|овна|евна|ична)$"
)
_PATRONYMIC_ENDS = ("ch", "na", "č", "ny", "ич", "на")
_MIXED = regex.compile(r"\p{Lu}{2}[\p{Lu}\p{Nd}]*+\p{Ll}|\p{Lu}\p{Nd}")  # EBook, PCs
NOT_SHOUTED = NAME | CUE | TITLE | MODIFIER | PEOPLE | ROLE | SUFFIX
_NOTHING = Word(0, "", OPENER | NOTHING, 0)
FORM = 30
"""From this bit on a sign holds how the word is written; below, what it can be."""
TRAITS = (1 << FORM) - 1
_OF_WORD = TRAITS & ~WRITTEN  # what a word can be, whatever its letters
LINK_WORDS = frozenset(("of", "the", "for"))
# What words begin, as bits: a phrase, the tail of a title, a place after a preposition; or their half was cut off, or
# they are the second word of a phrase, or stand before the tail of a title.
_PHRASE, _TAIL, _PREPOSITION, _CUT_OFF, _SECOND, _LINK = 1, 2, 4, 8, 16, 32
_LONGEST_PHRASE = 4


class Tokens(NamedTuple):
    """The words of many runs, one after the other, as columns.

    Attributes:
        texts: as they are written; after a word whose second half was cut off stands an empty one that ends a name.
        signs: all that is known of each as it stands there.
        bounds: where the words of each run begin, and where those of the last end.
    """

    texts: list[str]
    signs: list[int]
    bounds: list[int]


def tokenise(runs: Sequence[str]) -> Tokens:
    """The words of runs; initials written together are one, what follows them is another."""
    texts = [*map(_words_in, runs)]
    bounds = [0, *accumulate(map(len, texts))]
    flat = [*chain.from_iterable(texts)]
    found = known(flat)
    signs = [one.sign for one in found]
    for row in _with_marks([one.beginning for one in found], bounds):
        first, last = bounds[row], bounds[row + 1]
        signs[first:last] = _marked(runs[row], texts[row], found[first:last])
    return Tokens(flat, signs, bounds)


def _with_marks(beginnings: list[int], bounds: list[int]) -> list[int]:
    """The runs of several words in which words may say something together."""
    bound = np.array(bounds)
    rows: list[int] = np.flatnonzero(may_be_marked(np.array(beginnings, np.uint8), bound[:-1], np.diff(bound))).tolist()
    return rows


def may_be_marked(beginnings: npt.NDArray[np.uint8], first: Ints, count: Ints) -> Bools:
    """Whether the words of each run, which has at least one, may say something together.

    Args:
        beginnings: of each word what it may begin together with others.
        first: the first word of each run.
        count: how many words it has.
    """
    before, following = np.roll(beginnings, 1), np.roll(beginnings, -1)
    before[first] = following[first + count - 1] = 0
    is_mark = beginnings & _PREPOSITION > 0
    is_mark |= (beginnings & _TAIL > 0) & (before & _LINK > 0)
    is_mark |= (beginnings & _PHRASE > 0) & (following & _SECOND > 0)
    return (count > 1) & _any(is_mark, first, count)


def says_more(beginnings: npt.NDArray[np.uint8], first: Ints, count: Ints) -> Bools:
    """Whether a run's words say more than each by itself: `may_be_marked`, or a half of one was cut off."""
    return may_be_marked(beginnings, first, count) | _any(beginnings & _CUT_OFF > 0, first, count)


def _any(marks: Bools, first: Ints, count: Ints) -> Bools:
    """Whether any word of each run is one of those."""
    before = np.concatenate([[0], np.cumsum(marks)])
    is_any: Bools = before[first] < before[first + count]
    return is_any


def starts(run: str, texts: Sequence[str]) -> list[int]:
    """Where in the run each of its words starts."""
    start, found = 0, []
    for text in texts:
        start = run.index(text, start)
        found.append(start)
        start += len(text)
    return found


def _words_in(run: str) -> list[str]:
    texts: list[str] = _TOKEN.findall(run) if "." in run or "," in run else run.split()
    if "-" in run or "‑" in run:
        return [one for text in texts for one in ((text, "") if word(text).beginning & _CUT_OFF else (text,))]
    return texts


_met: dict[str, Word] = {}
_MOST_MET = 1 << 17


def word(text: str) -> Word:
    """What is known of a word of a run by itself."""
    return _met.get(text) or known([text])[0]


def known(texts: Sequence[str]) -> list[Word]:
    """The same of many words: those not met before are looked up together, which takes two thirds of the time."""
    found = [*map(_met.get, texts)]
    new = [*dict.fromkeys(text for text, one in zip(texts, found, strict=True) if one is None)]
    if len(_met) + len(new) > _MOST_MET:
        _met.clear()
        new = [*dict.fromkeys(texts)]
    _met.update(zip(new, _looked_up(new), strict=True))
    return [one or _met[text] for text, one in zip(texts, found, strict=True)]


def _looked_up(texts: Sequence[str]) -> Iterator[Word]:
    """What is known of words not met before."""
    heads = [_head(text) for text in texts]
    lower = [head.lower().rstrip(".") for head in heads]
    for text, head, small, found in zip(texts, heads, lower, traits_of(lower), strict=True):
        yield _word(head, small, found, 0 if head == text else _CUT_OFF) if text else _NOTHING


def _head(text: str) -> str:
    """A word without the small second half that makes it an adjective: Stalin-era."""
    tail = _SMALL_TAIL.search(text, 1) if "-" in text or "‑" in text else None
    is_cut = tail and text[0].isupper() and not _belongs(text[: tail.start()], text[tail.end() :])
    return text[: tail.start()] if tail and is_cut else text


def _word(text: str, lower: str, known: int, cut: int) -> Word:
    written, form, beginning = _written(text, lower), _form(text, lower, known), _beginning(text, lower) | cut
    if written & CAPITALS_ONLY:
        if "." in text:
            known = known & KNOWN or INITIAL_LETTER
        elif len(text) == 1:
            known = _SINGLE.get(text, INITIAL_LETTER)
        elif known & KNOWN:
            known &= KNOWN | ORGANISATION
        elif known & ORDINARY and not known & NOT_SHOUTED and len(text) > 2:
            known |= SHOUTED
    elif known & (OPENER | NEVER):
        known &= ~KNOWN
    return Word(len(text), lower, known | written | form << FORM, beginning)


_SINGLE = {
    "I": SUFFIX,
    "A": OPENER,
    "И": OPENER,
    "В": OPENER,
    "Я": OPENER,
}
_NOT_DESCRIBING = PEOPLE | NAME | LEADING_CUE  # words that are told apart without asking
_SIZES = (0, forms.ONE_SIGN, forms.TWO_SIGNS, forms.THREE_SIGNS)


def _written(text: str, lower: str) -> int:
    """The traits of how a word is written."""
    known = LINK if lower in LINK_WORDS else 0
    if text[0].islower():
        known |= SMALL_FIRST
    if text.islower():
        return known | SMALL
    return known | CAPITALS_ONLY if text.isupper() else known


def _form(text: str, lower: str, known: int) -> int:
    """What is asked of a word's letters, as forms."""
    form = _listed().get(lower, 0) | (forms.OPENS if known & OPENER else 0)
    if len(text) < 3 or (len(text) == 3 and text.isupper()):
        form |= _SIZES[len(text)] | (forms.ONE_LETTER if len(lower) < 2 else 0)
    if text == "Jan":
        form |= forms.JAN
    if not text.isalpha():
        form |= _signs_in(text, lower)
    if not text[1:2].islower() and _MIXED.match(text):
        form |= forms.MIXED
    if lower.endswith(_PATRONYMIC_ENDS) and _PATRONYMIC.match(lower):
        form |= forms.PATRONYMIC
    if known & ORDINARY and not known & _NOT_DESCRIBING and lower.endswith(("s", "ly", "ing", "ed")):
        form |= forms.DESCRIBING
    if lower[-1:] == "s":
        form |= _listed().get(lower.rstrip("s"), 0) & forms.NOBLES
    return form


def _signs_in(text: str, lower: str) -> int:
    """What the signs in a word that are no letters say."""
    form = forms.DOTTED if "." in text else 0
    if "-" in lower:
        form |= forms.HYPHENATED
    if text[-1].isdigit():
        form |= forms.NUMBERED
    if text[-1] in "'’":
        form |= forms.OPEN_POSSESSIVE
    elif text[-2:] in ("'s", "’s"):
        form |= forms.POSSESSIVE
    elif text[-1] == "." and text.count(".") == 1:
        form |= forms.ONE_STOP
    return form


@cache
def _listed() -> dict[str, int]:
    """Words that matter by themselves, in lower case, with the bits that say so."""
    listed = words()
    lists = (
        *((bit, (name,)) for name, bit in (("of", forms.OF), ("for", forms.FOR))),
        *((bit, (name,)) for name, bit in (("will", forms.WILL), ("said", forms.SAID))),
        (forms.NOBLE | forms.NOBLES, listed["noble"]),
        (forms.MONTH_OR_NAME, listed["months_ambiguous"]),
        (forms.LARGE_PARTICLE, listed["large_particles"]),
        (forms.FUNCTION_WORD, listed["function_words"]),
        (forms.DESCRIBING, listed["describing"]),
        (forms.PLACE_HEAD, listed["place_heads"]),
        (forms.NO_INITIALS, listed["no_initials"]),
        (forms.DEGREE, listed["degrees"]),
    )
    return _bits_of(lists)


def _beginning(text: str, lower: str) -> int:
    """What a word may begin together with others: a phrase only where it is written large, a link where small."""
    beginning = _beginnings().get(lower, 0)
    return beginning & ~(_LINK if text[0].isupper() else _PHRASE)


@cache
def _beginnings() -> dict[str, int]:
    """Words that may begin something together with others, in lower case."""
    listed = words()
    return _bits_of(
        (
            (_PHRASE, phrase_heads()),
            (_SECOND, {phrase.split(" ")[1] for phrase in phrases()}),
            (_TAIL, {tail.partition(" ")[0] for tail in listed["title_tails"]}),
            (_PREPOSITION, (*listed["place_prepositions"], "from", "to")),
            (_LINK, LINK_WORDS),
        )
    )


def _bits_of(lists: Iterable[tuple[int, Iterable[str]]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for bit, members in lists:
        for member in members:
            found[member] = found.get(member, 0) | bit
    return found


def _belongs(head: str, tail: str) -> bool:
    """Whether a small second half is part of the name (Kai-shek, Ashur-dan) or an adjective made of it (Stalin-era)."""
    if any(letter.isupper() for letter in tail):  # Kim-Il-sung-Universität
        return True
    if all(not traits(piece) & ORDINARY for piece in tail.lower().split("-")):
        return len(tail) > 1
    return bool(_SYLLABLE.match(tail) and _SYLLABLE.match(head.lower()) and not head.isupper())


def _marked(run: str, texts: Sequence[str], known: Sequence[Word]) -> list[int]:
    """The signs with what words say together: well-known phrases, tails of titles, what follows a preposition."""
    signs, lower = [one.sign for one in known], [one.lower for one in known]
    _mark_phrases(signs, lower, known)
    for i, one in enumerate(known):
        if one.beginning & _TAIL:
            signs[i] |= _longest(lower[i : i + _LONGEST_PHRASE], words()["title_tails"]) << FORM + forms.TAIL
        if one.beginning & _PREPOSITION and i + 1 < len(signs):
            before = run[: starts(run, texts)[i + 1]].lower().split()[-1]
            if _beginnings().get(before, 0) & _PREPOSITION:
                signs[i + 1] |= AFTER_PREPOSITION
    return signs


def _longest(lower: list[str], known: frozenset[str]) -> int:
    """How many of the words are one of the known phrases, as many as may be."""
    return next((n for n in range(len(lower), 0, -1) if " ".join(lower[:n]) in known), 0)


def _mark_phrases(signs: list[int], lower: list[str], words: Sequence[Word]) -> None:
    """Mark well-known phrases (Great Britain, New York), so that nothing is cut off them."""
    known, i = phrases(), 0
    while i < len(signs) - 1:
        if not words[i].beginning & _PHRASE:
            i += 1
            continue
        for n in range(min(_LONGEST_PHRASE, len(signs) - i), 1, -1):
            kind = known.get(" ".join(lower[i : i + n]))
            if kind is not None:
                for k in range(i, i + n):
                    whole = NEVER if kind == NEVER else WHOLE | (kind if k == i + n - 1 else 0)
                    signs[k] = signs[k] & ~_OF_WORD | whole
                i += n - 1
                break
        i += 1
