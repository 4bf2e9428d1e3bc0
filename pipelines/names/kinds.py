"""The kind of a name from its own words: given names, patronymics, initials, and words like Party, Pact, Sea.

Not here: what stands beside it in the text (`find`) and what other mentions of it say (`plausible`).
"""

from collections.abc import Sequence

from pipelines.names.forms import (
    FOR,
    LARGE_PARTICLE,
    MIXED,
    NO_INITIALS,
    NOBLE,
    NUMBERED,
    OF,
    ONE_SIGN,
    PATRONYMIC,
    PLACE_HEAD,
    THREE_SIGNS,
    TWO_SIGNS,
)
from pipelines.names.tokens import Token
from pipelines.names.traits import (
    CAPITALS_ONLY,
    CUE,
    EVENT,
    FORENAME,
    GIVEN,
    INITIAL_LETTER,
    KNOWN,
    LEADING_CUE,
    LINK,
    NAME,
    ORDINARY,
    ORGANISATION,
    PEOPLE,
    PLACE,
    SMALL,
    SMALL_FIRST,
    SUFFIX,
    SURNAME,
    TERRITORY,
    TITLE,
    TOWN,
    WHOLE,
)


def kind_of(segment: Sequence[Token]) -> str:
    """The kind that a segment's own words speak for; empty where they don't."""
    first, last = segment[0], segment[-1]
    if len(segment) > 1 and first.form & PLACE_HEAD:
        return "place"
    link = _link(segment)
    if link:
        head = segment[link - 1]
        return (
            "person"
            if head.form & NOBLE and not last.traits & CAPITALS_ONLY
            else _cue_kind(head.traits) or _cue_kind(last.traits)
        )
    if last.traits & CUE and not (first.traits & GIVEN and last.traits & SURNAME):
        return _cue_kind(last.traits)
    if len(segment) == 1:
        return _kind_alone(last)
    if last.traits & WHOLE:
        return "place" if last.traits & TOWN else ""
    if _is_person(segment):
        return "person"
    return _cue_kind(first.traits) if first.traits & LEADING_CUE else ""


def _link(segment: Sequence[Token]) -> int:
    """Where the first "of" or "for" stands; 0 without one."""
    links = OF | FOR
    for n, token in enumerate(segment):
        if token.form & links and token.traits & SMALL:
            return n
    return 0


def _kind_alone(token: Token) -> str:
    known = token.traits
    if known & TOWN:
        return "place" if known & TERRITORY or not known & (NAME | ORDINARY) else ""
    return (
        "person"
        if known & GIVEN
        and not known & (ORDINARY | CUE | PEOPLE | CAPITALS_ONLY)
        and not token.form & (ONE_SIGN | TWO_SIGNS)
        else ""
    )


def _is_person(segment: Sequence[Token]) -> bool:
    """Whether several words look like a person's full name."""
    first, last, form = segment[0].traits, segment[-1].traits, segment[0].form
    forms = traits = 0
    for token in segment:
        forms |= token.form
        traits |= token.traits
    if forms & MIXED or _ends_otherwise(segment):
        return False
    if forms & PATRONYMIC:
        return True
    if first & CAPITALS_ONLY and not last & CAPITALS_ONLY and not first & INITIAL_LETTER:
        initials = form & TWO_SIGNS or (form & THREE_SIGNS and last & SURNAME)
        return (
            bool(initials) and not form & NO_INITIALS and not first & (KNOWN | TITLE) and not last & (TOWN | ORDINARY)
        )
    if segment[-1].form & NUMBERED or (traits & LINK and any(t.traits & LINK and t.traits & SMALL for t in segment)):
        return False
    if first & INITIAL_LETTER:
        return not last & ORDINARY or bool(last & NAME)
    if not form & LARGE_PARTICLE and forms & LARGE_PARTICLE and any(t.form & LARGE_PARTICLE for t in segment[1:-1]):
        return True
    if first & GIVEN:
        if first & TERRITORY or (first & (TOWN | ORDINARY | PEOPLE) and not first & FORENAME):
            return bool(last & NAME and not last & ORDINARY) or (not last & ORDINARY and not first & TOWN)
        if first & FORENAME or last & SURNAME or not last & ORDINARY:
            return not (first & TOWN and last & ORDINARY) or bool(last & SURNAME)
        return len(segment) == 2 and not first & TOWN
    if first & (TOWN | PEOPLE) or last & (TOWN | PEOPLE):
        return False
    if last & SUFFIX or traits & SMALL_FIRST:
        return True
    if first & (ORDINARY | LEADING_CUE) or len(segment) > 3:
        return False
    return not last & ORDINARY or (len(segment) == 2 and bool(last & SURNAME))


def _ends_otherwise(segment: Sequence[Token]) -> bool:
    """Whether the last word is no surname after this first one: Villa Somalia, Vanilla ASCII, but Jack London."""
    first, last, form = segment[0].traits, segment[-1].traits, segment[-1].form
    if first & (FORENAME | INITIAL_LETTER | CAPITALS_ONLY):
        return False
    if last & CAPITALS_ONLY and not last & SUFFIX and not form & ONE_SIGN:
        return bool(form & (TWO_SIGNS | THREE_SIGNS) or not first & GIVEN or first & ORDINARY)
    return bool(last & TERRITORY) and not last & NAME


def _cue_kind(known: int) -> str:
    if known & ORGANISATION:
        return "organisation"
    if known & EVENT:
        return "event"
    return "place" if known & (PLACE | TOWN) else ""
