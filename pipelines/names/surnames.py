"""Tells what a single word shows of being an East European surname, and which such words are one surname.

Zubkovskij and Zubkowski are one, under two writing conventions. Only endings that are those of such surnames tell; of
other words two spellings may be two names (Beckham, Beecham). Who bears a surname is `cluster`'s business, or `lone`'s.
"""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.names import index, lexicon, romanise
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
    r"|[cs][hz]ko|chuk|tschuk|czuk|cuk|[oe]vi[cč]h?|[oe]w?vit[cs]c?h|[iy]t?s?ch|[iy]c|[iyj]an(?:ts?)?|[wv]ili|dze|dse|oglu|zade|[ae]s[ck]u|[oe]va?s|skis)$"
)
_ENDING = 9
"""Letters among which such an ending stands."""
_TRANSCRIBED = re.compile("[\u0370-\u058f\u10a0-\u10ff]")
_INTERCHANGED = str.maketrans("yjw", "iiv")
_NOT_ENGLISH = re.compile(r"[^\x00-\x7f]|sch|tch|cz|sz|zs|tsj|[kz]h", re.IGNORECASE)
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
    asked = _telling(folded)
    heard = romanise.sounds([words[number] for number in asked.tolist()], "closely")
    long = np.array([number for number in asked.tolist() if len(folded[number]) >= LONG], np.int64)
    bare = pa.array([without_h(folded[number]) for number in long.tolist()], pa.binary())
    signs = pa.concat_arrays([pa.array(heard.sound.tolist(), pa.binary()), bare]).dictionary_encode().indices
    one, other = _sharing(signs.to_numpy(), np.append(asked[heard.token], long))
    pairs = zip(one.tolist(), other.tolist(), strict=True)
    return [(a, b) for a, b in pairs if folded[a] != folded[b]]


def _telling(folded: Sequence[str]) -> npt.NDArray[np.int64]:
    """Which of these words tell their spellings."""
    texts = pa.array(folded, pa.string())
    may = np.flatnonzero(may_tell(texts) & (pc.utf8_length(texts).to_numpy() >= _SHORTEST))
    found: npt.NDArray[np.int64] = may[np.array(lexicon.traits_of(texts.take(may).to_pylist()), np.int64) & _OTHER == 0]
    return found


def _sharing(sign: npt.NDArray[np.int32], word: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], ...]:
    """Pairs of words that share a sign, the earlier one first, in order; a sign of many words tells nothing."""
    order = np.argsort(sign, kind="stable")
    size = np.bincount(sign)
    few = (size > 1) & (size <= _MANY)
    order = order[few[sign[order]]]
    sign, word = sign[order], word[order]
    found = [np.zeros(0, np.int64)]
    for step in range(1, int(size[few].max(initial=1))):
        a, b = word[:-step], word[step:]
        same = (sign[:-step] == sign[step:]) & (a != b)
        found.append(np.minimum(a, b)[same] << 32 | np.maximum(a, b)[same])
    pairs = index.distinct(np.concatenate(found))
    return pairs >> 32, pairs & 0xFFFFFFFF


def may_tell(folded: pa.Array) -> npt.NDArray[np.bool_]:
    """Which words may tell that two spellings of them are one surname: none else need be asked about."""
    ends = pc.match_substring_regex(folded, _EASTERN.pattern)
    found: npt.NDArray[np.bool_] = ends.to_numpy(zero_copy_only=False)
    return found


def transcribe(words: Sequence[str], surnames: Sequence[str], native: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Whether each word, which sounds like a surname, may have come from its letters by being transcribed.

    Those of the bearer's name in Cyrillic, Greek, Georgian or Armenian, where that is known. Else those of the surname,
    under conventions of East European names (Kunal is no Cunhal, which is so in Spanish alone), and where the letters
    tell of one: no more differs than y and j, v and w, or one of the two is no English spelling (Kolchak, Koltschak).

    Args:
        words: Single words, as written.
        surnames: The surnames, as the authority writes them.
        native: The bearers' names in their own script, empty where unknown.
    """
    own = [one.split() if _TRANSCRIBED.search(one) else [] for one in native]
    row = np.repeat(np.arange(len(own)), [len(parts) for parts in own])
    heard = romanise.agree([words[one] for one in row.tolist()], [part for parts in own for part in parts])
    unknown = np.array([not parts for parts in own], bool)
    result = unknown & _tell_convention(words, surnames) & romanise.agree(words, surnames, "closely", romanise.USUAL)
    result[row[heard]] = True
    return result


def _tell_convention(words: Sequence[str], surnames: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Whether the letters of each word and surname tell that the one was transcribed from the other."""
    written, bare = zip(words, surnames, strict=True), zip(romanise.fold(words), romanise.fold(surnames), strict=True)
    return np.array([
        _bare(one) == _bare(other) or bool(_NOT_ENGLISH.search(word + surname)) or is_eastern(_bare(other))
        for (word, surname), (one, other) in zip(written, bare, strict=True)
    ], bool)  # fmt: skip


def _bare(folded: str) -> str:
    """A word without what differs in two transcriptions of one name anywhere: y and j, v and w, letters doubled."""
    return single(folded.translate(_INTERCHANGED))


def has_eastern_ending(folded: str) -> bool:
    """Whether a word ends as East European surnames do and few other words."""
    return bool(_EASTERN.search(folded, max(0, len(folded) - _ENDING)))


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
