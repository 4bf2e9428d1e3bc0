"""A run of capitalised words cut to the names in it: a pure function of the run's letters and how it stands in the text.

Here: splitting a run, leaving out openers, titles, adjectives; hints of a name's kind from its own words.
Not here: the text around the run (`find`), the corpus (`plausible`), the authority.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import regex

from pipelines.names.lexicon import Trait, phrase_heads, phrases, traits, words

INSIDE, INITIAL, HEADING, CAPITALS = range(4)


class Part(NamedTuple):
    """A name in a run, with offsets from the run's start, and the kind its words speak for."""

    start: int
    end: int
    hint: str


class Token(NamedTuple):
    """A word of a run: where it stands, how it is written, in lower case without a dot, and what is known of it."""

    start: int
    end: int
    text: str
    lower: str
    traits: int


_TOKEN = regex.compile(r"\p{Lu}\.(?:-?\p{Lu}\.)*+|[^\s.,]++\.?+")
_SMALL_TAIL = regex.compile(r"[-‑](?=\p{Ll})")
_SYLLABLE = regex.compile(r"(?:[bcdfghjklmnpqrstwxyz]|ch|sh|zh|ts|tz|hs|ky|my)?'?(?:[aeiouü]|ai|ao|ei|eo|eu|ia|iao|ie|iu|oe|ou|oo|ua|uai|ue|ui|uo|wo|wa|yo|yu|ya|ye|ee)(?:ng|n|h|r|k|l|m|p|t|s|b)?$")  # fmt: skip
_KNOWN = int(Trait.ORGANISATION_NAME | Trait.EVENT_NAME | Trait.TOWN)
_CUE = int(Trait.ORGANISATION | Trait.EVENT | Trait.PLACE)
_NAME = int(Trait.GIVEN | Trait.SURNAME)
_OPENER, _MONTH, _TITLE, _MODIFIER = int(Trait.OPENER), int(Trait.MONTH), int(Trait.TITLE), int(Trait.MODIFIER)
_ROLE, _PEOPLE, _GIVEN, _SURNAME = int(Trait.ROLE), int(Trait.PEOPLE), int(Trait.GIVEN), int(Trait.SURNAME)
_ORDINARY, _NEVER, _LEADING, _TOWN = int(Trait.ORDINARY), int(Trait.NEVER), int(Trait.LEADING_CUE), int(Trait.TOWN)
_SUFFIX, _FORENAME, _TERRITORY = int(Trait.SUFFIX), int(Trait.FORENAME), int(Trait.TERRITORY)
_INITIAL_TRAIT = 1 << 24
_WHOLE = 1 << 25
_SHOUTED = 1 << 26
_NOT_SHOUTED = _NAME | _CUE | _TITLE | _MODIFIER | _PEOPLE | _ROLE | _SUFFIX
_BREAKING = _OPENER | _NEVER | _MONTH | _SHOUTED
_LINK_WORDS = frozenset(("of", "the", "for"))
_NOBLE = frozenset(
    "duke duchess earl prince princess king queen count countess marquess marquis baron baroness grand".split()
)
_PATRONYMIC = regex.compile(
    r".{3,}(?:ov|ev|yev|ow|ew)(?:i[ct]c?h|ich|ych|yč|ič|na|ny)$|.{3,}(?:ович|евич|ич|овна|евна|ична)$"
)
_PATRONYMIC_ENDS = ("ch", "na", "č", "ny", "ич", "на")


@lru_cache(maxsize=1 << 17)
def parts(run: str, mode: int) -> tuple[Part, ...]:
    """The names in a run, in order, not overlapping.

    Args:
        run: Capitalised words with the gaps, particles and "of the" between them.
        mode: INSIDE a sentence, INITIAL (opening one), in a HEADING in title case, in a line of CAPITALS.
    """
    if run.isalpha():
        token = Token(0, len(run), *_word(run))
        return () if _breaks(token, [], None, mode) else tuple(_names([token], mode))
    found: list[Part] = []
    for segment in _segments(_tokens(run), mode):
        opens = mode != INITIAL or (bool(segment) and segment[0].start == 0)
        found += _names(segment, mode if opens else INSIDE)
    return tuple(found)


