"""What the language of a text says of its candidates: openers and titles of that language, articles, German nouns.

Here: cutting candidates by closed classes of words (`languages.toml`), and marking what is a noun rather than a name.
Not here: English, which `runs` and `lexicon` know; whether a surface is a name in the corpus (`plausible`).
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import regex

from pipelines.names.lexicon import traits
from pipelines.names.runs import Part, parts
from pipelines.names.segments import INSIDE
from pipelines.names.traits import CUE, FORENAME, GIVEN, NAME, OPENER, ORDINARY, TERRITORY, TITLE, TOWN

NOUN = "noun"
"""The hint that a candidate is likely a noun: German writes all of them large."""

_ALIKE = {"sk": "cs", "hr": "sr", "bs": "sr", "sl": "sr", "mk": "bg", "be": "uk", "lb": "de", "da": "sv", "no": "sv"}
_ROMANCE = frozenset(("fr", "es", "it", "pt", "ca", "ro"))
_WORD = re.compile(r"\S+")
_BEFORE = re.compile(r"(?:(?<=\s)|^)[^\W\d_]+(?=\s+$)")
_WORDS_BEFORE = re.compile(r"(?:[^\W\d_]+\s+){1,3}$")
_NUMBER = re.compile(r"(?<!\d)\d{1,3}\.?\s$")
_QUOTES = "\"“„«‹('‘¿¡—–"
# Particles of surnames that are articles or prepositions too: De Gaulle opens a sentence.
_PARTICLES = frozenset(["de", "du", "des", "del", "della", "di", "da", "van", "von"])
_ELIDED = re.compile(r"(?:[Ll]|d|dell|all|nell|dall|sull)['’](?=\w)")
_SPLITTING = {
    "de": regex.compile(r"(?<!\b(?:von|van|auf|zu|in)) (?:der|die|das|des|den|dem) (?=\w)"),
    "nl": regex.compile(r"(?<=\p{L} \S+ \p{Lu}\p{L}+) (?:de|het) (?=\p{Lu})"),
}
_ENDINGS = ("noun", "adjective", "russian")


@dataclass(frozen=True, slots=True)
class _Rules:
    """The closed classes of one language.

    Attributes:
        language: ISO 639-1.
        openers, titles, articles: Words, as languages.toml has them.
        nouns, adjectives, russian: Endings of nouns, of adjectives and of Russian surnames.
    """

    language: str
    openers: frozenset[str]
    titles: frozenset[str]
    articles: frozenset[str]
    nouns: tuple[str, ...]
    adjectives: tuple[str, ...]
    russian: tuple[str, ...]


@cache
def _rules(language: str) -> _Rules | None:
    text = files("pipelines.names").joinpath("languages.toml").read_text("utf-8")
    code = _ALIKE.get(language, language)
    found = tomllib.loads(text).get(code)
    if found is None:
        return None
    openers, titles, articles = (frozenset(found.get(name, "").split()) for name in ("openers", "titles", "articles"))
    nouns, adjectives, russian = (tuple(found.get(f"{name}_endings", "").split()) for name in _ENDINGS)
    return _Rules(code, openers, titles, articles, nouns, adjectives, russian)


def adapt(text: str, found: Sequence[Part], starts: frozenset[int], language: str) -> Sequence[Part]:
    """The candidates as the text's language wants them; as they are where nothing is known of it.

    Args:
        text: Clean text.
        found: Candidates as `find` has them for English.
        starts: Where sentences start.
        language: ISO 639-1.
    """
    rules = _rules(language)
    if rules is None:
        return found
    return [part for one in found for part in _adapted(text, one, starts, rules)]


def _adapted(text: str, found: Part, starts: frozenset[int], rules: _Rules) -> Iterator[Part]:
    start, end, hint = found
    opens = start in starts or (text[start - 1 : start] in _QUOTES and start > 0)
    first = _without_article(text, start, end, rules)
    begin, is_titled = _cut(text, first, end, opens, rules)
    if begin >= end:
        return
    if begin == start:
        yield from _split(text, (start, end, hint), rules)
        return
    for left, right, kind in parts([text[begin:end]], [INSIDE])[0]:
        hint = "person" if is_titled and left == 0 else kind
        yield from _split(text, (begin + left, begin + right, hint), rules)


def _without_article(text: str, start: int, end: int, rules: _Rules) -> int:
    """Where a candidate starts without a small article or preposition that is no particle of a surname there."""
    before = _BEFORE.search(text, max(0, start - 24), start)
    is_titled = before is not None and before[0].lower() in rules.titles
    if rules.language in _ROMANCE and (elided := _ELIDED.match(text, start, end)) and not is_titled:
        return elided.end()  # L'Union, l'Ukraine, la mort d'Andropov
    if not text[start].islower():
        return start
    follows = is_titled or (before is not None and before[0].lower() in rules.openers)
    while start < end and (word := _WORD.match(text, start, end)) and word[0] in rules.articles:
        if follows and rules.language in _ROMANCE and word[0] in _PARTICLES:
            break  # avec de Gaulle, général de Gaulle
        start = word.end() + 1
    return start


def _cut(text: str, start: int, end: int, opens: bool, rules: _Rules) -> tuple[int, bool]:
    """Where a candidate starts without openers and titles before it, and whether a title was left out."""
    is_titled = False
    while start < end:
        words = [match[0].lower() for match in _WORD.finditer(text, start, end)]
        if words[0] in rules.titles and (len(words) > 1 or opens):
            is_titled = len(words) > 1
        elif not opens or not _is_opener(words, rules):
            break
        match = _WORD.search(text, start, end)
        start = match.end() if match else end
        start += len(text[start:end]) - len(text[start:end].lstrip())
    return start, is_titled


def _is_opener(words: Sequence[str], rules: _Rules) -> bool:
    """Whether the first word opens the sentence: one of the language, or an unknown one before a person's full name."""
    if words[0] in rules.openers:
        return words[0] not in _PARTICLES or len(words) != 2
    given = words[-1] if rules.language == "hu" else words[1] if len(words) > 1 else ""
    return len(words) == 3 and bool(traits(given) & FORENAME) and not traits(words[0])


