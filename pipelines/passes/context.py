"""Names of several readings, as columns: which of them stand in a post or thread that names a bearer fully.

Few do, so that these few can be decided one by one, by `pipelines.names.context`.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import feather
from pipelines.names.beside import AGAINST
from pipelines.names.context import Name, Reading, decide, doubted
from pipelines.passes.spans import Ints

READING_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("entity_id", "kind", "canonical", "method")]
    + [("score", pa.float64()), ("status", pa.string()), ("explanation", pa.string()), ("is_full", pa.bool_())]
    + [("label", pa.string())]
)
NAME_SCHEMA = pa.schema(
    [("run", pa.string()), ("start", pa.int64()), ("end", pa.int64()), ("surface", pa.string())]
    + [*READING_SCHEMA, ("is_default", pa.bool_())]
)
GROUP_SCHEMA = pa.schema([*NAME_SCHEMA, ("is_shared", pa.bool_())])
"""Readings that may hold in a group: each tells whether its name has several, as the others may be left out."""
NONE = -1


@dataclass
class Readings:
    """The readings that hold somewhere in a group: the default ones as columns, then those of context and of people."""

    defaults: pa.Table
    others: list[Reading] = field(default_factory=list)

    def add(self, reading: Reading) -> int:
        """The number of a further reading."""
        self.others.append(reading)
        return self.defaults.num_rows + len(self.others) - 1

    def some(self, numbers: Ints) -> dict[int, Reading]:
        """The readings of some numbers."""
        n = self.defaults.num_rows
        defaults = numbers[numbers < n]
        rows = self.defaults.select(READING_SCHEMA.names).take(pa.array(defaults)).to_pylist()
        found = {number: Reading(**row) for number, row in zip(defaults.tolist(), rows, strict=True)}
        return found | {number: self.others[number - n] for number in numbers[numbers >= n].tolist()}

    def surfaces(self, numbers: Ints) -> dict[int, str]:
        """The surfaces that some default readings are of."""
        values = self.defaults["surface"].take(pa.array(numbers)).to_pylist()
        return dict(zip(numbers.tolist(), values, strict=True))

    def table(self) -> pa.Table:
        """All readings by their number."""
        columns = zip(*self.others, strict=True) if self.others else [()] * len(READING_SCHEMA)
        others = pa.table([*map(pa.array, columns, READING_SCHEMA.types)], READING_SCHEMA)
        return pa.concat_tables([self.defaults.select(READING_SCHEMA.names).cast(READING_SCHEMA), others])


@dataclass(frozen=True)
class Places:
    """Names where they stand: the number of each among the default readings, its post, and each post's thread."""

    name: Ints
    post: Ints
    threads: pa.ChunkedArray