def _tokens(run: str) -> list[Token]:
    tokens: list[Token] = []
    for start, text in _split(run):
        kept, lower, known = _word(text)
        tokens.append(_new(Token, (start, start + len(kept), kept, lower, known)))
        if len(kept) < len(text):
            tokens.append(Token(start + len(kept), start + len(kept), "", "", _OPENER))
    return _with_phrases(tokens) if len(tokens) > 1 else tokens


_new = tuple.__new__


def _split(run: str) -> Iterator[tuple[int, str]]:
    """The words of a run with where they start; initials written together are one, what follows their dot is another."""
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
def _word(text: str) -> tuple[str, str, int]:
    """A word without an adjective's small second half, the same in lower case without a dot, and what is known of it."""
    tail = _SMALL_TAIL.search(text, 1) if "-" in text or "‑" in text else None
    if tail and text[0].isupper() and not _belongs(text[: tail.start()], text[tail.end() :]):
        text = text[: tail.start()]
    lower = text.lower().rstrip(".")
    known = traits(lower)
    if text.isupper():
        if "." in text:
            known = known & _KNOWN or _INITIAL_TRAIT
        elif len(text) == 1:
            known = _SINGLE.get(text, _INITIAL_TRAIT)
        elif known & _KNOWN:
            known &= _KNOWN | int(Trait.ORGANISATION)
        elif known & _ORDINARY and not known & _NOT_SHOUTED and len(text) > 2:
            known |= _SHOUTED
    elif known & (_OPENER | _NEVER):
        known &= ~_KNOWN
    return text, lower, known


_SINGLE = {
    "I": int(Trait.SUFFIX),
    "A": int(Trait.OPENER),
    "И": int(Trait.OPENER),
    "В": int(Trait.OPENER),
    "Я": int(Trait.OPENER),
}


def _belongs(head: str, tail: str) -> bool:
    """Whether a small second half is part of the name (Kai-shek, Ashur-dan) or an adjective made of it (Stalin-era)."""
    if all(not traits(piece) & _ORDINARY for piece in tail.lower().split("-")):
        return len(tail) > 1
    return bool(_SYLLABLE.match(tail) and _SYLLABLE.match(head.lower()) and not head.isupper())


def _with_phrases(tokens: list[Token]) -> list[Token]:
    """Tokens of well-known phrases (Great Britain, New York) marked, so that nothing is cut off them."""
    known, heads = phrases(), phrase_heads()
    i = 0
    while i < len(tokens) - 1:
        if tokens[i].lower not in heads:
            i += 1
            continue
        for n in range(min(4, len(tokens) - i), 1, -1):
            kind = known.get(" ".join(token.lower for token in tokens[i : i + n]))
            if kind is not None and tokens[i].text[0].isupper():
                for k in range(i, i + n):
                    tokens[k] = tokens[k]._replace(traits=_WHOLE | (kind if k == i + n - 1 else 0))
                i += n - 1
                break
        i += 1
    return tokens


def _segments(tokens: list[Token], mode: int) -> Iterator[list[Token]]:
    """A run's tokens split where a word stands that can't be inside a name."""
    if mode == INSIDE or mode == INITIAL:
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
        if token.lower in _LINK_WORDS and token.text.islower() and not token.traits & _WHOLE:
            stop = i + 1
            while stop < len(tokens) and tokens[stop].lower in _LINK_WORDS and tokens[stop].text.islower():
                stop += 1
            if current and _takes(current, token.lower):
                current += tokens[i:stop]
            else:
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
    """Whether a name goes on over "of", "for": after the cue words of organisations, events, places and high nobility."""
    last = current[-1]
    if link == "for":
        return bool(last.traits & int(Trait.ORGANISATION))
    return link == "of" and bool(
        last.traits & (_CUE | _LEADING) or last.lower in _NOBLE or last.lower.rstrip("s") in _NOBLE
    )


