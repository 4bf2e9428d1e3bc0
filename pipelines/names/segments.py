"""A run of capitalised words split where a word stands that can't be inside a name: openers, months, links.

What of a segment is a name belongs to `runs`.
"""

from collections.abc import Iterator

from pipelines.names.forms import (
    FOR,
    FUNCTION_WORD,
    JAN,
    LARGE_PARTICLE,
    MONTH_OR_NAME,
    NOBLES,
    OF,
    ONE_SIGN,
    OPENS,
    SAID,
    TWO_SIGNS,
    WILL,
)
from pipelines.names.titles import title_tail
from pipelines.names.tokens import NOT_SHOUTED, Token
from pipelines.names.traits import (
    CUE,
    EVENT,
    FORENAME,
    GIVEN,
    INITIAL_LETTER,
    LEADING_CUE,
    LINK,
    MONTH,
    NAME,
    NEVER,
    NOTHING,
    OPENER,
    ORDINARY,
    ORGANISATION,
    SHOUTED,
    SMALL,
    SMALL_FIRST,
    SUFFIX,
    SURNAME,
    TERRITORY,
    TITLE,
    WHOLE,
)

INSIDE, INITIAL, HEADING, CAPITALS = range(4)
"""How a run stands: inside a sentence, opening one, in a heading in title case, in a line of capitals."""
_BREAKING = OPENER | NEVER | MONTH | SHOUTED


def segments(tokens: list[Token], mode: int) -> Iterator[list[Token]]:
    """A run's tokens split where a word stands that can't be inside a name."""
    if mode in (INSIDE, INITIAL):
        for token in tokens:
            if token.traits & _BREAKING:
                break
        else:
            yield tokens
            return
    current: list[Token] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if token.traits & LINK and token.traits & SMALL and not token.traits & WHOLE:
            stop = i + 1
            while stop < len(tokens) and tokens[stop].traits & LINK and tokens[stop].traits & SMALL:
                stop += 1
            if current and _takes(current, token):
                current += tokens[i:stop]
            else:
                stop += title_tail(current, tokens[stop : stop + 4])
                yield current
                current = []
            i = stop
            continue
        if _breaks(token, current, tokens[i + 1] if i + 1 < len(tokens) else None, mode):
            yield current
            current = []
        else:
            current.append(token)
        i += 1
    yield current


def _takes(current: list[Token], link: Token) -> bool:
    """Whether a name goes on over "of", "for": after cue words of organisations, events, places, high nobility."""
    last = current[-1].traits
    if link.form & FOR:
        return bool(last & ORGANISATION)
    return bool(link.form & OF and (last & (CUE | LEADING_CUE) or current[-1].form & NOBLES))


def _breaks(token: Token, before: list[Token], after: Token | None, mode: int) -> bool:
    """Whether a word ends the name before it and is no part of any."""
    known = token.traits
    if known & NOTHING:
        return True
    if known & (WHOLE | INITIAL_LETTER | SMALL_FIRST):
        return False
    follows_name = bool(before) and bool(before[-1].traits & (GIVEN | INITIAL_LETTER | TITLE | SURNAME | SMALL))
    if known & SUFFIX and known & MONTH and before and before[-1].traits & FORENAME and after is not None:
        return False
    if known & MONTH:
        if after is not None and after.traits & EVENT:
            return False
        if token.form & JAN and after is not None and not before:
            return bool(after.traits & (MONTH | OPENER | NEVER | TERRITORY))
        if token.form & MONTH_OR_NAME:
            return not follows_name and not (after is not None and after.traits & SURNAME and not before)
        return True
    if known & SUFFIX and before:
        return False
    if known & (OPENER | NEVER):
        if token.form & LARGE_PARTICLE and after is not None and not after.traits & (ORDINARY | CUE | OPENER | NEVER):
            return False
        if token.form & WILL and not before and after is not None:
            return not after.traits & SURNAME or bool(after.traits & GIVEN)
        if token.form & SAID and not before and after is not None and (mode == INSIDE or token.place):
            return bool(after.traits & TITLE)
        if not before or token.form & FUNCTION_WORD or mode == HEADING:
            return True
        if before[-1].traits & (SMALL | FORENAME):
            return False
        return not (follows_name and known & NAME and not token.form & (ONE_SIGN | TWO_SIGNS))
    if mode == CAPITALS:
        return bool(token.form & OPENS)
    if mode == HEADING and before and (before[-1].traits & SMALL or (after is None and before[-1].traits & FORENAME)):
        return False
    if mode == HEADING and known & ORDINARY:
        return not known & NOT_SHOUTED or (
            bool(known & CUE and before) and after is not None and not after.traits & (ORDINARY | CUE)
        )
    return bool(known & SHOUTED)
