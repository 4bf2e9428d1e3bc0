"""Where names stand in a text: runs of capitalised words, cut to what can be a name. No authority is known here.

Here: the pattern of a run, and hints of a name's kind from the words beside it. How a run is cut to names is in `runs`.
Not here: whether a surface is a name at all, judged over the whole corpus (`plausible`), and whose name it is (`resolve`).

The work per run is a pure function of the run's letters (`runs.parts`), remembered for runs seen before; only what
depends on the place in the text (sentence starts, the words beside it) is done each time.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import regex

from pipelines.names.lexicon import Trait, traits, words
from pipelines.names.runs import CAPITALS, HEADING, INITIAL, INSIDE, parts


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
_LINKS = (
    "de|da|do|dos|das|du|del|della|delle|dello|dalla|degli|di|van|von|vom|zu|zur|zum|der|den|dem|ter|ten|te|la|le|las|los|lo|el|al|"
    "bin|bint|ibn|ben|bar|abu|umm|y|af|av|til|of|the|for|oglu|oğlu|ogly|oghlu|qızı|kyzy"
)
_APOSTROPHE = r"['’](?!(?:s|S|m|ll|ve|re|d)(?![\p{L}\p{M}]))"
_WORD = (
    rf"\p{{Lu}}[\p{{L}}\p{{M}}]*+(?:(?:{_APOSTROPHE}|[-‑])[\p{{L}}\p{{M}}]++)*+"
    rf"(?:\.(?<=(?<!\p{{L}})(?:\p{{Lu}}|{_ABBREVIATED})\.)(?:-?\p{{Lu}}\.)*+)?+"
)
_PREFIX = r"(?:(?:al|el|ul|ad|an|ar|as|ash|at|az|ed|er|es|et|ez|ha)[-‑]|[dl]['’])?+[ʿʾʻʼ‘]?+"
_GAP = r"(?:[ \t\u00a0]|[ \t]?\n[ \t]?(?!\s))"
# A run: words with a gap (and particles, "of the") between them, or an initial's dot, or what follows a comma: Jr.
_RUN = regex.compile(
    rf"(?<![\p{{Lu}}\p{{Ll}}\p{{Lo}}\p{{M}}\p{{N}}_])(?:{_WORD}"
    rf"(?:{_GAP}(?:(?:{_LINKS}){_GAP}){{0,3}}+(?={_PREFIX}\p{{Lu}}){_PREFIX}|(?<=\.)(?=\p{{Lu}})|,{_GAP}?+(?=[JS]r(?!\p{{L}})))?+)+"
)
_FIRST_LETTER = regex.compile(r"[^\p{L}\p{N}\n]*+")
# A line without a full stop in which every word longer than four letters is large, or every letter.
_HEADING = regex.compile(
    r"^(?:[^\p{L}\n]*+)(?:(?:\p{Lu}[\p{L}\p{M}'’.-]*+|\p{Ll}{1,4}+(?!\p{L})|[^\p{L}\s]++)[,:;]?[ \t]++){2,}+\p{Lu}[\p{L}\p{M}'’-]*+[)\]\"”]?$",
    regex.M,
)
_CAPITALS = regex.compile(r"^[^\p{Ll}\n]*+\p{Lu}{2}[^\p{Ll}\n]*+$", regex.M)
# What may follow a king's number, rather than the pronoun: "Thutmose I's", "Nicholas I was", "Charles I, who".
_REGNAL = regex.compile(
    r"['’]s\b|[,.;:)]| (?:was|had|has|is|of|and|in|to|who|whose|by|as|at|on|for|did|died|reigned|ruled|spoke|himself|ordered|granted"
    r"|gave|made|became|succeeded|also|or|from|the|with)\b"
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


def find(text: str, sentence_starts: Sequence[int]) -> list[Candidate]:
    """Candidates in the order of the text, not overlapping.

    Args:
        text: Clean text (NFC); straight and curly apostrophes both work.
        sentence_starts: Offsets of sentence beginnings, ascending.
    """
    found: list[Candidate] = []
    modes = _modes(text, sentence_starts)
    starts = iter(sentence_starts)
    boundary = next(starts, len(text))
    for match in _RUN.finditer(text):
        start, end = match.span()
        while boundary <= start:
            boundary = next(starts, len(text) + 1)
        if text[end - 2 : end] == " I" and not _REGNAL.match(text, end):
            end -= 2
            if end <= start:
                continue
        if boundary < end and not _goes_on(text[start:boundary]):
            _take(found, text, start, _trim(text, start, boundary), modes)
            _take(found, text, boundary, end, modes)
        else:
            _take(found, text, start, end, modes)
    return found


def _modes(text: str, sentence_starts: Sequence[int]) -> "_Modes":
    opening = {_FIRST_LETTER.match(text, start).end() for start in sentence_starts}  # type: ignore[union-attr]
    lines = [(*match.span(), HEADING) for match in _HEADING.finditer(text)]
    lines += [(*match.span(), CAPITALS) for match in _CAPITALS.finditer(text)]
    return _Modes(opening, set(sentence_starts), sorted(lines))


class _Modes:
    """How a run has to be read where it stands: inside a sentence, opening it, in a heading, in a line of capitals."""

    def __init__(self, opening: set[int], sentences: set[int], lines: list[tuple[int, int, int]]) -> None:
        self.opening = opening
        self.sentences = sentences
        self.lines = lines
        self.next = 0

    def at(self, text: str, start: int) -> int:
        """The mode of a run that starts there; starts must ascend."""
        while self.next < len(self.lines) and self.lines[self.next][1] <= start:
            self.next += 1
        if self.next < len(self.lines) and self.lines[self.next][0] <= start:
            return self.lines[self.next][2]
        return INITIAL if start in self.opening or (start and text[start - 1] in '"“„«‹') else INSIDE


def _goes_on(head: str) -> bool:
    """Whether a run goes on where a sentence seems to start: after initials and abbreviations (George W. | Bush)."""
    *before, last = head.split()
    if not last.endswith("."):
        return False
    if len(last) > 2 or not before:
        return True
    return before[-1].endswith(".") or bool(traits(before[-1].lower()) & Trait.GIVEN)


def _trim(text: str, start: int, end: int) -> int:
    while end > start and not text[end - 1].isalpha():
        end -= 1
    return end


def _take(found: list[Candidate], text: str, start: int, end: int, modes: _Modes) -> None:
    """Append the candidates of one run."""
    run = text[start:end]
    pieces = parts(run, modes.at(text, start))
    if not pieces:
        return
    length = end - start
    for begin, stop, hint in pieces:
        first, last = start + begin, start + stop
        if not begin and start:
            sign = text[start - 1]
            if sign == " ":
                gap = text.rfind(" ", start - 24 if start > 24 else 0, start - 1)
                word = text[gap + 1 : start - 1]
                if word in _BEFORE:
                    hint = hint or _BEFORE[word]
                elif word in _LEADING or word[:1].isdigit():
                    first, hint = _widen(text, first, stop - begin, hint)
            elif sign in "-‑'’ʿʾʻ‘" and start > 1:
                joined = _joined(text, start)
                if joined < 0:
                    continue
                first = joined
        if stop == length:
            if (
                run[-1] == "."
                and (end == len(text) or text[end] == "\n" or end + 1 in modes.sentences)
                and run[-3:-2] != "."
            ):
                last -= 1
            hint = hint or ("" if run.isupper() else _AFTER.get(text[end : end + 6], ""))
        found.append(Candidate(first, last, hint))


_BEFORE = _before()
_AFTER = _after()
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
_NOT_JOINED = regex.compile(r"[\p{L}\p{M}\p{N}][-‑]$")


def _joined(text: str, start: int) -> int:
    """Where the name starts with what is written onto it (al-, d', ʿ); -1 where it is the tail of a word (anti-Soviet)."""
    match = _JOINED.search(text, max(0, start - 5), start)
    if match:
        return match.start()
    return -1 if _NOT_JOINED.search(text, max(0, start - 2), start) else start
