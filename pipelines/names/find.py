"""Where names stand in texts: runs of capitalised words, cut to what can be a name. No authority is known here.

Here: which runs there are, and how the sentence and the line they are in are written. Where runs begin and end is told
in `capitals`, how a run is cut to names in `runs`, what stands beside a name in `around`, what other languages say in
`languages`. Not here: whether a surface is a name at all, judged over the corpus (`plausible`), and whose it is
(`resolve`).

All texts of a group are searched at once: places are columns, and only the few rows that a mask picks out are looked
at one by one.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise, repeat

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import regex

from pipelines.names import beside
from pipelines.names.around import named
from pipelines.names.candidates import Candidate, Found, Runs
from pipelines.names.capitals import spans
from pipelines.names.languages import adapt
from pipelines.names.lexicon import traits, words
from pipelines.names.segments import CAPITALS, HEADING, INITIAL, INSIDE
from pipelines.names.traits import CUE, FORENAME, GIVEN, KNOWN, NAME, TITLE
from pipelines.text.together import Bools, Ints, Together

# A short line without a full stop: a heading if every letter is large, or every word but the smallest.
_SHORTEST, _LONGEST = 4, 120
_LINE = regex.compile(
    r"(?:(?P<capitals>[^\p{Ll}\p{Lu}\n]*+\p{Lu}[^\p{Ll}\n]*+$)"
    r"|[^\p{L}\n]*+(?:(?:\p{Lu}[\p{L}\p{M}'’.-]*+|[^\p{L}\s]++"
    r"|(?:an?|the|of|and|or|in|on|at|to|for|from|by|with|as|vs?|de|la|der|die|und|von|et|y|into|over)(?!\p{L}))"
    r"[,:;]?[ \t]++){2,}+"
    r"\p{Lu}[\p{L}\p{M}'’-]*+[)\]\"”]?$)",
    regex.M,
)
_OPENING = "\"“„«‹(['‘*_—–>"
# What may follow a king's number, rather than the pronoun: "Thutmose I's", "Nicholas I was", "Charles I, who".
_REGNAL = regex.compile(
    r"['’]s\b|[,.;:)]| (?:was|had|has|is|of|and|in|to|who|whose|by|as|at|on|for|did|died|reigned|ruled|spoke|himself"
    r"|ordered|granted|gave|made|became|succeeded|also|or|from|the|with)\b"
)


def find(text: str, sentence_starts: Sequence[int], language: str = "en") -> list[Candidate]:
    """Candidates in the order of the text, not overlapping.

    Args:
        text: Clean text (NFC); straight and curly apostrophes both work.
        sentence_starts: Offsets of sentence beginnings, ascending.
        language: ISO 639-1, or `und`.
    """
    texts = Together([text])
    found = find_all(texts, texts.laid([sentence_starts]), [language])
    return found.candidates(int(texts.base[0]))


def find_each(written: Sequence[str]) -> list[list[Candidate]]:
    """The candidates of each of these, none of which begins a sentence: one takes nearly as long as all."""
    texts = Together(written)
    found = find_all(texts, texts.laid([()] * len(written)), ["en"] * len(written))
    bounds = np.searchsorted(found.start, texts.base).tolist()
    spans = zip(pairwise(bounds), texts.base.tolist(), strict=False)
    return [found.rows(first, last).candidates(base) for (first, last), base in spans]


def find_all(texts: Together, sentence_starts: Ints, languages: Sequence[str]) -> Found:
    """The candidates of many texts.

    Args:
        texts: Clean texts.
        sentence_starts: Offsets of sentence beginnings in all of them, ascending.
        languages: The language of each text.
    """
    found = named(texts, _runs(texts, sentence_starts))
    bounds = np.searchsorted(found.start, texts.base).tolist()
    for number in sorted({*texts.number(found.start[found.hint == beside.NAMESAKE]).tolist()}):
        _mark_namesakes(texts.texts[number], found.rows(*bounds[number : number + 2]), int(texts.base[number]))
    others = [number for number, language in enumerate(languages) if language not in ("en", "und")]
    done, pieces = 0, []
    for number in others:
        first, last, base = bounds[number], bounds[number + 1], int(texts.base[number])
        starts = sentence_starts[slice(*np.searchsorted(sentence_starts, texts.base[number : number + 2]))] - base
        candidates = found.rows(first, last).candidates(base)
        adapted = adapt(texts.texts[number], candidates, frozenset(starts.tolist()), languages[number])
        pieces += [found.rows(done, first), Found.of(adapted, base)]
        done = last
    return Found.joined([*pieces, found.rows(done, len(found.start))])


def _mark_namesakes(text: str, found: Found, base: int) -> None:
    """Hint at a town in what mostly stands for one in a text, wherever nothing speaks for the person of that name."""
    hints = found.hint.tolist()
    placed = [*zip((found.start - base).tolist(), (found.end - base).tolist(), strict=True)]
    towns = Counter(text[slice(*span)] for span, hint in zip(placed, hints, strict=True) if hint == beside.NAMESAKE)
    tails = tuple(towns)
    others = {
        row: text[start:end]
        for row, (start, end) in enumerate(placed)
        if text.endswith(tails, start, end) and hints[row] != beside.NAMESAKE
    }
    people = Counter(surface.split()[-1] for surface in others.values())
    for row, surface in others.items():
        if hints[row] in ("", "place") and towns[surface] > people[surface]:
            found.hint[row] = beside.NAMESAKE


def _runs(texts: Together, sentence_starts: Ints) -> Runs:
    """The runs of all texts, in their order."""
    start, end = spans(texts)
    never = pc.is_in(texts.strings(start, end), _openers()).to_numpy(zero_copy_only=False)
    start, end = start[~never], end[~never]
    opens = texts.marked(sentence_starts)
    _leave_out_pronouns_and_stops(texts, start, end, opens)
    return _cut_at_sentences(texts.text, Runs(start, end, _modes(texts, start, opens)), sentence_starts)


@cache
def _openers() -> pa.StringArray:
    """The runs that are most often met and never hold a name: The, He, However."""
    openers = words()["openers"]
    never = (word for word in openers if not traits(word) & (NAME | KNOWN | CUE | TITLE) or len(word) < 4)
    return pa.array(sorted({word.capitalize() for word in never} - {"Us"}), pa.string())


def _modes(texts: Together, start: Ints, opens: Bools) -> Ints:
    """How the text around each run is written: by its line, else by whether a sentence or quotation opens with it."""
    initial = opens[start] | opens[start - 2] | texts.is_any(start - 1, _OPENING)
    modes = np.where(initial, INITIAL, INSIDE)
    lines = [(*match.span(), CAPITALS if match.lastgroup else HEADING) for match in _short_lines(texts, start)]
    if lines:
        begins, ends, mode = np.array(lines, np.int64).T
        line = np.searchsorted(begins, start, "right") - 1
        modes = np.where((line >= 0) & (start < ends[line]), mode[line], modes)
    return modes


def _short_lines(texts: Together, runs: Ints) -> Iterator[regex.Match[str]]:
    """The lines with runs, which start at these places, in which capitals mean little."""
    ends = texts.places("\n")
    length, has_run = np.diff(ends) - 1, np.diff(np.searchsorted(runs, ends)) > 0
    is_short = (length >= _SHORTEST) & (length <= _LONGEST) & has_run
    short = np.flatnonzero(is_short & ~texts.is_any(ends[1:] - 1, ".!?,;"))
    found = map(_LINE.match, repeat(texts.text), (ends[short] + 1).tolist())
    return filter(None, found)


def _leave_out_pronouns_and_stops(texts: Together, start: Ints, end: Ints, opens: Bools) -> None:
    """Move the ends of runs before "I" that is no king's number and before the full stop that ends a sentence."""
    text = texts.text
    for row in np.flatnonzero((end > start + 1) & texts.is_any(end - 1, "I.")).tolist():
        first, last = int(start[row]), int(end[row])
        if text[last - 2 : last] == " I":
            end[row] -= 0 if _REGNAL.match(text, last) else 2
        elif text[last - 1] == "." and text[last - 3] != "." and last - first > 2:
            end[row] -= text[last] == "\n" or bool(opens[last + 1])


def _cut_at_sentences(text: str, runs: Runs, sentence_starts: Ints) -> Runs:
    """The runs, those cut in two in which a sentence begins."""
    start, end, mode = runs
    following = np.append(sentence_starts, len(text))[np.searchsorted(sentence_starts, start, "right")]
    rows = [row for row in np.flatnonzero(following < end).tolist() if not _goes_on(text[start[row] : following[row]])]
    if not rows:
        return runs
    tails = Runs(following[rows], end[rows], np.maximum(mode[rows], INITIAL))
    end[rows] = [_trim(text, int(start[row]), int(following[row])) for row in rows]
    start, end, mode = map(np.concatenate, zip(runs, tails, strict=True))
    order = np.argsort(start, kind="stable")
    return Runs(start[order], end[order], mode[order])


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