def _breaks(token: Token, before: list[Token], after: Token | None, mode: int) -> bool:
    """Whether a word ends the name before it and is no part of any."""
    known = token.traits
    if not token.text:
        return True
    if known & (_WHOLE | _INITIAL_TRAIT) or token.text[:1].islower():
        return False
    follows_name = bool(before) and bool(
        before[-1].traits & (_GIVEN | _INITIAL_TRAIT | _TITLE | _SURNAME) or before[-1].text.islower()
    )
    if known & _MONTH:
        if after is not None and after.traits & int(Trait.EVENT):
            return False
        if token.lower in words()["months_ambiguous"]:
            return not follows_name and not (after is not None and after.traits & _SURNAME and not before)
        return True
    if known & _SUFFIX and before:
        return False
    if known & (_OPENER | _NEVER):
        if (
            token.lower in _LARGE_PARTICLES
            and after is not None
            and not after.traits & (_ORDINARY | _CUE | _OPENER | _NEVER)
        ):
            return False
        if token.lower == "will" and not before and after is not None:
            return not after.traits & _SURNAME or bool(after.traits & _GIVEN)
        if not before or token.lower in _FUNCTION or mode == HEADING:
            return True
        if before[-1].text.islower() or before[-1].traits & _FORENAME:
            return False
        return not (follows_name and known & _NAME and len(token.text) > 2)
    if known & _ORDINARY and mode == HEADING and not known & _NOT_SHOUTED:
        return True
    return bool(known & _SHOUTED) and mode != CAPITALS


_LARGE_PARTICLES = frozenset("de da di du del della van von der den ten ter la le el al bin ben ibn las los".split())
_FUNCTION = frozenset(
    "the and for with from that this was were are his her its who not but all any our their has had into".split()
)


def _names(segment: list[Token], mode: int) -> list[Part]:
    """The names in a segment: what stands before a title and what stands after it, each without adjectives before it."""
    segment = _edges(segment)
    if not segment:
        return []
    title = _last_title(segment)
    if title >= 0:
        return _names(_without_modifiers(segment[:title]), mode) + _part(_edges(segment[title + 1 :]), mode, "person")
    role = _role(segment) or _described(segment)
    if role:
        return _names(segment[: role - 1], INSIDE) + _part(segment[role:], mode, "person")
    return _part(_without_adjectives(segment, mode), mode, "")


def _edges(segment: list[Token]) -> list[Token]:
    """A segment without particles and links at its end, and links at its start."""
    while segment and segment[-1].text.islower() and not segment[-1].traits & _WHOLE:
        segment = segment[:-1]
    while segment and segment[0].lower in _LINK_WORDS:
        segment = segment[1:]
    return segment


def _last_title(segment: list[Token]) -> int:
    """Where the last title of a segment stands; -1 without one."""
    last = len(segment) - 1
    for i in range(last, -1, -1):
        token = segment[i]
        if not token.traits & _TITLE or token.traits & _WHOLE:
            continue
        if i and _bears(segment[i - 1], token, i == last):
            continue  # Reza Shah Pahlavi, John Major
        if i < last and _names_no_person(segment[i + 1 :]):
            continue  # General Assembly, Queen Elizabeth Hospital
        return i
    return -1


def _bears(before: Token, title: Token, at_end: bool) -> bool:
    """Whether a title after a name is part of the name: Martin Luther King, Reza Shah Pahlavi."""
    known = before.traits
    if known & (_TITLE | _MODIFIER | _ROLE | _PEOPLE | _WHOLE):
        return False
    if at_end and known & _FORENAME and not known & _TERRITORY:
        return True
    if at_end:
        return bool(title.traits & _NAME and known & (_NAME | _INITIAL_TRAIT)) and not known & _TOWN
    return bool(known & (_GIVEN | _INITIAL_TRAIT)) and not known & (_TOWN | _ORDINARY)


def _names_no_person(rest: list[Token]) -> bool:
    """Whether what follows a title is no bearer of it: Queen Elizabeth Hospital, Prince Edward Island, King of Spain."""
    last = rest[-1].traits
    if rest[0].lower in _LINK_WORDS:
        return True
    if not last & _CUE:
        return False
    return not last & _SURNAME or (len(rest) > 1 and not rest[0].traits & _GIVEN)