def _split(text: str, found: Part, rules: _Rules) -> Iterator[Part]:
    """A candidate parted at articles inside it; in German also where a noun meets a name, and nouns are marked."""
    start, end, hint = found
    pattern = _SPLITTING.get(rules.language)
    inner = [place for match in pattern.finditer(text, start, end) for place in match.span()] if pattern else []
    edges = [start, *inner, end]
    for left, right in zip(edges[::2], edges[1::2], strict=True):
        kind = hint if not inner else next((one[2] for one in parts([text[left:right]], [INSIDE])[0]), "")
        yield from _german(text, left, right, kind, rules) if rules.language == "de" else [(left, right, kind)]


def _german(text: str, start: int, end: int, hint: str, rules: _Rules) -> Iterator[Part]:
    """A candidate in German, parted where a name in the genitive stands after or before its noun: Stalins Tod."""
    words = text[start:end].split()
    if len(words) == 2 and "." not in words[0]:
        gap, second = start + len(words[0]), end - len(words[1])
        if _is_genitive(text, words[0], rules) and not traits(words[0].lower()) & (GIVEN | CUE | ORDINARY):
            yield start, gap - 1, ""
            yield second, end, NOUN
            return
        if _is_genitive(text, words[1], rules) and _has_article(text, start, rules):
            yield start, gap, NOUN
            yield second, end - 1, ""
            return
    cut = len(words) == 1 and _is_genitive(text, words[0], rules)
    yield start, end - cut, _noun_or(hint, text, start, end - cut, rules)


def _is_genitive(text: str, word: str, rules: _Rules) -> bool:
    """Whether a name stands in the genitive: without its s it is in the text too, or ends as Russian names do."""
    stem = word[:-1]
    if word[-1:] != "s" or len(stem) < 4 or traits(word.lower()) & NAME:
        return False
    return stem.endswith(rules.russian) or bool(re.search(rf"(?<!\w){re.escape(stem)}(?!\w)", text))


def _noun_or(hint: str, text: str, start: int, end: int, rules: _Rules) -> str:
    """The hint of a candidate in German: two unknown words make no person, and what has an article is a noun."""
    words = [word.lower().rstrip(".") for word in text[start:end].split()]
    known = [traits(word) for word in words]
    if words[-1] in rules.openers or (words[-1] in rules.titles and not known[0] & GIVEN):
        return NOUN
    if any(one & (TERRITORY | CUE) for one in known) or text[start:end].isupper():
        return hint
    is_person = hint == "person" and ((len(words) > 1 and known[0] & GIVEN) or words[0][1:2] in ("", "."))
    if is_person or (len(words) == 1 and hint == "person" and _follows_title(text, start, rules)):
        return hint
    if len(words) > 1 and words[0].endswith(rules.adjectives) and not known[0] & NAME:
        return "" if hint == "person" else hint  # adjectives are written large in names alone: die Rote Armee
    if words[-1].endswith(rules.nouns) or _has_article(text, start, rules):
        return NOUN
    return hint if any(one & (NAME | TOWN) and not one & ORDINARY for one in known) else ""


def _follows_title(text: str, start: int, rules: _Rules) -> bool:
    before = _BEFORE.search(text, max(0, start - 24), start)
    return before is not None and (before[0].lower() in rules.titles or bool(traits(before[0].lower()) & TITLE))


def _has_article(text: str, start: int, rules: _Rules) -> bool:
    """Whether an article or a number stands before a word, with nothing but adjectives between."""
    match = _WORDS_BEFORE.search(text, max(0, start - 60), start)
    if _NUMBER.search(text, max(0, start - 8), start):
        return True
    for word in reversed(match[0].split() if match else ()):
        if word.lower() in rules.articles:
            return True
        if not word.islower() or not word.endswith(rules.adjectives) or word in rules.openers or traits(word) & OPENER:
            return False
    return False
