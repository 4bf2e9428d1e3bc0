"""The kind of a name from its own words: given names, patronymics, initials, and words like Party, Pact, Sea.

Not here: what stands beside it in the text (`find`) and what other mentions of it say (`plausible`).
"""

from collections.abc import Sequence

import regex

from pipelines.names.lexicon import words
from pipelines.names.tokens import Token
from pipelines.names.traits import (
    CUE,
    EVENT,
    FORENAME,
    GIVEN,
    INITIAL_LETTER,
    KNOWN,
    LEADING_CUE,
    NAME,
    ORDINARY,
    ORGANISATION,
    PEOPLE,
    PLACE,
    SUFFIX,
    SURNAME,
    TERRITORY,
    TITLE,
    TOWN,
    WHOLE,
)

LINK_WORDS = frozenset(("of", "the", "for"))
_NOBLE, _LARGE_PARTICLES = words()["noble"], words()["large_particles"]
_NO_INITIALS, _PLACE_HEADS = words()["no_initials"], words()["place_heads"]
_PATRONYMIC = regex.compile(
    r".{3,}(?:ov|ev|yev|ow|ew)(?:i[ct]c?h|ich|ych|yč|ič|na|ny)$|.{3,}(?:ович|евич|ич|овна|евна|ична)$"
)
_ABBREVIATION = regex.compile(r"\p{Lu}{2}[\p{Lu}\p{Nd}]*+\p{Ll}|\p{Lu}\p{Nd}")  # EBook, PCs
_PATRONYMIC_ENDS = ("ch", "na", "č", "ny", "ич", "на")


def kind_of(segment: Sequence[Token]) -> str:
    """The kind that a segment's own words speak for; empty where they don't."""
    first, last = segment[0], segment[-1]
    if len(segment) > 1 and first.lower in _PLACE_HEADS:
        return "place"
    link = _link(segment)
    if link:
        head = segment[link - 1]
        return (
            "person"
            if head.lower in _NOBLE and not last.text.isupper()
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
    for n, token in enumerate(segment):
        if token.text in ("of", "for"):
            return n
    return 0


def _kind_alone(token: Token) -> str:
    known = token.traits
    if known & TOWN:
        return "place" if known & TERRITORY or not known & (NAME | ORDINARY) else ""
    return (
        "person"
        if known & GIVEN and not known & (ORDINARY | CUE | PEOPLE) and len(token.text) > 2 and not token.text.isupper()
        else ""
    )


def _is_person(segment: Sequence[Token]) -> bool:
    """Whether several words look like a person's full name."""
    first, last = segment[0].traits, segment[-1].traits
    if any(_ABBREVIATION.match(token.text) for token in segment) or _ends_otherwise(segment):
        return False
    if any(token.lower.endswith(_PATRONYMIC_ENDS) and _PATRONYMIC.match(token.lower) for token in segment):
        return True
    if segment[0].text.isupper() and not segment[-1].text.isupper() and not first & INITIAL_LETTER:
        initials = len(segment[0].text) == 2 or (len(segment[0].text) == 3 and bool(last & SURNAME))
        return (
            initials
            and not first & (KNOWN | TITLE)
            and not last & (TOWN | ORDINARY)
            and segment[0].lower not in _NO_INITIALS
        )
    if any(token.lower in LINK_WORDS and token.text.islower() for token in segment) or segment[-1].text[-1].isdigit():
        return False
    if first & INITIAL_LETTER:
        return not last & ORDINARY or bool(last & NAME)
    if any(token.lower in _LARGE_PARTICLES for token in segment[1:-1]) and segment[0].lower not in _LARGE_PARTICLES:
        return True
    if first & GIVEN:
        if first & TERRITORY or (first & (TOWN | ORDINARY | PEOPLE) and not first & FORENAME):
            return bool(last & NAME and not last & ORDINARY) or (not last & ORDINARY and not first & TOWN)
        if first & FORENAME or last & SURNAME or not last & ORDINARY:
            return not (first & TOWN and last & ORDINARY) or bool(last & SURNAME)
        return len(segment) == 2 and not first & TOWN
    if first & (TOWN | PEOPLE) or last & (TOWN | PEOPLE):
        return False
    if last & SUFFIX or any(token.text[:1].islower() for token in segment):
        return True
    if first & (ORDINARY | LEADING_CUE) or len(segment) > 3:
        return False
    return not last & ORDINARY or (len(segment) == 2 and bool(last & SURNAME))


def _ends_otherwise(segment: Sequence[Token]) -> bool:
    """Whether the last word is no surname after this first one: Villa Somalia, Vanilla ASCII, but Jack London."""
    first, last = segment[0], segment[-1]
    if first.traits & (FORENAME | INITIAL_LETTER) or first.text.isupper():
        return False
    if last.text.isupper() and len(last.text) > 1 and not last.traits & SUFFIX:
        return len(last.text) < 4 or not first.traits & GIVEN or bool(first.traits & ORDINARY)
    return bool(last.traits & TERRITORY) and not last.traits & NAME


def _cue_kind(known: int) -> str:
    if known & ORGANISATION:
        return "organisation"
    if known & EVENT:
        return "event"
    return "place" if known & (PLACE | TOWN) else ""