def _without_modifiers(left: list[Token]) -> list[Token]:
    while left and left[-1].traits & (_MODIFIER | _ROLE | _TITLE) and not left[-1].traits & _WHOLE:
        left = left[:-1]
    return left


def _role(segment: list[Token]) -> int:
    """How many words of role stand before a name ("Historian Norman Davies"); 0 where there are none."""
    n = 0
    while (
        n < len(segment)
        and segment[n].traits & (_ROLE | _MODIFIER | _PEOPLE)
        and not segment[n].traits & (_WHOLE | _GIVEN)
    ):
        n += 1
    if not n or n == len(segment) or not segment[n - 1].traits & _ROLE:
        return 0
    first, last = segment[n].traits, segment[-1].traits
    if first & _GIVEN and not last & _CUE or (len(segment) == n + 1 and not first & (_CUE | _ORDINARY | _TOWN)):
        return n
    return 0


def _described(segment: list[Token]) -> int:
    """How many words stand before a full name that describe its bearer: Legendary DJ Casey Kasem, House Minority Leader X Y."""
    for i in range(1, len(segment) - 1):
        token, before = segment[i], segment[i - 1]
        if not token.traits & _FORENAME or token.traits & (_TERRITORY | _ORDINARY) or segment[-1].traits & _CUE:
            continue
        if before.traits & _ROLE and not before.traits & _NAME:
            return i
        if all(_describes(word) for word in segment[:i]):
            return i
    return 0


def _describes(token: Token) -> bool:
    if token.text.isupper() and len(token.text) > 1 and "." not in token.text:
        return True
    return bool(token.traits & (_ORDINARY | _PEOPLE | _ROLE | _MODIFIER)) and not token.traits & (_NAME | _WHOLE)


def _without_adjectives(segment: list[Token], mode: int) -> list[Token]:
    """A segment without the adjectives and, where it opens a sentence, the ordinary word before the name."""
    while len(segment) > 1 and segment[0].traits & (_PEOPLE | _ORDINARY) and not segment[0].traits & _WHOLE:
        first, rest = segment[0].traits, segment[1:]
        if rest[-1].traits & _CUE and not (rest[0].traits & _GIVEN and rest[-1].traits & _SURNAME):
            break
        if first & _PEOPLE:
            if first & _GIVEN and not rest[0].traits & (_GIVEN | _PEOPLE):
                break
            if not (
                rest[0].traits & (_GIVEN | _PEOPLE)
                or (len(rest) == 1 and not rest[0].traits & (_TOWN | _ORDINARY | _WHOLE))
            ):
                break
        elif mode == INSIDE or first & _NAME or not _may_stand_alone(rest):
            break
        segment = rest
    return segment


def _may_stand_alone(rest: list[Token]) -> bool:
    first = rest[0].traits
    return bool(first & (_GIVEN | _INITIAL_TRAIT | _WHOLE)) or not any(
        token.traits & (_ORDINARY | _CUE) for token in rest
    )


def _part(segment: list[Token], mode: int, hint: str) -> list[Part]:
    """A segment as a part, with its kind; nothing where it is no name."""
    if not segment or (len(segment) == 1 and not _stands_alone(segment[0], hint)):
        return []
    if (
        all(token.traits & (_PEOPLE | _MODIFIER | _ROLE) and not token.traits & (_GIVEN | _WHOLE) for token in segment)
        and not hint
    ):
        return []
    if mode == CAPITALS and not _person_in_capitals(segment) and not segment[-1].traits & _KNOWN:
        return []
    return [Part(segment[0].start, _end(segment), hint or _kind(segment))]


def _end(segment: list[Token]) -> int:
    """The end of a segment, without the full stop after a single letter at its end (World War I.)."""
    last = segment[-1]
    if last.text.endswith(".") and not last.traits & (_SUFFIX | _INITIAL_TRAIT):
        return last.end - 1
    return last.end


