"""A run of capitalised words cut to the names in it: a pure function of its letters and of how it stands in the text.

Here: splitting a run, leaving out openers, titles, adjectives. Not here: the words themselves (`tokens`, `lexicon`), a
name's kind (`kinds`), the text around the run (`find`), the corpus (`plausible`), the authority.
"""

from collections.abc import Iterator
from functools import lru_cache

from pipelines.names.kinds import LINK_WORDS, kind_of
from pipelines.names.lexicon import traits, words
from pipelines.names.titles import last_title, title_tail, without_modifiers
from pipelines.names.tokens import NOT_SHOUTED, Token, tokenise, word
from pipelines.names.traits import (
    CUE,
    EVENT,
    EVENT_NAME,
    FORENAME,
    GIVEN,
    INITIAL_LETTER,
    KNOWN,
    LEADING_CUE,
    MODIFIER,
    MONTH,
    NAME,
    NEVER,
    OPENER,
    ORDINARY,
    ORGANISATION,
    ORGANISATION_NAME,
    PEOPLE,
    PLACE,
    ROLE,
    SHOUTED,
    SUFFIX,
    SURNAME,
    TERRITORY,
    TITLE,
    TOWN,
    WHOLE,
)

INSIDE, INITIAL, HEADING, CAPITALS = range(4)
_NOBLE, _LARGE_PARTICLES = words()["noble"], words()["large_particles"]
_FUNCTION_WORDS, _MONTHS_AMBIGUOUS = words()["function_words"], words()["months_ambiguous"]
_PREPOSITIONS = [[word] for word in sorted(words()["place_prepositions"])] + [["from"], ["to"]]
_DESCRIBING = words()["describing"]
_ITSELF = ORGANISATION_NAME | EVENT_NAME
_BREAKING = OPENER | NEVER | MONTH | SHOUTED


# A name in a run: where it starts and ends from the run's start, and the kind its words speak for.
Part = tuple[int, int, str]


@lru_cache(maxsize=1 << 17)
def parts(run: str, mode: int) -> tuple[Part, ...]:
    """The names in a run, in order, not overlapping.

    Args:
        run: Capitalised words with the gaps, particles and "of the" between them.
        mode: INSIDE a sentence, INITIAL (opening one), in a HEADING in title case, in a line of CAPITALS.
    """
    if run.isalpha():
        token = Token(0, len(run), *word(run))
        return () if _breaks(token, [], None, mode) else tuple(_names([token], mode))
    found: list[Part] = []
    for segment in _segments(tokenise(run), mode):
        opens = mode != INITIAL or (bool(segment) and segment[0].start == 0)
        place = _place_in_front(segment) if segment else 0
        if place and run[: segment[0].start].lower().split()[-1:] in _PREPOSITIONS:
            found += _part(segment[:place], mode, "place")  # In Moscow Ivan Maisky
            segment = segment[place:]
        found += _names(segment, mode if opens else INSIDE)
    return tuple(found)


def _place_in_front(segment: list[Token]) -> int:
    """How many words of a segment are a place that something else than its parts follows."""
    n = 1
    while segment[0].traits & WHOLE and n < len(segment) and not segment[n - 1].traits & TOWN:
        n += 1
    is_place = segment[n - 1].traits & TOWN if segment[0].traits & WHOLE else segment[0].traits & TERRITORY
    if not is_place or segment[0].traits & FORENAME or n == len(segment) or segment[-1].traits & CUE:
        return 0
    follows = segment[n].traits
    return 0 if (follows & (ORDINARY | PEOPLE) and not follows & FORENAME) or segment[n].text[0].islower() else n


def _segments(tokens: list[Token], mode: int) -> Iterator[list[Token]]:
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
        if token.lower in LINK_WORDS and token.text.islower() and not token.traits & WHOLE:
            stop = i + 1
            while stop < len(tokens) and tokens[stop].lower in LINK_WORDS and tokens[stop].text.islower():
                stop += 1
            if current and _takes(current, token.lower):
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


def _takes(current: list[Token], link: str) -> bool:
    """Whether a name goes on over "of", "for": after cue words of organisations, events, places, high nobility."""
    last = current[-1]
    if link == "for":
        return bool(last.traits & ORGANISATION)
    return link == "of" and bool(
        last.traits & (CUE | LEADING_CUE) or last.lower in _NOBLE or last.lower.rstrip("s") in _NOBLE
    )


