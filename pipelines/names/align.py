"""Lays the parts of two names side by side: what parts a name has, and how parts of two names agree.

For many pairs of names at once. The result is a table of evidence, one row a pair; what the evidence is worth is
`match`'s business.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.names.index import BEGINS, Heard
from pipelines.names.lexicon import words
from pipelines.names.parts import CHILD, INITIAL, PARTICLE, SHORT, SUFFIX, TITLE, WORD, Parts, is_patronymic
from pipelines.names.surfaces import are_upper, true

WIDTH = 6
"""How many parts of a name are compared."""
_AT_ONCE = 1 << 16
"""Names that are laid out at a time."""
NOTHING, INITIALS, BEGINNING, ALIKE, SAME_NAME, SOUND, EQUAL = range(7)
"""How two parts agree: not, by an initial, by one being the other's beginning, roughly, as forms of one given name,
by sound under some writing convention, letter by letter."""
LIKE = {INITIALS: 0.5, BEGINNING: 0.6, SAME_NAME: 0.85}


@dataclass(frozen=True, slots=True)
class Grid:
    """The parts of names that are compared, in order, as one row of a matrix a name.

    Attributes:
        token: Position of each part among the distinct parts, -1 where there is none.
        role: What the part is here (WORD, INITIAL, ...).
        size: Number of parts.
        words: Number of words and initials among them.
        last: Column of the last word: where the surname stands, if the order is the usual one. -1 if there is no word.
        opening: Column of the first word or initial, -1 if there is none.
        double: Column of the first half of a double surname that a hyphen joins, else -1.
        suffix: The generation it names (Jr 1, Sr 2, III 13), 0 if none.
    """

    token: npt.NDArray[np.int32]
    role: npt.NDArray[np.int8]
    size: npt.NDArray[np.int8]
    words: npt.NDArray[np.int8]
    last: npt.NDArray[np.int8]
    opening: npt.NDArray[np.int8]
    double: npt.NDArray[np.int8]
    suffix: npt.NDArray[np.int8]


def grid(parts: Parts) -> Grid:
    """The parts of each name that count: without titles before and suffixes after it, at most the last WIDTH."""
    size, signs = len(parts.first) - 1, _signs(parts)
    grids = [_grid(parts.some(start, start + _AT_ONCE), signs) for start in range(0, max(size, 1), _AT_ONCE)]
    if len(grids) == 1:
        return grids[0]
    return Grid(*(np.concatenate([getattr(one, name) for one in grids]) for name in Grid.__slots__))


@dataclass(frozen=True, slots=True)
class _Signs:
    """What each distinct part shows.

    Attributes:
        is_number: Whether it may be a generation's number of one letter.
        may_be_given: Whether it is a particle that is a given name too.
        is_degree: Whether it is a degree.
        is_upper: Whether it is in capitals.
        length: Number of its letters.
    """

    is_number: npt.NDArray[np.bool_]
    may_be_given: npt.NDArray[np.bool_]
    is_degree: npt.NDArray[np.bool_]
    is_upper: npt.NDArray[np.bool_]
    length: npt.NDArray[np.int32]


def _signs(parts: Parts) -> _Signs:
    tokens, folded = pa.array(parts.tokens, pa.string()), pa.array(parts.folded, pa.string())
    among = (tokens, ("I", "V", "X")), (tokens, _GIVEN_TOO), (folded, _DEGREES)
    number, given, degree = (true(pc.is_in(texts, pa.array(sorted(some)))) for texts, some in among)
    return _Signs(number, given, degree, are_upper(tokens), pc.utf8_length(tokens).to_numpy())


def _grid(parts: Parts, signs: _Signs) -> Grid:
    name, first = parts.name_of_row(), parts.first
    role = parts.role[parts.token]
    place = np.arange(len(name)) - first[name]
    named = np.isin(role, (WORD, INITIAL, SHORT))
    before = np.concatenate([[0], np.cumsum(named)])
    opening = before[:-1] == before[first[name]]
    followed = before[first[name + 1]] > before[1:]
    title = (role == TITLE) & opening & followed | _between(parts, name, signs) & ~opening & followed
    ends = np.concatenate([name[1:] != name[:-1], [True]]) if len(name) else np.zeros(0, bool)
    suffix = ((role == SUFFIX) | (signs.is_number[parts.token] & ends & (role == INITIAL))) & (place > 0)
    role = np.where((role == TITLE) | (role == SUFFIX) | ((role == PARTICLE) & ~followed), WORD, role).astype(np.int8)
    joined = np.concatenate([parts.joined[1:], [False]]) | parts.joined if len(name) else parts.joined
    opens = (place == 0) & (role == PARTICLE) & signs.may_be_given[parts.token]
    role[opens & ~joined] = WORD
    keep = ~title & ~suffix
    count = np.bincount(name[keep], minlength=len(first) - 1)
    kept_before = np.concatenate([[0], np.cumsum(keep)])
    column = kept_before[:-1] - kept_before[first[name]] - np.maximum(count - WIDTH, 0)[name]
    keep &= column >= 0
    token = np.full((len(first) - 1, WIDTH), -1, np.int32)
    join = np.zeros((len(first) - 1, WIDTH), bool)
    roles = np.full((len(first) - 1, WIDTH), -1, np.int8)
    token[name[keep], column[keep]] = parts.token[keep]
    roles[name[keep], column[keep]] = role[keep]
    join[name[keep], column[keep]] = parts.joined[keep]
    word = roles == WORD
    either = word | (roles == INITIAL) | (roles == SHORT)
    last = np.where(word.any(axis=1), WIDTH - 1 - np.argmax(word[:, ::-1], axis=1), -1)
    opening = np.where(either.any(axis=1), np.argmax(either, axis=1), -1)
    rows = np.arange(len(last))
    double = np.where((last > 0) & join[rows, last] & word[rows, last - 1] & (last - 1 != opening), last - 1, -1)
    generation = np.zeros(len(first) - 1, np.int8)
    generation[name[suffix]] = [_GENERATION.get(parts.folded[t], 9) for t in parts.token[suffix]]
    size, words = np.minimum(count, WIDTH).astype(np.int8), either.sum(axis=1, dtype=np.int8)
    last, opening, double = (one.astype(np.int8) for one in (last, opening, double))
    return Grid(token, roles, size, words, last, opening, double, generation)


def _between(parts: Parts, name: npt.NDArray[np.int32], signs: _Signs) -> npt.NDArray[np.bool_]:
    """Which parts say nothing between a person's names: degrees (Martin Ing Novak), countries (Martin TCH Novak)."""
    upper, length = signs.is_upper[parts.token], signs.length[parts.token]
    mixed = np.bincount(name, ~upper & (length > 1), len(parts.first) - 1) > 0
    return signs.is_degree[parts.token] | (upper & (length == 3) & mixed[name])