def _stands_alone(token: Token, hint: str) -> bool:
    """Whether a single word may be a name."""
    known = token.traits
    if len(token.lower) < 2 or (known & _INITIAL_TRAIT and not known & _KNOWN):
        return False
    if known & _WHOLE or known & _KNOWN and not known & (_OPENER | _NEVER | _PEOPLE):
        return True
    if hint:
        return not known & (_OPENER | _NEVER | _PEOPLE | _CUE) or bool(known & _SURNAME)
    if (
        known & (_GIVEN | _SURNAME)
        and known & (_TITLE | _MODIFIER | _ROLE | _CUE)
        and not known & (_OPENER | _NEVER | _PEOPLE)
    ):
        return True
    return not known & (_OPENER | _NEVER | _MONTH | _PEOPLE | _TITLE | _MODIFIER | _ROLE | _CUE)


def _person_in_capitals(segment: list[Token]) -> bool:
    first, last = segment[0].traits, segment[-1].traits
    if len(segment) < 2 or last & (_ORDINARY | _CUE | _OPENER):
        return False
    return bool(first & _INITIAL_TRAIT or (first & _GIVEN and not first & _ORDINARY))


def _kind(segment: list[Token]) -> str:
    """The kind that a segment's own words speak for; empty where they don't."""
    first, last = segment[0], segment[-1]
    if len(segment) > 1 and first.lower in _PLACE_HEADS:
        return "place"
    if any(token.lower == "of" for token in segment):
        head = segment[[token.lower for token in segment].index("of") - 1]
        return "person" if head.lower in _NOBLE else _cue_kind(head.traits) or _cue_kind(last.traits)
    if last.traits & _CUE and not (first.traits & _GIVEN and last.traits & _SURNAME):
        return _cue_kind(last.traits)
    if len(segment) == 1:
        return _kind_alone(last)
    if last.traits & _WHOLE:
        return "place" if last.traits & _TOWN else ""
    if _is_person(segment):
        return "person"
    return _cue_kind(first.traits) if first.traits & _LEADING else ""


def _kind_alone(token: Token) -> str:
    known = token.traits
    if known & _TERRITORY or (known & _TOWN and not known & (_NAME | _ORDINARY)):
        return "place"
    if known & _TOWN and not known & _FORENAME:
        return ""
    return (
        "person"
        if known & _GIVEN
        and not known & (_ORDINARY | _CUE | _PEOPLE)
        and len(token.text) > 2
        and not token.text.isupper()
        else ""
    )


def _is_person(segment: list[Token]) -> bool:
    """Whether several words look like a person's full name."""
    first, last = segment[0].traits, segment[-1].traits
    if any(token.lower.endswith(_PATRONYMIC_ENDS) and _PATRONYMIC.match(token.lower) for token in segment):
        return True
    if segment[0].text.isupper() and not segment[-1].text.isupper() and not first & _INITIAL_TRAIT:
        return len(segment[0].text) < 4 and bool(last & _SURNAME) and not last & _TOWN and not first & _KNOWN
    if any(token.lower in _LINK_WORDS and token.text.islower() for token in segment) or segment[-1].text[-1].isdigit():
        return False
    if first & _INITIAL_TRAIT:
        return not last & _ORDINARY or bool(last & _NAME)
    if first & _GIVEN:
        if first & _TERRITORY or first & (_TOWN | _ORDINARY | _PEOPLE) and not first & _FORENAME:
            return bool(last & _NAME and not last & _ORDINARY) or (not last & _ORDINARY and not first & _TOWN)
        return not last & _ORDINARY or bool(first & _FORENAME or last & _SURNAME)
    if any(token.lower in _LARGE_PARTICLES for token in segment[1:-1]):
        return True
    if first & _TOWN or last & (_TOWN | _PEOPLE):
        return False
    if last & _SUFFIX or any(token.text[:1].islower() for token in segment):
        return True
    return not first & (_ORDINARY | _LEADING | _PEOPLE) and not last & _ORDINARY and len(segment) < 4


_PLACE_HEADS = frozenset("san santa são st saint los las fort port mount mt lake cape rio río isla".split())


def _cue_kind(known: int) -> str:
    if known & int(Trait.ORGANISATION):
        return "organisation"
    if known & int(Trait.EVENT):
        return "event"
    return "place" if known & int(Trait.PLACE | Trait.TOWN) else ""