def _breaks(token: Token, before: list[Token], after: Token | None, mode: int) -> bool:
    """Whether a word ends the name before it and is no part of any."""
    known = token.traits
    if not token.text:
        return True
    if known & (WHOLE | INITIAL_LETTER) or token.text[:1].islower():
        return False
    follows_name = bool(before) and bool(
        before[-1].traits & (GIVEN | INITIAL_LETTER | TITLE | SURNAME) or before[-1].text.islower()
    )
    if known & SUFFIX and known & MONTH and before and before[-1].traits & FORENAME and after is not None:
        return False
    if known & MONTH:
        if after is not None and after.traits & EVENT:
            return False
        if token.text == "Jan" and after is not None and not before:
            return bool(after.traits & (MONTH | OPENER | NEVER | TERRITORY))
        if token.lower in _MONTHS_AMBIGUOUS:
            return not follows_name and not (after is not None and after.traits & SURNAME and not before)
        return True
    if known & SUFFIX and before:
        return False
    if known & (OPENER | NEVER):
        if (
            token.lower in _LARGE_PARTICLES
            and after is not None
            and not after.traits & (ORDINARY | CUE | OPENER | NEVER)
        ):
            return False
        if token.lower == "will" and not before and after is not None:
            return not after.traits & SURNAME or bool(after.traits & GIVEN)
        if token.lower == "said" and not before and after is not None and (mode == INSIDE or token.start):
            return bool(after.traits & TITLE)
        if not before or token.lower in _FUNCTION_WORDS or mode == HEADING:
            return True
        if before[-1].text.islower() or before[-1].traits & FORENAME:
            return False
        return not (follows_name and known & NAME and len(token.text) > 2)
    if mode == CAPITALS:
        return bool(traits(token.lower) & OPENER)
    if mode == HEADING and before and (before[-1].text.islower() or (after is None and before[-1].traits & FORENAME)):
        return False
    if mode == HEADING and known & ORDINARY:
        return not known & NOT_SHOUTED or (
            bool(known & CUE and before) and after is not None and not after.traits & (ORDINARY | CUE)
        )
    return bool(known & SHOUTED)


def _names(segment: list[Token], mode: int) -> list[Part]:
    """The names in a segment: what stands before a title and what after it, each without adjectives before it."""
    segment = _edges(segment)
    if not segment:
        return []
    title = last_title(segment)
    if title >= 0:
        return _names(without_modifiers(segment[:title]), mode) + _part(_edges(segment[title + 1 :]), mode, "person")
    if len(segment) == 1:
        return _part(segment, mode, "")
    thing = _thing_in_front(segment)
    if thing:
        return _part(_edges(_without_adjectives(segment[:thing], mode)), mode, "") + _names(segment[thing:], INSIDE)
    role = _role(segment) or _described(segment)
    if role:
        return _names(segment[: role - 1], INSIDE) + _part(segment[role:], mode, "person")
    return _part(_without_adjectives(segment, mode), mode, "")


def _thing_in_front(segment: list[Token]) -> int:
    """How many words of a segment name a place or an organisation that a person's full name follows.

    In Estonia Johannes Vares; Secretary General of the United Nations Dag Hammarskjöld.
    """
    for i in range(1, len(segment) - 1):
        if _is_thing(segment[:i]) and _is_full_name(segment[i:]):
            return i
    return 0


def _is_thing(head: list[Token]) -> bool:
    last = head[-1].traits
    if len(head) == 1:
        return bool(last & (TERRITORY | _ITSELF)) and not last & FORENAME
    if head[0].traits & GIVEN and not head[0].traits & WHOLE:
        return False
    of_something = any(token.text == "of" for token in head) and not head[-1].text.islower()
    return bool(last & (TERRITORY | ORGANISATION | PLACE | _ITSELF) or (last & WHOLE and last & TOWN) or of_something)


def _is_full_name(rest: list[Token]) -> bool:
    first, last = rest[0].traits, rest[-1].traits
    if last & CUE or any(token.text == "of" for token in rest) or (last & ORDINARY and not last & SURNAME):
        return False
    if first & INITIAL_LETTER:
        return not last & INITIAL_LETTER
    return (bool(first & GIVEN) and not first & (TERRITORY | TOWN | ORDINARY | CUE | WHOLE)) or bool(
        first & FORENAME and not first & (TERRITORY | WHOLE)
    )


def _edges(segment: list[Token]) -> list[Token]:
    """A segment without particles and links at its end, and links at its start."""
    while segment and segment[-1].text.islower() and not segment[-1].traits & WHOLE:
        segment = segment[:-1]
    while segment and segment[0].lower in LINK_WORDS:
        segment = segment[1:]
    return segment


def _role(segment: list[Token]) -> int:
    """How many words of role stand before a name ("Historian Norman Davies"); 0 where there are none."""
    n = 0
    while (
        n < len(segment) and segment[n].traits & (ROLE | MODIFIER | PEOPLE) and not segment[n].traits & (WHOLE | GIVEN)
    ):
        n += 1
    if not n or n == len(segment) or not segment[n - 1].traits & ROLE:
        return 0
    first, last = segment[n].traits, segment[-1].traits
    if (first & GIVEN and not last & CUE) or (len(segment) == n + 1 and not first & (CUE | ORDINARY | TOWN)):
        return n
    return 0


