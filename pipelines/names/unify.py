"""Tells which of the names in no authority may share an entity: where everything that differs is a way of writing it.

Stricter than the comparison with an authority. There a name is looked for among people who are known to exist; here two
names become one person in a whole corpus, and John Young is not John Paul Young, nor Andrei Karlov Andrei Kharlov.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines.names import lexicon, romanise, surnames
from pipelines.names.align import ALIKE, BEGINNING, EQUAL, INITIALS, SOUND, WIDTH
from pipelines.names.evidence import answered
from pipelines.names.index import distinct
from pipelines.names.known import Names
from pipelines.names.match import Pairs
from pipelines.names.parts import INITIAL, PARTICLE, SHORT, WORD
from pipelines.names.traits import GIVEN, ORDINARY, PEOPLE, SURNAME

Bools = npt.NDArray[np.bool_]
_SLIP = 8
"""Letters that a surname must have for one wrong letter in it to be a slip."""
_VOWEL = 0.35
"""How far two sounds are apart that differ in a vowel, or in a voice."""
_TOLD = 5
"""Letters that a surname must have to tell that two conventions wrote it."""
_AT_ONCE = 1 << 16
"""Names whose given names are measured at a time."""


def may_be_one(laid: Names, pairs: Pairs, person: Bools, is_rare: Bools) -> Bools:
    """Which pairs of names of one list may be one person's, or one thing's, by what differs between them.

    Args:
        laid: The names.
        pairs: Pairs of them, with the parts that answer to each other.
        person: Of each name whether it is known to be a person's: of others only the way of writing may differ.
        is_rare: Of each name what `rare` says.
    """
    parts = _parts(laid, pairs)
    rare = is_rare[pairs.query] & is_rare[pairs.known]
    both = person[pairs.query] & person[pairs.known]
    generation = laid.grid.suffix[pairs.query] == laid.grid.suffix[pairs.known]
    long = _size(laid, pairs.query) > WIDTH
    long |= _size(laid, pairs.known) > WIDTH
    alone = _left_over(laid, pairs)
    whole = (alone == 0).all(axis=1) | (rare & both & (alone == 0).any(axis=1))
    return generation & whole & ~long & _words_agree(laid, parts, len(pairs.query), rare, both)


def _size(laid: Names, names: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """How many parts these names have."""
    return laid.parts.first[names + 1] - laid.parts.first[names]


def by_initials(laid: Names, person: Bools, to: npt.NDArray[np.int64]) -> dict[int, int]:
    """For names whose given names are all initials the number of the only fuller name that they can stand for.

    Two initials must speak for it, and none against it: S. W. R. D. Bandaranaike is not Sirimavo Bandaranaike.

    Args:
        laid: The names.
        person: Of each name whether it is known to be a person's.
        to: The number of the name that each is a spelling of.
    """
    grid = laid.grid
    named = np.flatnonzero((grid.last > grid.opening) & person)
    surname = _surnames(laid)[grid.token[named, grid.last[named]]]
    initials, full = _are_initials_or_full(laid, named)
    full &= np.isin(surname, surname[initials])
    bearers: dict[int, list[int]] = {}
    for row, one in zip(named[full].tolist(), surname[full].tolist(), strict=True):
        bearers.setdefault(one, []).append(row)
    found: dict[int, int] = {}
    for row, one in zip(named[initials].tolist(), surname[initials].tolist(), strict=True):
        given = _given_names(laid, row)
        may = [other for other in bearers.get(one, ()) if _stands_for(given, _given_names(laid, other))]
        if len({int(to[other]) for other in may}) == 1:
            found[row] = int(to[may[0]])
    return found


def _are_initials_or_full(laid: Names, names: npt.NDArray[np.int64]) -> tuple[Bools, Bools]:
    """Which names have several given names, all initials, and name no generation; which have one of several letters."""
    grid, column = laid.grid, np.arange(WIDTH)
    initials, full = np.zeros(len(names), bool), np.zeros(len(names), bool)
    for start in range(0, len(names), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        rows = names[some]
        inside = (column >= grid.opening[rows][:, None]) & (column < grid.last[rows][:, None])
        given = inside & np.isin(grid.role[rows], (WORD, INITIAL, SHORT))
        size = np.where(given, laid.table.length[grid.token[rows]], 0)
        full[some] = size.max(axis=1, initial=0) > 1
        initials[some] = ((size == 1).sum(axis=1) > 1) & ~full[some] & (grid.suffix[rows] == 0)
    return initials, full


def _surnames(laid: Names) -> npt.NDArray[np.int64]:
    """For each part that ends a name the number of its folded letters, or of the surname it is another spelling of."""
    parts = laid.parts
    ends = np.unique(laid.grid.token[np.arange(len(laid.grid.last)), laid.grid.last])
    ends = ends[ends >= 0]
    root = np.full(len(parts.tokens), -1)
    root[ends] = pa.array([parts.folded[one] for one in ends.tolist()], pa.string()).dictionary_encode().indices
    for earlier, later in surnames.spellings([parts.tokens[one] for one in ends.tolist()]):
        root[ends[later]] = root[ends[earlier]]
    return root


def _given_names(laid: Names, row: int) -> list[str]:
    """The words and initials of a name before its surname, folded."""
    grid = laid.grid
    columns = range(grid.opening[row], grid.last[row])
    return [laid.parts.folded[grid.token[row, c]] for c in columns if grid.role[row, c] in (WORD, INITIAL, SHORT)]


def _stands_for(initials: list[str], given: list[str]) -> bool:
    """Whether several initials may stand for given names: N. S. for Nikita Sergeyevich."""
    several = 1 < len(initials) <= len(given)
    return several and all(name.startswith(one) for one, name in zip(initials, given, strict=False))


@dataclass(frozen=True, slots=True)
class _Parts:
    """Parts that answer to each other, a row each, but for those that are letter by letter the same.

    Attributes:
        pair: The pair of names.
        left, right: The parts, by their numbers.
        how: How they agree.
        look: The letters in which they differ; infinite for parts that no sound links.
        sound: The consonants in which they differ, a vowel being a third of one; likewise.
        surname: Whether one of them ends its name.
        middle: Whether both stand inside their names.
    """

    pair: npt.NDArray[np.int64]
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    how: npt.NDArray[np.int8]
    look: npt.NDArray[np.float64]
    sound: npt.NDArray[np.float64]
    surname: Bools
    middle: Bools


def _parts(laid: Names, pairs: Pairs) -> _Parts:
    grid = laid.grid
    pair, column = np.nonzero((pairs.to >= 0) & (pairs.how != EQUAL) & (grid.role[pairs.query] != PARTICLE))
    to = pairs.to[pair, column]
    left, right = grid.token[pairs.query[pair], column], grid.token[pairs.known[pair], to]
    link = pairs.link[pair, column]
    some = link >= 0 if len(pairs.links.look) else np.zeros(len(pair), bool)
    look, sound = np.full(len(pair), np.inf), np.full(len(pair), np.inf)
    look[some], sound[some] = pairs.links.look[link[some]], pairs.links.sound[link[some]]
    ends = (column == grid.last[pairs.query[pair]]) | (to == grid.last[pairs.known[pair]])
    opens = (column == grid.opening[pairs.query[pair]]) | (to == grid.opening[pairs.known[pair]])
    return _Parts(pair, left, right, pairs.how[pair, column], look, sound, ends, ~ends & ~opens)


def comparable(
    laid: Names, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32], person: Bools, is_rare: Bools
) -> Bools:
    """Which pairs of names of one list `may_be_one` can allow, by how many parts they have and how these begin.

    The others, half of all and more, need not be laid side by side.

    Args:
        laid: The names.
        left: One name of each pair.
        right: The other.
        person: Of each name whether it is known to be a person's.
        is_rare: Of each name what `rare` says.
    """
    either = is_rare[left] & is_rare[right] & person[left] & person[right]
    ours, theirs = _may_be_answered(laid, left, right), _may_be_answered(laid, right, left)
    generation = laid.grid.suffix[left] == laid.grid.suffix[right]
    long = (_size(laid, left) > WIDTH) | (_size(laid, right) > WIDTH)
    return generation & ~long & ((ours & theirs) | (either & (ours | theirs)))


def _may_be_answered(laid: Names, name: npt.NDArray[np.int32], other: npt.NDArray[np.int32]) -> Bools:
    """Whether the other name may have something that answers to each part of a name that must not be left over."""
    (words, inside), (others, _), table = _words(laid, name), _words(laid, other), laid.table
    needed = words & ~inside
    alike = np.zeros(needed.shape, bool)
    for bits in (table.may, table.begins):
        there = np.bitwise_or.reduce(np.where(others, bits[laid.grid.token[other]], np.uint64(0)), axis=1)
        alike |= bits[laid.grid.token[name]] & there[:, None] != 0
    return (alike | ~needed).all(axis=1) & (needed.sum(axis=1) <= others.sum(axis=1))


def _words(laid: Names, names: npt.NDArray[np.int32]) -> tuple[Bools, Bools]:
    """Which parts of names are words and initials, and which are patronymics inside a name."""
    grid = laid.grid
    words = np.isin(grid.role[names], (WORD, INITIAL, SHORT))
    return words, words & laid.table.patronymic[grid.token[names]] & (np.arange(WIDTH) != grid.last[names][:, None])


def _left_over(laid: Names, pairs: Pairs) -> npt.NDArray[np.int64]:
    """How many words and initials of either name nothing answers to, patronymics not counted where one has none."""
    sides = []
    for name, free in ((pairs.query, pairs.to < 0), (pairs.known, answered(pairs) < 0)):
        words, inside = _words(laid, name)
        sides.append(((free & words & ~inside).sum(axis=1), (free & inside).sum(axis=1)))
    (ours, our_patronymics), (theirs, their_patronymics) = sides
    contradict = (our_patronymics > 0) & (their_patronymics > 0)
    return np.stack([ours + contradict, theirs + contradict], axis=1)


def rare(laid: Names) -> Bools:
    """Whether nobody else in the list bears a name's surname, but for forms of the same given name.

    Nor is it a surname that many bear anywhere, or another word.
    """
    grid, rows = laid.grid, np.arange(len(laid.grid.size))
    last, opening = grid.token[rows, grid.last], grid.token[rows, grid.opening]
    usual = np.zeros(len(laid.parts.folded), bool)
    ends = np.unique(last[last >= 0])
    known = lexicon.traits_of([laid.parts.folded[one] for one in ends.tolist()])
    usual[ends] = np.array(known, np.int64) & (SURNAME | GIVEN | ORDINARY) > 0
    bearers = distinct((last + np.int64(1) << 32) | laid.table.initial[opening]) >> 32
    several = np.bincount(bearers, minlength=len(usual) + 1)[last + 1] > 1
    return (grid.last > grid.opening) & ~several & ~usual[last]


def _words_agree(laid: Names, parts: _Parts, size: int, rare: Bools, person: Bools) -> Bools:
    """Whether all parts of each pair that differ are the same name, written otherwise."""
    read = _read(laid, parts)
    other = read.plural | (read.traits & (ORDINARY | PEOPLE) > 0).any(axis=1)
    told = read.closely & (read.foreign | ((read.shortest >= _TOLD) & (read.eastern | read.begins)))
    surname = told | (_is_slip(parts, read) & ~(read.traits & SURNAME > 0).all(axis=1))
    patronymic = laid.table.patronymic[parts.left] | laid.table.patronymic[parts.right]
    middle = parts.middle & ((parts.how != BEGINNING) | patronymic)
    given = _given_agree(laid, parts, read, rare, size) | middle
    same = np.where(person[parts.pair], np.where(parts.surname, surname & ~other, given), told & ~other)
    result = np.ones(size, bool)
    result[parts.pair[~same]] = False
    return result


@dataclass(frozen=True, slots=True)
class _Read:
    """What the letters of parts that answer to each other say, a row each.

    Attributes:
        traits: What is known of either word.
        shortest, longest: Letters of the shorter and of the longer word.
        closely: Whether one transcribes the other's letters.
        foreign: Whether they are in two scripts.
        eastern: Whether both end as East European surnames do.
        begins: Whether they begin with the same letter.
        plural: Whether one is the other's plural.
        anagram: Whether they are the same letters in another order.
        but_h: Whether they differ in no more than h and doubled letters.
    """

    traits: npt.NDArray[np.int64]
    shortest: npt.NDArray[np.int64]
    longest: npt.NDArray[np.int64]
    closely: Bools
    foreign: Bools
    eastern: Bools
    begins: Bools
    plural: Bools
    anagram: Bools
    but_h: Bools


def _read(laid: Names, parts: _Parts) -> _Read:
    folded, tokens = laid.parts.folded, laid.parts.tokens
    pair, row = np.unique((parts.left.astype(np.int64) << 32) | parts.right, return_inverse=True)
    left, right = (pair >> 32).tolist(), (pair & 0xFFFFFFFF).tolist()
    words = [(folded[a], folded[b]) for a, b in zip(left, right, strict=True)]
    lengths = np.array([[len(a), len(b)] for a, b in words], np.int64).reshape(-1, 2)
    eastern = np.array([surnames.is_eastern(a) and surnames.is_eastern(b) for a, b in words], bool)
    closely = romanise.closely([tokens[one] for one in left], [tokens[one] for one in right])
    latin_ends = romanise.LATIN_ENDS
    traits = np.array([[lexicon.traits(a), lexicon.traits(b)] for a, b in words], np.int64).reshape(-1, 2)
    foreign = np.array([(a > latin_ends) != (b > latin_ends) for a, b in words], bool)
    begins = np.array([a[:1] == b[:1] for a, b in words], bool)
    plural = np.array([_is_plural(a, b) for a, b in words], bool) & ~eastern
    anagram = np.array([sorted(a) == sorted(b) for a, b in words], bool)
    but_h = np.array([surnames.without_h(a) == surnames.without_h(b) for a, b in words], bool)
    return _Read(
        traits=traits[row],
        shortest=lengths.min(axis=1)[row],
        longest=lengths.max(axis=1)[row],
        closely=closely[row] | (eastern[row] & (parts.how == SOUND)),
        foreign=foreign[row],
        eastern=eastern[row],
        begins=begins[row],
        plural=plural[row],
        anagram=anagram[row],
        but_h=but_h[row],
    )


def _is_slip(parts: _Parts, read: _Read) -> Bools:
    """Whether the letters in which two surnames differ are a slip: too few for the surname's length."""
    slip = (parts.look <= 1) & np.isin(parts.how, (ALIKE, SOUND))
    slip |= read.eastern & (read.but_h | (parts.sound <= _VOWEL))
    swapped = read.anagram & (parts.look <= 1) & (read.shortest > _TOLD)
    return (slip & (read.longest >= _SLIP)) | swapped


