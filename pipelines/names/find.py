"""Where names stand in a text: runs of capitalised words, cut to what can be a name. No authority is known here.

Here: the pattern of a run, and hints of a name's kind from the words beside it. How a run is cut to names is in `runs`.
Not here: whether a surface is a name at all, judged over the corpus (`plausible`), and whose it is (`resolve`).

The work per run is a pure function of the run's letters (`runs.parts`), remembered for runs seen before; only what
depends on the place in the text (sentence starts, the words beside it) is done each time.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import regex

from pipelines.names import beside
from pipelines.names.languages import adapt
from pipelines.names.lexicon import traits, words
from pipelines.names.runs import CAPITALS, HEADING, INITIAL, INSIDE, parts
from pipelines.names.traits import (
    CUE,
    FORENAME,
    GIVEN,
    KNOWN,
    NAME,
    TITLE,
)


class Candidate(NamedTuple):
    """A span that may be a name; offsets are half-open code points; hint is a kind or empty."""

    start: int
    end: int
    hint: str


_ABBREVIATED = (
    "Mr|Mrs|Ms|Dr|Prof|St|Gen|Col|Maj|Capt|Cpt|Lt|Sgt|Cpl|Pvt|Adm|Cmdr|Cdr|Brig|Rev|Revd|Hon|Sen|Rep|Gov|Msgr|Mons|Fr|Ing|Ir|"
    "Dipl|Mag|Mgr|Messrs|Pres|Amb|Supt|Insp|Gén|Mt|Ft|Général|Jr|Sr|"
    "Yu|Ya|Ye|Yo|Zh|Kh|Ch|Sh|Shch|Ts|Iu|Ia|Ie|Th|Ph|Gy|Sz|Cs|Zs|Ty|Ny|Dz|Dzh|Wm|Chas|Geo|Jos|Jas|Thos|Alex|Benj|Robt|Ю|Я|Ё|Ж|Х|Ч|Ш|Щ"
)
# By their first letters, as most small words have another.
_LINKS = (
    "d(?:e|a|o|os|as|u|el|ella|elle|ello|alla|egli|i|er|en|em)|v(?:an|on|om)|z(?:u|ur|um)|t(?:er|en|e|il|he)|l(?:a|e|as|os|o)|el|"
    "a(?:l|bu|f|v|rap)|b(?:in|int|en|ar)|ibn|u(?:mm|ly|ulu)|y|for|mac|j(?:r|un|nr)|s(?:r|en|nr)|"
    "o(?:f|glu|ğlu|gly|gli|ghlu|ghli|gl)|q(?:ızı|izi|yzy)|gizi|k(?:izi|yzy)"
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
# A run: words with a gap (and particles, "of the") between them, or an initial's dot, or what follows a comma: Jr.
# No more than forty, so that a wall of capitals is no deep recursion.
_RUN = regex.compile(
    rf"(?<![\p{{Lu}}\p{{Ll}}\p{{Lo}}\p{{M}}\p{{N}}_])(?:{_WORD}"
    rf"(?:{_GAP}(?:(?=\p{{Lu}})|(?=\p{{Ll}}{{1,5}}+[ \n])(?:(?:{_LINKS}){_GAP}){{1,3}}+(?={_PREFIX}\p{{Lu}}){_PREFIX}"
    rf"|(?=\p{{Ll}}{{0,3}}+(?:[-‑–'’ʿʾʻʼ‘]|\p{{Lu}})){_PREFIX}(?=\p{{Lu}}))"
    rf"|(?<=[\s-][AE]l)[-–] ?+(?=\p{{Lu}})|(?<=\.)(?=\p{{Lu}})|,{_GAP}?+(?=[JS]r(?!\p{{L}})))?+){{1,40}}+"
)
# A short line without a full stop: a heading if every letter is large, or every word but the smallest.
_LINE = regex.compile(
    r"^(?=[^\n]{4,120}+(?<![.!?,;])$)(?:(?P<capitals>[^\p{Ll}\p{Lu}\n]*+\p{Lu}[^\p{Ll}\n]*+$)"
    r"|[^\p{L}\n]*+(?:(?:\p{Lu}[\p{L}\p{M}'’.-]*+|[^\p{L}\s]++"
    r"|(?:an?|the|of|and|or|in|on|at|to|for|from|by|with|as|vs?|de|la|der|die|und|von|et|y|into|over)(?!\p{L}))"
    r"[,:;]?[ \t]++){2,}+"
    r"\p{Lu}[\p{L}\p{M}'’-]*+[)\]\"”]?$)",
    regex.M,
)
_OPENING = frozenset("\"“„«‹(['‘*_—–>")
# What may follow a king's number, rather than the pronoun: "Thutmose I's", "Nicholas I was", "Charles I, who".
_REGNAL = regex.compile(
    r"['’]s\b|[,.;:)]| (?:was|had|has|is|of|and|in|to|who|whose|by|as|at|on|for|did|died|reigned|ruled|spoke|himself"
    r"|ordered|granted|gave|made|became|succeeded|also|or|from|the|with)\b"
)
_NUMBER_BEFORE = regex.compile(r"\d{1,3}(?:st|nd|rd|th)$")


@cache
def _before() -> dict[str, str]:
    """Words written small before a name, and the kind they speak for."""
    hints = dict.fromkeys(sorted(words()["place_prepositions"]), "place")
    return hints | dict.fromkeys(sorted(words()["roles"] | words()["titles"]), "person")


@cache
def _after() -> dict[str, str]:
    """The first letters of what follows a name and speaks for a person: verbs of saying, "who"."""
    verbs = sorted(words()["person_verbs"])
    heads = [f" {verb}{sign}"[:6] for verb in verbs for sign in " :,"]
    return dict.fromkeys([*heads, ", who ", ", whos"], "person")


def find(text: str, sentence_starts: Sequence[int], language: str = "en") -> list[Candidate]:
    """Candidates in the order of the text, not overlapping.

    Args:
        text: Clean text (NFC); straight and curly apostrophes both work.
        sentence_starts: Offsets of sentence beginnings, ascending.
        language: ISO 639-1, or `und`.
    """
    found = _with_namesakes(text, _found(text, sentence_starts))
    if language in ("en", "und"):
        return found
    return [_new(Candidate, part) for part in adapt(text, found, frozenset(sentence_starts), language)]


def _with_namesakes(text: str, found: list[Candidate]) -> list[Candidate]:
    """The candidates; what mostly stands for a town does so wherever nothing speaks for the person of that name."""
    if not any(hint == beside.NAMESAKE for _, _, hint in found):
        return found
    towns = Counter(text[start:end] for start, end, hint in found if hint == beside.NAMESAKE)
    tails = tuple(towns)
    others = Counter(
        text[start:end].split()[-1]
        for start, end, hint in found
        if hint != beside.NAMESAKE and text.endswith(tails, start, end)
    )
    mostly = {name for name, n in towns.items() if n > others[name]}
    return [
        _new(Candidate, (start, end, beside.NAMESAKE)) if hint in ("", "place") and text[start:end] in mostly else one
        for one in found
        for start, end, hint in (one,)
    ]


def _found(text: str, sentence_starts: Sequence[int]) -> list[Candidate]:
    found: list[Candidate] = []
    sentences, lines, openers = frozenset(sentence_starts), _lines(text), _openers()
    boundaries, following = iter(sentence_starts), iter(lines)
    boundary, line = next(boundaries, len(text)), next(following, _NO_LINE)
    for match in _RUN.finditer(text):
        run = match.group()
        if run in openers:
            continue
        start, end = match.span()
        while boundary <= start:
            boundary = next(boundaries, len(text) + 1)
        while line[1] <= start:
            line = next(following, _NO_LINE)
        if line[0] <= start:
            mode = line[2]
        elif start in sentences or text[start - 1] in _OPENING or start - 2 in sentences:
            mode = INITIAL
        else:
            mode = INSIDE
        if run[-1] in "I." and len(run) > 1:
            end = _without_pronoun_or_stop(text, start, end, sentences)
        if boundary < end and not _goes_on(text[start:boundary]):
            _take(found, text, start, _trim(text, start, boundary), mode)
            start, mode = boundary, max(mode, INITIAL)
        _take(found, text, start, end, mode)
    return found


_NO_LINE = (1 << 62, 1 << 62, INSIDE)


@cache
def _openers() -> frozenset[str]:
    """The runs that are most often met and never hold a name: The, He, However."""
    openers = words()["openers"]
    never = (word for word in openers if not traits(word) & (NAME | KNOWN | CUE | TITLE) or len(word) < 4)
    return frozenset(word.capitalize() for word in never) - {"Us"}


def _lines(text: str) -> list[tuple[int, int, int]]:
    """The lines in which capitals mean little: start, end, and whether it is a heading or one of capitals only."""
    return [(*match.span(), CAPITALS if match.lastgroup else HEADING) for match in _LINE.finditer(text)]


def _without_pronoun_or_stop(text: str, start: int, end: int, sentences: frozenset[int]) -> int:
    """A run's end without "I" that is no king's number and without the full stop that ends a sentence."""
    if text[end - 2 : end] == " I":
        return end if _REGNAL.match(text, end) else end - 2
    if text[end - 1] == "." and text[end - 3 : end - 2] != ".":
        ends_sentence = end == len(text) or text[end] == "\n" or end + 1 in sentences
        return end - 1 if ends_sentence and end - start > 2 else end
    return end


def _goes_on(head: str) -> bool:
    """Whether a run goes on where a sentence seems to start: after initials, abbreviations (George W. | Bush).

    At the end of a line also after a given name alone (Leon | Trotsky).
    """
    *before, last = head.split()
    if not last.endswith("."):
        return not before and head[-1] == "\n" and bool(traits(last.lower()) & FORENAME)
    if len(last) > 2 or not before:
        return True
    return before[-1].endswith(".") or bool(traits(before[-1].lower()) & GIVEN)


def _trim(text: str, start: int, end: int) -> int:
    while end > start and not text[end - 1].isalpha():
        end -= 1
    return end


def _take(found: list[Candidate], text: str, start: int, end: int, mode: int) -> None:
    """Append the candidates of one run."""
    run = text[start:end]
    for begin, stop, hint in parts(run, mode):
        first, last = start + begin, start + stop
        word = ""
        if begin:
            word = run[run.rfind(" ", 0, begin - 1) + 1 : begin - 1]
        elif start:
            sign = text[start - 1]
            if sign == " ":
                word = text[text.rfind(" ", start - 24 if start > 24 else 0, start - 1) + 1 : start - 1]
                if "\n" in word:
                    word = word.rpartition("\n")[2]
                if word in _BEFORE:
                    if not hint and (last < end or text[end : end + 1] not in _APOSTROPHES):
                        hint = _BEFORE[word]
                elif word in _LEADING or word[:1].isdigit():
                    first, hint = _widen(text, first, stop, hint)
            elif sign in "-‑'’ʿʾʻ‘":
                first = _joined(text, start)
                if first < 0:
                    continue
        if (
            last == end
            and not run[-1].islower()  # so are nearly all
            and text[end : end + 1] in _CODED
            and run[begin:].isupper()
            and _CODE.match(text, end)
        ):
            continue
        if last == end and (not hint or (hint == "place" and run[begin:stop].lower() in _NAMESAKES)):
            hint = _AFTER.get(text[end : end + 6], "") or hint
            if hint == "person" and run.isupper():
                hint = ""
        if word in _TRIGGERS and " " not in run[begin:stop]:
            hint = beside.hint(text, first, last, word) or hint
        found.append(_new(Candidate, (first, last, hint)))


_new = tuple.__new__
# What follows the letters of a code: AK-47, T-34, and an American state's before its postal code: AK, 99712.
_CODE = regex.compile(r"[-‑]\d|(?<=[^\p{L}]\p{Lu}{2}),? \d{5}(?!\d)")
_CODED = frozenset("-‑, ")
_APOSTROPHES = ("'", "’")
_BEFORE = _before()
_AFTER = _after()
_NAMESAKES = words()["namesakes"]
_TRIGGERS = beside.triggers()
_LEADING = words()["leading_particles"]
_NUMBERED = words()["numbered"]


def _widen(text: str, start: int, length: int, hint: str) -> tuple[int, str]:
    """Where the name starts with the particles or the ordinal before it: de Gaulle, von der Leyen, 20th Congress."""
    number = _NUMBER_BEFORE.search(text, max(0, start - 8), start - 1)
    if number:
        first_word = text[start : start + length].split()[0].lower()
        return (number.start(), hint) if first_word in _NUMBERED else (start, hint)
    while start > 1 and text[start - 1] == " ":
        gap = max(text.rfind(sign, max(0, start - 8), start - 1) for sign in " \n")
        if text[gap + 1 : start - 1] not in _LEADING:
            break
        start, hint = gap + 1, hint or "person"
    return start, hint


_JOINED = regex.compile(
    r"(?<![\p{L}\p{M}\p{N}])(?:(?:al|el|ul|ad|an|ar|as|ash|at|az|ed|er|es|et|ez|ha)[-‑]|d['’]|[ʿʾʻ‘])[ʿʾʻ‘]?$"
)
_NOT_JOINED = regex.compile(r"[\p{L}\p{M}\p{N}][-‑]$|\p{Lu}['’]$")


def _joined(text: str, start: int) -> int:
    """Where a name starts with what is written onto it (al-, d', ʿ); -1 where it is a word's tail (anti-Soviet)."""
    match = _JOINED.search(text, max(0, start - 5), start)
    if match:
        return match.start()
    return -1 if _NOT_JOINED.search(text, max(0, start - 2), start) else start
