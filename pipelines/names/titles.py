"""Titles in a run: where the last one stands, whether it is part of a name, and which words belong to it.

Not here: which words are titles (`lexicon`), and how a run is cut at them (`runs`).
"""

from pipelines.names.forms import (
    DEGREE,
    TAIL,
)
from pipelines.names.tokens import Token
from pipelines.names.traits import (
    CUE,
    FORENAME,
    GIVEN,
    INITIAL_LETTER,
    LINK,
    MODIFIER,
    NAME,
    OPENER,
    ORDINARY,
    PEOPLE,
    ROLE,
    SURNAME,
    TERRITORY,
    TITLE,
    TOWN,
    WHOLE,
)


def last_title(segment: list[Token]) -> int:
    """Where the last title of a segment stands; -1 without one."""
    last = len(segment) - 1
    for i in range(last, -1, -1):
        token = segment[i]
        if not token.traits & TITLE or token.traits & WHOLE:
            continue
        if i and _bears(segment[i - 1], token, i == last):
            continue  # Reza Shah Pahlavi, John Major
        if i == last and token.traits & SURNAME and _opens_a_name(segment[:i]):
            continue  # Edward Beverley Duke
        if 0 < i < last and token.form & DEGREE and segment[i - 1].traits & FORENAME:
            continue  # Martin Ing Novak
        if i < last and _names_no_person(segment[i + 1 :]):
            continue  # General Assembly, Queen Elizabeth Hospital
        return i
    return -1


def _opens_a_name(head: list[Token]) -> bool:
    """Whether words are the beginning of a person's name, so that another word may end it."""
    after_title = next((n for n in range(len(head), 0, -1) if head[n - 1].traits & TITLE), 0)
    words = [token.traits for token in head[after_title:]]
    others = MODIFIER | ROLE | PEOPLE | WHOLE | CUE
    return bool(words) and bool(words[0] & (FORENAME | INITIAL_LETTER)) and not any(word & others for word in words)


def _bears(before: Token, title: Token, at_end: bool) -> bool:
    """Whether a title after a name is part of the name: Martin Luther King, Reza Shah Pahlavi."""
    known = before.traits
    if known & (TITLE | MODIFIER | ROLE | PEOPLE | WHOLE):
        return False
    if at_end and known & FORENAME and not known & TERRITORY:
        return True
    if at_end:
        return bool(title.traits & NAME and known & (NAME | INITIAL_LETTER)) and not known & TOWN
    return bool(known & (GIVEN | INITIAL_LETTER)) and not known & (TOWN | ORDINARY)


def _names_no_person(rest: list[Token]) -> bool:
    """Whether what follows a title is no bearer of it: Queen Elizabeth Hospital, Prince Edward Island."""
    last = rest[-1].traits
    if rest[0].traits & LINK:
        return True
    if not last & CUE:
        return False
    return not last & SURNAME or (len(rest) > 1 and not rest[0].traits & GIVEN)


def without_modifiers(left: list[Token]) -> list[Token]:
    """What stands before a title, without the words that make one rank with it."""
    while left and left[-1].traits & (MODIFIER | ROLE | TITLE) and not left[-1].traits & WHOLE:
        left = left[:-1]
    return left


def title_tail(current: list[Token], after: list[Token]) -> int:
    """How many words after "of", "for" belong to the title before: Chief of Staff, Secretary of State."""
    if not current or not current[-1].traits & (TITLE | ROLE):
        return 0
    if len(after) > 2 and after[1].traits & FORENAME and not after[0].traits & (NAME | OPENER | TERRITORY):
        return 1  # Archbishop of Canterbury William Temple
    return after[0].form >> TAIL if after else 0
