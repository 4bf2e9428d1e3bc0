"""Tells what a single word shows of being an East European surname, and which such words are one surname.

Zubkovskij and Zubkowski are one, under two writing conventions. Only endings that are those of such surnames tell; of
other words two spellings may be two names (Beckham, Beecham). Who bears a surname is `cluster`'s business, or `lone`'s.
"""

import re
from collections.abc import Sequence

from pipelines.names import lexicon, romanise
from pipelines.names.traits import (
    EVENT_NAME,
    GIVEN,
    MONTH,
    ORDINARY,
    ORGANISATION_NAME,
    PEOPLE,
    TERRITORY,
    TOWN,
)

_SHORTEST = 5
"""Letters that a surname must have to tell its spellings."""
LONG = 8
"""Letters from which on an h more or less is a slip, and no other name as in Karlov and Kharlov."""
_DOUBLED = re.compile(r"(.)\1+")
_IN = re.compile("...[iy]ne?$")
_EASTERN = re.compile(
    r"(?:[oey]v|[oe]ff?|[oei]w|[sct]+[kc]i[ijy]?|[stzc]k[yi][ijy]?|skaya|skaja|skaia|[oe][vw]a|[ei]nko|[ae]nka"
    r"|[cs][hz]ko|chuk|tschuk|czuk|cuk|[oe]vi[cč]h?|[oe]w?vit[cs]c?h|[iy]t?s?ch|[iy]c|[iyj]an(?:ts?)?|[wv]ili|dze|dse|oglu|zade|[ae]scu|[oe]va?s|skis)$"
)
_MANS = re.compile(r"(?:[oeёë]v|[oe]ff?|ow|ew|jew|[iy]n|[sc]k[iy][yij]?|ский|[оеё]в|ин)$")
_MANY = 50
"""A sound that more words share than this tells nothing about them."""
_OTHER = ORDINARY | PEOPLE | MONTH | GIVEN | TOWN | TERRITORY | ORGANISATION_NAME | EVENT_NAME


def spellings(words: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of words that are one surname, the earlier one first, in order.

    Args:
        words: Distinct words as written.
    """
    folded = romanise.fold(words)
    asked = [number for number, word in enumerate(folded) if _tells(word)]
    heard = romanise.sounds([words[number] for number in asked], "closely")
    sharing: dict[bytes, list[int]] = {}
    for place, sound in zip(heard.token.tolist(), heard.sound.tolist(), strict=True):
        sharing.setdefault(sound, []).append(asked[place])
    for number in asked:
        if len(folded[number]) >= LONG:
            sharing.setdefault(without_h(folded[number]).encode(), []).append(number)
    few = [found for found in sharing.values() if 1 < len(found) <= _MANY]
    return sorted({(a, b) for found in few for a in found for b in found if a < b and folded[a] != folded[b]})


def has_eastern_ending(folded: str) -> bool:
    """Whether a word ends as East European surnames do and few other words."""
    return bool(_EASTERN.search(folded))


def ends_in_in(folded: str) -> bool:
    """Whether a word ends in -in or -yn, as many Russian surnames do and many other words."""
    return bool(_IN.search(folded))


def is_eastern(folded: str) -> bool:
    """Whether a word ends as East European surnames do, those in -in and -yn too."""
    return has_eastern_ending(folded) or ends_in_in(folded)


def is_mans(word: str) -> bool:
    """Whether a word ends as Russian surnames of men do, and of women in English papers only."""
    return bool(_MANS.search(word))


def single(folded: str) -> str:
    """A word with each doubled letter once."""
    return _DOUBLED.sub(r"\1", folded)


def without_h(folded: str) -> str:
    """A word without any h, and letters doubled: what English writers leave out of Russian names (Krushchev)."""
    return single(folded.replace("h", ""))


def _tells(folded: str) -> bool:
    return len(folded) >= _SHORTEST and has_eastern_ending(folded) and not lexicon.traits(folded) & _OTHER
