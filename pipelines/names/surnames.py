"""Tells which single words in texts are one East European surname under two writing conventions: Zubkovskij, Zubkowski.

Only endings that are those of such surnames tell; of other words two spellings may be two names (Beckham, Beecham). Who
bears a surname is `cluster`'s business.
"""

import re
from collections.abc import Sequence

from pipelines.names import lexicon, romanise
from pipelines.names.lone import has_eastern_ending
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


def without_h(folded: str) -> str:
    """A word without any h, and letters doubled: what English writers leave out of Russian names (Krushchev)."""
    return _DOUBLED.sub(r"\1", folded.replace("h", ""))


def _tells(folded: str) -> bool:
    return len(folded) >= _SHORTEST and has_eastern_ending(folded) and not lexicon.traits(folded) & _OTHER
