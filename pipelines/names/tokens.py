"""The words of a run, each with where it stands and what is known of it.

Here: cutting a run to words, and what its letters' case says of a word. Not here: which words make a name (`runs`).
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import regex

from pipelines.names.lexicon import phrase_heads, phrases, traits
from pipelines.names.traits import (
    CUE,
    INITIAL_LETTER,
    KNOWN,
    MODIFIER,
    NAME,
    NEVER,
    OPENER,
    ORDINARY,
    ORGANISATION,
    PEOPLE,
    ROLE,
    SHOUTED,
    SUFFIX,
    TITLE,
    WHOLE,
)

_new = tuple.__new__


class Token(NamedTuple):
    """A word of a run: where it stands, how it is written, in lower case without a dot, and what is known of it."""

    start: int
    end: int
    text: str
    lower: str
    traits: int


_TOKEN = regex.compile(r"\p{Lu}\.(?:-?\p{Lu}\.)*+|[^\s.,]++\.?+")
_SMALL_TAIL = regex.compile(r"[-‑](?=\p{Ll})")
# A syllable of a Chinese or Korean given name in a usual romanisation: shek, tung, sung, hee.
_SYLLABLE = regex.compile(
    r"(?:[bcdfghjklmnpqrstwxyz]|ch|sh|zh|ts|tz|hs|ky|my)?'?"
    r"(?:[aeiouü]|ai|ao|ei|eo|eu|ia|iao|ie|iu|oe|ou|oo|ua|uai|ue|ui|uo|wo|wa|yo|yu|ya|ye|ee)(?:ng|n|h|r|k|l|m|p|t|s|b)?$"
)
NOT_SHOUTED = NAME | CUE | TITLE | MODIFIER | PEOPLE | ROLE | SUFFIX


def tokenise(run: str) -> list[Token]:
    """The words of a run; after a word whose second half was cut off stands an empty one that ends a name."""
    tokens: list[Token] = []
    for start, text in _split(run):
        kept, lower, known = word(text)
        tokens.append(_new(Token, (start, start + len(kept), kept, lower, known)))
        if len(kept) < len(text):
            tokens.append(Token(start + len(kept), start + len(kept), "", "", OPENER))
    return _with_phrases(tokens) if len(tokens) > 1 else tokens


def _split(run: str) -> Iterator[tuple[int, str]]:
    """The words of a run with where they start; initials written together are one, what follows is another."""
    if "." in run or "," in run:
        for match in _TOKEN.finditer(run):
            yield match.start(), match.group()
        return
    start = 0
    for text in run.split():
        start = run.index(text, start)
        yield start, text
        start += len(text)


@lru_cache(maxsize=1 << 17)
def word(text: str) -> tuple[str, str, int]:
    """A word without an adjective's small second half, in lower case without its dot, and what is known of it."""
    tail = _SMALL_TAIL.search(text, 1) if "-" in text or "‑" in text else None
    if tail and text[0].isupper() and not _belongs(text[: tail.start()], text[tail.end() :]):
        text = text[: tail.start()]
    lower = text.lower().rstrip(".")
    known = traits(lower)
    if text.isupper():
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
    return text, lower, known


_SINGLE = {
    "I": SUFFIX,
    "A": OPENER,
    "И": OPENER,
    "В": OPENER,
    "Я": OPENER,
}


def _belongs(head: str, tail: str) -> bool:
    """Whether a small second half is part of the name (Kai-shek, Ashur-dan) or an adjective made of it (Stalin-era)."""
    if any(letter.isupper() for letter in tail):  # Kim-Il-sung-Universität
        return True
    if all(not traits(piece) & ORDINARY for piece in tail.lower().split("-")):
        return len(tail) > 1
    return bool(_SYLLABLE.match(tail) and _SYLLABLE.match(head.lower()) and not head.isupper())


def _with_phrases(tokens: list[Token]) -> list[Token]:
    """Tokens of well-known phrases (Great Britain, New York) marked, so that nothing is cut off them."""
    known, heads = phrases(), phrase_heads()
    if heads.isdisjoint([token.lower for token in tokens]):
        return tokens
    i = 0
    while i < len(tokens) - 1:
        if tokens[i].lower not in heads:
            i += 1
            continue
        for n in range(min(4, len(tokens) - i), 1, -1):
            kind = known.get(" ".join(token.lower for token in tokens[i : i + n]))
            if kind is not None and tokens[i].text[0].isupper():
                for k in range(i, i + n):
                    whole = NEVER if kind == NEVER else WHOLE | (kind if k == i + n - 1 else 0)
                    tokens[k] = tokens[k]._replace(traits=whole)
                i += n - 1
                break
        i += 1
    return tokens
