"""A run of capitalised words cut to the names in it: a pure function of its letters and of how it stands in the text.

Here: leaving out titles, roles, adjectives, all by the signs of its words alone. Not here: where a run breaks at words
that are in no name (`segments`), the words themselves (`tokens`, `lexicon`), a name's kind (`kinds`), the text around
the run (`find`), the corpus (`plausible`), the authority.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from pipelines.names.forms import (
    DESCRIBING,
    DOTTED,
    HYPHENATED,
    OF,
    ONE_LETTER,
    ONE_SIGN,
    ONE_STOP,
    OPEN_POSSESSIVE,
    POSSESSIVE,
)
from pipelines.names.kinds import kind_of
from pipelines.names.segments import CAPITALS, INITIAL, INSIDE, segments
from pipelines.names.titles import last_title, without_modifiers
from pipelines.names.tokens import FORM, TRAITS, Token, starts, tokenise, word
from pipelines.names.traits import (
    AFTER_PREPOSITION,
    CAPITALS_ONLY,
    CUE,
    EVENT_NAME,
    FORENAME,
    GIVEN,
    INITIAL_LETTER,
    KNOWN,
    LEADING_CUE,
    LINK,
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
    SMALL,
    SMALL_FIRST,
    SUFFIX,
    SURNAME,
    TERRITORY,
    TITLE,
    TOWN,
    WHOLE,
)

_ITSELF = ORGANISATION_NAME | EVENT_NAME


# A name in a run: where it starts and ends from the run's start, and the kind its words speak for.
Part = tuple[int, int, str]


# The same in words: its first and last one, how many signs at the end are no part of it, and the kind.
Cut = tuple[int, int, int, str]


def parts(runs: Sequence[str], modes: Sequence[int]) -> list[tuple[Part, ...]]:
    """The names in each run, in order, not overlapping.

    Args:
        runs: Capitalised words with the gaps, particles and "of the" between them.
        modes: INSIDE a sentence, INITIAL (opening one), in a HEADING in title case, in a line of CAPITALS.
    """
    keys = [*zip(runs, modes, strict=True)]
    distinct = [*dict.fromkeys(keys)]
    found = dict(zip(distinct, _parts(distinct), strict=True))
    return [*map(found.__getitem__, keys)]


def _parts(runs: Sequence[tuple[str, int]]) -> Iterator[tuple[Part, ...]]:
    texts, signs, bounds = tokenise([run for run, _ in runs])
    for (run, mode), (begin, end) in zip(runs, pairwise(bounds), strict=True):
        found = cut(tuple(signs[begin:end]), mode)
        if len(found) == 1 and found[0][1] - found[0][0] == end - begin - 1 and run.endswith(texts[end - 1]):
            yield ((0, len(run) - found[0][2], found[0][3]),)  # the whole run, as nearly always
        elif found:
            first = starts(run, texts[begin:end])
            last = [start + word(text).length for start, text in zip(first, texts[begin:end], strict=True)]
            yield tuple([(first[i], last[k] - spare, hint) for i, k, spare, hint in found])
        else:
            yield ()


@lru_cache(maxsize=1 << 17)
def cut(signs: tuple[int, ...], mode: int) -> tuple[Cut, ...]:
    """The names in a run of words with these signs; most runs have the signs of another one."""
    found: list[Cut] = []
    for segment in filter(None, segments([*map(_token, range(len(signs)), signs)], mode)):
        opens = mode != INITIAL or segment[0].place == 0
        place = _place_in_front(segment)
        if place and segment[0].traits & AFTER_PREPOSITION:
            found += _part(segment[:place], mode, "place")  # In Moscow Ivan Maisky
            segment = segment[place:]
        found += _names(segment, mode if opens else INSIDE)
    return tuple(found)


@lru_cache(maxsize=1 << 14)
def _token(place: int, sign: int) -> Token:
    return Token(place, sign & TRAITS, sign >> FORM)


def _place_in_front(segment: list[Token]) -> int:
    """How many words of a segment are a place that something else than its parts follows."""
    n = 1
    while segment[0].traits & WHOLE and n < len(segment) and not segment[n - 1].traits & TOWN:
        n += 1
    is_place = segment[n - 1].traits & TOWN if segment[0].traits & WHOLE else segment[0].traits & TERRITORY
    if not is_place or segment[0].traits & FORENAME or n == len(segment) or segment[-1].traits & CUE:
        return 0
    follows = segment[n].traits
    return 0 if (follows & (ORDINARY | PEOPLE) and not follows & FORENAME) or follows & SMALL_FIRST else n


def _names(segment: list[Token], mode: int) -> list[Cut]:
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
    of_something = any(_is_of(token) for token in head) and not last & SMALL
    return bool(last & (TERRITORY | ORGANISATION | PLACE | _ITSELF) or (last & WHOLE and last & TOWN) or of_something)


def _is_of(token: Token) -> bool:
    return bool(token.form & OF and token.traits & SMALL)


def _is_full_name(rest: list[Token]) -> bool:
    first, last = rest[0].traits, rest[-1].traits
    if last & CUE or any(_is_of(token) for token in rest) or (last & ORDINARY and not last & SURNAME):
        return False
    if first & INITIAL_LETTER:
        return not last & INITIAL_LETTER
    return (bool(first & GIVEN) and not first & (TERRITORY | TOWN | ORDINARY | CUE | WHOLE)) or bool(
        first & FORENAME and not first & (TERRITORY | WHOLE)
    )


def _edges(segment: list[Token]) -> list[Token]:
    """A segment without particles and links at its end, and links at its start."""
    while segment and segment[-1].traits & SMALL and not segment[-1].traits & WHOLE:
        segment = segment[:-1]
    while segment and segment[0].traits & LINK:
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
    if token.traits & CAPITALS_ONLY and not token.form & (ONE_SIGN | DOTTED):
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
    rest = segment[-1].traits
    if len(segment) != 2 or segment[0].form & DESCRIBING:
        return False
    return bool(rest & SURNAME) and not rest & TOWN


def _part(segment: list[Token], mode: int, hint: str) -> list[Cut]:
    """A segment as a part, with its kind; nothing where it is no name."""
    if not segment or (len(segment) == 1 and not _stands_alone(segment[0], hint)):
        return []
    last = segment[-1].traits
    describes = last & PEOPLE or (last & (MODIFIER | ROLE) and not last & CUE)
    if not hint and describes and all(_is_common(token) for token in segment):
        return []
    if mode == CAPITALS and not _person_in_capitals(segment) and not last & KNOWN:
        return []
    return [(segment[0].place, segment[-1].place, _spare(segment[-1]), hint or kind_of(segment))]


def _is_common(token: Token) -> bool:
    """Whether a word is an adjective, a role or an ordinary word, and nothing that names are made of."""
    return bool(token.traits & (PEOPLE | MODIFIER | ROLE | ORDINARY)) and not token.traits & (
        GIVEN | WHOLE | TOWN | _ITSELF
    )


def _spare(last: Token) -> int:
    """How many signs at a name's end are not its own: a possessive, a full stop but an initial's (World War I.)."""
    if last.form & OPEN_POSSESSIVE:
        return 1
    if last.form & POSSESSIVE:
        return 2
    return 1 if last.form & ONE_STOP and not last.traits & (SUFFIX | INITIAL_LETTER) else 0


def _stands_alone(token: Token, hint: str) -> bool:
    """Whether a single word may be a name."""
    known = token.traits
    if known & CUE and token.form & HYPHENATED:
        return True  # Friedrich-Ebert-Stiftung
    if token.form & ONE_LETTER or (known & INITIAL_LETTER and not known & KNOWN):
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