_DEGREES = words()["degrees"] | {"dr", "prof", "mrs"}
_GIVEN_TOO = frozenset(("Al", "Ben", "Ed", "An", "At", "Van", "Le", "La", "San", "Lo", "Di", "El"))
_ROMAN = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx xxi xxii xxiii xxiv xxv"
FIRST = 10
"""Generations from here on are numbers: the first is 11, the second 12."""
_GENERATION = {"jr": 1, "jun": 1, "jnr": 1, "sr": 2, "sen": 2, "snr": 2} | {
    roman: FIRST + number for number, roman in enumerate(_ROMAN.split(), start=1)
}


@dataclass(frozen=True, slots=True)
class PartTable:
    """What is known of each distinct part, for laying names side by side.

    Attributes:
        beginning: Its first eight letters.
        initial: Its first letter, as a number.
        length: Number of letters.
        groups: The given names it is a form of.
        patronymic: Whether it ends as patronymics do.
        child: Whether it means son or daughter of the one named before.
        begins: Bits for what its sounds may begin with.
        may: Bits of which two parts share one if they agree without a link: by first letter, or as given names.
        sounds: Some of 128 bits for what it sounds like without its vowels' differences.
    """

    beginning: npt.NDArray[np.str_]
    initial: npt.NDArray[np.uint32]
    length: npt.NDArray[np.int64]
    groups: npt.NDArray[np.int16]
    patronymic: npt.NDArray[np.bool_]
    child: npt.NDArray[np.bool_]
    sounds: npt.NDArray[np.uint64]
    begins: npt.NDArray[np.uint64]
    may: npt.NDArray[np.uint64]