def _given_agree(laid: Names, parts: _Parts, read: _Read, rare: Bools, size: int) -> Bools:
    """Whether two given names are one: transcribed, a form or an initial of a rare surname's bearer, or one letter."""
    rare = rare[parts.pair]
    form = _forms_of_one(laid, parts)
    other_name = (read.traits & GIVEN > 0).all(axis=1) & ~form
    one_letter = (parts.look <= 1) & (read.shortest >= _TOLD)
    initial = (parts.how == INITIALS) & (rare | _several_initials(parts, size)[parts.pair])
    return ((read.closely | one_letter) & ~other_name) | (form & rare) | initial


def _forms_of_one(laid: Names, parts: _Parts) -> Bools:
    """Whether two given names are known as forms of the same one: Sándor and Alexander."""
    ours, theirs = laid.table.groups[parts.left], laid.table.groups[parts.right]
    shared: Bools = ((ours[:, :, None] == theirs[:, None, :]) & (ours >= 0)[:, :, None]).any(axis=(1, 2))
    return shared


def _several_initials(parts: _Parts, size: int) -> Bools:
    return np.bincount(parts.pair[parts.how == INITIALS], minlength=size) > 1


def _is_plural(left: str, right: str) -> bool:
    """Whether one word is the other's plural."""
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    stems = (shorter, shorter.removesuffix("y") + "i")
    return any(longer in (stem + "s", stem + "es") for stem in stems)