def _described(segment: list[Token]) -> int:
    """How many words before a full name describe its bearer: Legendary DJ Ann Novak, House Minority Leader Ann Ray."""
    for i in range(1, len(segment) - 1):
        token, before = segment[i], segment[i - 1]
        if not token.traits & FORENAME or token.traits & (TERRITORY | ORDINARY) or segment[-1].traits & CUE:
            continue
        if before.traits & ROLE and not before.traits & NAME:
            return i
        if all(_describes(word) for word in segment[:i]):
            return i
    return 0


def _describes(token: Token) -> bool:
    if token.text.isupper() and len(token.text) > 1 and "." not in token.text:
        return True
    return bool(token.traits & (ORDINARY | PEOPLE | ROLE | MODIFIER)) and not token.traits & (NAME | WHOLE)


def _without_adjectives(segment: list[Token], mode: int) -> list[Token]:
    """A segment without the adjectives and, where it opens a sentence, the ordinary word before the name."""
    while len(segment) > 1 and segment[0].traits & (PEOPLE | ORDINARY) and not segment[0].traits & WHOLE:
        first, rest = segment[0].traits, segment[1:]
        if rest[-1].traits & CUE and not (rest[0].traits & GIVEN and rest[-1].traits & SURNAME):
            break
        if first & PEOPLE:
            if first & GIVEN and not rest[0].traits & (GIVEN | PEOPLE):
                break
            if not (
                rest[0].traits & (GIVEN | PEOPLE) or (len(rest) == 1 and not rest[0].traits & (TOWN | ORDINARY | WHOLE))
            ):
                break
        elif mode == INSIDE or first & (NAME | LEADING_CUE) or not _may_stand_alone(rest) or _may_be_given(segment):
            break
        segment = rest
    return segment


def _may_stand_alone(rest: list[Token]) -> bool:
    first = rest[0].traits
    return bool(first & (GIVEN | INITIAL_LETTER | WHOLE)) or not any(token.traits & (ORDINARY | CUE) for token in rest)


def _may_be_given(segment: list[Token]) -> bool:
    """Whether an ordinary word before one surname may be a given name (Brook, Ash, Chubby) rather than describe it."""
    first, rest = segment[0].lower, segment[-1].traits
    if len(segment) != 2 or first in _DESCRIBING or first[-1] == "s" or first.endswith(("ly", "ing", "ed")):
        return False
    return bool(rest & SURNAME) and not rest & TOWN


def _part(segment: list[Token], mode: int, hint: str) -> list[Part]:
    """A segment as a part, with its kind; nothing where it is no name."""
    if not segment or (len(segment) == 1 and not _stands_alone(segment[0], hint)):
        return []
    last = segment[-1].traits
    describes = last & PEOPLE or (last & (MODIFIER | ROLE) and not last & CUE)
    if not hint and describes and all(_is_common(token) for token in segment):
        return []
    if mode == CAPITALS and not _person_in_capitals(segment) and not last & KNOWN:
        return []
    return [(segment[0].start, _end(segment), hint or kind_of(segment))]


def _is_common(token: Token) -> bool:
    """Whether a word is an adjective, a role or an ordinary word, and nothing that names are made of."""
    return bool(token.traits & (PEOPLE | MODIFIER | ROLE | ORDINARY)) and not token.traits & (
        GIVEN | WHOLE | TOWN | _ITSELF
    )


def _end(segment: list[Token]) -> int:
    """The end of a segment, without the full stop after a single letter at its end (World War I.)."""
    last = segment[-1]
    if last.text[-1] in "'’":
        return last.end - 1
    if last.text[-2:-1] in ("'", "’") and last.text[-1] == "s":
        return last.end - 2
    if last.text.endswith(".") and not last.traits & (SUFFIX | INITIAL_LETTER) and last.text.count(".") == 1:
        return last.end - 1
    return last.end


def _stands_alone(token: Token, hint: str) -> bool:
    """Whether a single word may be a name."""
    known = token.traits
    if known & CUE and "-" in token.lower:
        return True  # Friedrich-Ebert-Stiftung
    if len(token.lower) < 2 or (known & INITIAL_LETTER and not known & KNOWN):
        return False
    if known & WHOLE or (known & KNOWN and not known & (OPENER | NEVER | PEOPLE)):
        return True
    if hint:
        return not known & (OPENER | NEVER | PEOPLE | CUE | ROLE | TITLE | MODIFIER) or bool(known & SURNAME)
    if known & (GIVEN | SURNAME) and known & (TITLE | MODIFIER | ROLE | CUE) and not known & (OPENER | NEVER | PEOPLE):
        return True
    return not known & (OPENER | NEVER | MONTH | PEOPLE | TITLE | MODIFIER | ROLE | CUE)


def _person_in_capitals(segment: list[Token]) -> bool:
    first, last = segment[0].traits, segment[-1].traits
    if len(segment) < 2 or last & (ORDINARY | CUE | OPENER):
        return False
    return bool(first & INITIAL_LETTER or (first & GIVEN and not first & ORDINARY))