def names_fully(rows: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether each default reading names its entity fully and for certain."""
    return pc.and_(rows["is_full"], pc.equal(rows["status"], "accepted")).to_numpy()


def in_context(places: Places, readings: Readings, rows: pa.Table, in_threads: Path) -> Ints:
    """The reading of each name: the default one, but for names of several readings what their post and thread say.

    Args:
        places: the names of a group.
        readings: the default readings, to which others are added.
        rows: readings of `GROUP_SCHEMA`, by name, the default one first; of bearers whom nothing here names fully there
            may be fewer.
        in_threads: file with the entities that are fully named in threads which go on in other groups.
    """
    reading = places.name.copy()
    owner = np.cumsum(rows["is_default"].to_numpy()) - 1
    several = np.flatnonzero(rows["is_shared"].to_numpy())
    if not len(several):
        return reading
    entities, owner = rows["entity_id"].take(pa.array(several)), owner[several]
    bearers = pc.unique(entities)
    full = _codes(readings.defaults["entity_id"], bearers)
    full[~names_fully(readings.defaults)] = NONE
    there = _Threads.of(places, full, bearers, feather.read(in_threads))
    near, rows_near = _near(places, owner, _codes(entities, bearers), there)
    names = _names(rows, several, owner, rows_near)
    here = _here(places, full, bearers.to_pylist(), set(places.post[near].tolist()))
    fully_named = there.entities(bearers.to_pylist(), set(there.thread[places.post[near]].tolist()))
    name, post, threads = (side[near].tolist() for side in (places.name, places.post, there.thread[places.post]))
    made: dict[tuple[int, int], int] = {}
    numbers: dict[tuple[int, Reading], int] = {}
    for number, place, thread in dict.fromkeys(zip(name, post, threads, strict=True)):
        default = names[number].default
        found = decide(names[number], here[place], fully_named[thread])
        if found is default:
            made[number, place] = number
        else:
            made[number, place] = numbers.get((number, found)) or numbers.setdefault(
                (number, found), readings.add(found)
            )
    reading[near] = [*map(made.__getitem__, zip(name, post, strict=True))]
    return reading


def in_doubt(reading: Ints, name: Ints, against: npt.NDArray[np.int8], readings: Readings) -> Ints:
    """The reading of each name, in doubt where what stands beside it speaks against the person who was read.

    Args:
        reading: the number of each name's reading.
        name: the number of its default reading.
        against: the number of what stands beside it, in `beside.AGAINST`.
        readings: the readings, to which others are added.
    """
    places = np.flatnonzero(against)
    found = reading.copy()
    known, surfaces = readings.some(np.unique(reading[places])), readings.surfaces(np.unique(name[places]))
    cases = (reading[places] * (int(name.max(initial=0)) + 1) + name[places]) * len(AGAINST) + against[places]
    _, first, case = np.unique(cases, return_index=True, return_inverse=True)
    made = []
    for number, own, sign in zip(*(side[places[first]].tolist() for side in (reading, name, against)), strict=True):
        doubt = doubted(known[number], surfaces[own], AGAINST[sign])
        made.append(readings.add(doubt) if doubt else number)
    found[places] = np.array(made, np.int64)[case]
    return found


@dataclass(frozen=True)
class _Threads:
    """Who is fully named in which thread: the thread of each post as a number, and sorted keys of thread and entity."""

    thread: Ints
    n_entities: int
    keys: Ints

    @classmethod
    def of(cls, places: Places, full: Ints, bearers: pa.Array, elsewhere: pa.Table) -> "_Threads":
        coded = places.threads.combine_chunks().dictionary_encode()
        thread = coded.indices.to_numpy().astype(np.int64)
        named = np.flatnonzero(full[places.name] >= 0)
        other = _codes(elsewhere["thread"], coded.dictionary), _codes(elsewhere["entity_id"], bearers)
        known = np.flatnonzero((other[0] >= 0) & (other[1] >= 0))
        threads = np.concatenate([thread[places.post[named]], other[0][known]])
        entities = np.concatenate([full[places.name[named]], other[1][known]])
        return cls(thread, len(bearers), np.unique(threads * len(bearers) + entities))

    def entities(self, bearers: Sequence[str], threads: Set[int]) -> Mapping[int, Set[str]]:
        """The entities of some of the threads."""
        found: dict[int, set[str]] = {thread: set() for thread in threads}
        kept = self.keys[np.isin(self.keys // self.n_entities, list(threads))]
        for thread, entity in zip((kept // self.n_entities).tolist(), (kept % self.n_entities).tolist(), strict=True):
            found[thread].add(bearers[entity])
        return found


def _near(places: Places, owner: Ints, bearer: Ints, there: _Threads) -> tuple[Ints, Ints]:
    """The places of names of several readings in a thread that names one of the bearers fully, and these readings."""
    is_open = np.zeros(int(places.name.max(initial=-1)) + 1, bool)
    is_open[owner[owner < len(is_open)]] = True
    at = np.flatnonzero(is_open[places.name])
    n_threads = int(there.thread.max(initial=0)) + 1
    pairs, number = np.unique(places.name[at] * n_threads + there.thread[places.post[at]], return_inverse=True)
    name, thread = pairs // n_threads, pairs % n_threads
    first, after = np.searchsorted(owner, name), np.searchsorted(owner, name, side="right")
    pair = np.repeat(np.arange(len(pairs)), after - first)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(after - first) - (after - first), after - first)
    row = first[pair] + within
    met = np.isin(thread[pair] * there.n_entities + bearer[row], there.keys)
    is_near = np.bincount(pair[met], minlength=len(pairs)) > 0
    return at[is_near[number]], np.unique(row[met])


def _names(rows: pa.Table, several: Ints, owner: Ints, wanted: Ints) -> dict[int, Name]:
    """The names that the wanted readings are of, by their number: with these readings and the default one.

    Args:
        rows: the readings.
        several: those of names that have several.
        owner: the name of each of these.
        wanted: some of these.
    """
    names: dict[int, Name] = {}
    kept = np.union1d(wanted, np.searchsorted(owner, owner[wanted]))
    columns = [
        column.to_pylist() for column in rows.select(NAME_SCHEMA.names[1:]).take(pa.array(several[kept])).columns
    ]
    for number, start, end, surface, *values in zip(owner[kept].tolist(), *columns, strict=True):
        reading = Reading(*values[:-1])
        if values[-1]:
            names[number] = Name(start, end, surface, reading, {reading.entity_id: reading})
        else:
            names[number].bearers[reading.entity_id] = reading
    return names


def _here(places: Places, full: Ints, bearers: Sequence[str], posts: Set[int]) -> Mapping[int, Sequence[str]]:
    """The bearers that some of the posts name fully, in the order of the text."""
    found: dict[int, list[str]] = {post: [] for post in posts}
    named = np.flatnonzero((full[places.name] >= 0) & np.isin(places.post, list(posts)))
    for post, entity in zip(places.post[named].tolist(), full[places.name[named]].tolist(), strict=True):
        found[post].append(bearers[entity])
    return found


def _codes(values: pa.ChunkedArray, distinct: pa.Array) -> Ints:
    """The number of each value among the distinct ones, or NONE."""
    codes: Ints = pc.fill_null(pc.index_in(values, distinct), NONE).to_numpy().astype(np.int64)
    return codes