def table(parts: Parts, groups: npt.NDArray[np.int16], heard: Heard) -> PartTable:
    """What is known of each distinct part."""
    beginning = np.array(parts.folded, dtype="U8") if parts.folded else np.zeros(0, "U8")
    initial = beginning.view(np.uint32).reshape(-1, 8)[:, 0].copy()
    folded = pa.array(parts.folded, pa.string())
    length = pc.utf8_length(folded).to_numpy().astype(np.int64)
    place = (heard.number[heard.whole] >> np.uint64(32)) % np.uint64(128)
    sounds = np.zeros((len(parts.tokens), 2), np.uint64)
    np.bitwise_or.at(
        sounds, (heard.sounds.token, (place // np.uint64(64)).astype(np.int64)), np.uint64(1) << place % np.uint64(64)
    )
    begins = np.zeros(len(parts.tokens), np.uint64)
    signs = heard.sounds.sound.view(np.uint8).reshape(len(heard.sounds.sound), heard.sounds.sound.dtype.itemsize)[:, :1]
    np.bitwise_or.at(
        begins, heard.sounds.token, np.uint64(1) << BEGINS[signs[:, 0]] if len(signs) else np.zeros(0, np.uint64)
    )
    child = true(pc.is_in(folded, pa.array(sorted(CHILD))))
    may = np.uint64(1) << initial.astype(np.uint64) % np.uint64(_HALF)
    for column in range(groups.shape[1]):
        group = np.uint64(_HALF) + (groups[:, column] % _HALF).astype(np.uint64)
        may |= np.where(groups[:, column] >= 0, np.uint64(1) << group, np.uint64(0))
    return PartTable(beginning, initial, length, groups, is_patronymic(parts.folded), child, sounds, begins, may)


_HALF = 32
"""The bits of `PartTable.may` that are for first letters; as many are for given names."""


def agreement(
    q: npt.NDArray[np.int32], k: npt.NDArray[np.int32], q_role: npt.NDArray[np.int8], k_role: npt.NDArray[np.int8],
    query: PartTable, known: PartTable,
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:  # fmt: skip
    """How pairs of parts agree that no link of sounds joins: by initial, beginning or as forms of one given name."""
    how = np.zeros(len(q), np.int8)
    q_short, k_short = (q_role == INITIAL) | (q_role == SHORT), (k_role == INITIAL) | (k_role == SHORT)
    words = (q_role == WORD) & (k_role == WORD)
    named = np.flatnonzero(words & (query.groups[q, 0] >= 0) & (known.groups[k, 0] >= 0))
    ours, theirs = query.groups[q[named]], known.groups[k[named]]
    same = np.zeros(len(named), bool)
    for i in range(ours.shape[1]):
        for j in range(theirs.shape[1]):
            same |= (ours[:, i] == theirs[:, j]) & (ours[:, i] >= 0)
    how[named[same]] = SAME_NAME
    begins = query.initial[q] == known.initial[k]
    short = np.minimum(query.length[q], known.length[k])
    some = np.flatnonzero(begins & (short >= 2) & (how == NOTHING) & (words | q_short | k_short))
    left, right = query.beginning[q[some]], known.beginning[k[some]]
    how[some[np.strings.startswith(left, right) | np.strings.startswith(right, left)]] = BEGINNING
    how[(short == 1) & (q_short | k_short) & begins] = INITIALS
    how[(q_role == PARTICLE) | (k_role == PARTICLE)] = NOTHING
    like = np.zeros(len(q), np.float32)
    for kind, value in LIKE.items():
        like[how == kind] = value
    return how, like
