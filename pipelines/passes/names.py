"""Names in a group's cleaned text, as columns: which spans they are, and which reading holds for each.

How a surface can be read was decided once for the corpus; who is meant by a lone surname is `pipelines.names.context`.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import parquet
from pipelines.names.context import Name, Reading, decide
from pipelines.passes.spans import Ints
from pipelines.text.edits import Edit

READING_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("entity_id", "kind", "canonical", "method")]
    + [("score", pa.float64()), ("status", pa.string()), ("explanation", pa.string()), ("is_full", pa.bool_())]
    + [("label", pa.string())]
)
NAME_SCHEMA = pa.schema(
    [("run", pa.string()), ("start", pa.int64()), ("end", pa.int64()), ("surface", pa.string())]
    + [*READING_SCHEMA, ("is_default", pa.bool_())]
)


@dataclass
class Readings:
    """The readings that hold somewhere in a group: the default ones as columns, then those of context and of people."""

    defaults: pa.Table
    others: list[Reading] = field(default_factory=list)

    def add(self, reading: Reading) -> int:
        """The number of a further reading."""
        self.others.append(reading)
        return self.defaults.num_rows + len(self.others) - 1

    def table(self) -> pa.Table:
        """All readings by their number."""
        others = pa.Table.from_pylist([reading._asdict() for reading in self.others], READING_SCHEMA)
        return pa.concat_tables([self.defaults.select(READING_SCHEMA.names).cast(READING_SCHEMA), others])


@dataclass(frozen=True)
class Mentions:
    """Names in a group's cleaned text, in order: the post, the span, and the number of the reading that holds."""

    post: Ints
    start: Ints
    end: Ints
    reading: Ints
    readings: Readings

    def changed(self, reading: Ints, dropped: Sequence[int], added: Sequence[tuple[int, int, int, int]]) -> "Mentions":
        """The mentions with other readings, without those at `dropped`, with more (post, start, end, reading)."""
        kept = np.delete(np.arange(len(reading)), np.asarray(dropped, np.int64))
        new = np.array(added, np.int64).reshape(-1, 4).T
        old = (self.post, self.start, self.end, reading)
        columns = [np.concatenate([column[kept], more]) for column, more in zip(old, new, strict=True)]
        order = np.argsort(columns[1], kind="stable")
        post, start, end, chosen = (column[order] for column in columns)
        return Mentions(post, start, end, chosen, self.readings)


def locate(prepared: Path, readings: Path, posts: pa.Table, in_threads: Path, base: Ints) -> Mentions:
    """All names of a group, each with the reading that holds in its post.

    Args:
        prepared: where CLEAN left the group's candidates and surfaces.
        readings: file of `NAME_SCHEMA`, by run and place in the run, the default reading first.
        posts: the group's posts.
        in_threads: file with the entities that are fully named in threads which go on in other groups.
        base: where each post's cleaned text starts.
    """
    rows = parquet.read(readings, NAME_SCHEMA.names)
    is_default = rows["is_default"].to_numpy()
    defaults = rows.filter(rows["is_default"])
    candidates = parquet.read(prepared / "candidates.parquet")
    surfaces = parquet.read(prepared / "surfaces.parquet", ["surface"])["surface"]
    run = pc.index_in(defaults["run"], surfaces).to_numpy()
    number = np.bincount(run, minlength=len(surfaces))
    first = np.zeros(len(surfaces), np.int64)
    first[run[::-1]] = np.arange(len(run))[::-1]
    surface = candidates["surface"].to_numpy()
    repeats = number[surface]
    within = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    name = np.repeat(first[surface], repeats) + within
    post = np.repeat(candidates["post"].to_numpy().astype(np.int64), repeats)
    start = np.repeat(candidates["start"].to_numpy(), repeats) + base[post]
    chosen = Readings(defaults)
    open_names = _open_names(rows, np.cumsum(is_default) - 1)
    reading = _decide(name, post, posts["thread_id"].to_pylist(), chosen, open_names, in_threads)
    starts, ends = defaults["start"].to_numpy()[name], defaults["end"].to_numpy()[name]
    return Mentions(post, start + starts, start + ends, reading, chosen)


def _open_names(rows: pa.Table, name: Ints) -> dict[int, Name]:
    """The names that have several readings, by their number."""
    several = np.flatnonzero((np.bincount(name) > 1)[name]) if len(name) else name
    names: dict[int, Name] = {}
    columns = [rows.take(several)[column].to_pylist() for column in NAME_SCHEMA.names[1:]]
    for number, start, end, surface, *values in zip(name[several].tolist(), *columns, strict=True):
        reading = Reading(*values[:-1])
        if values[-1]:
            names[number] = Name(start, end, surface, reading, {reading.entity_id: reading})
        else:
            names[number].bearers[reading.entity_id] = reading
    return names


def _decide(
    name: Ints, post: Ints, threads: Sequence[str], readings: Readings, open_names: dict[int, Name], in_threads: Path
) -> Ints:
    """The reading of each name: the default one, but for names of several readings what their post and thread say."""
    reading = name.copy()
    is_open = np.zeros(readings.defaults.num_rows, bool)
    is_open[list(open_names)] = True
    places = np.flatnonzero(is_open[name])
    if not len(places):
        return reading
    bearers = pa.array(sorted({entity for found in open_names.values() for entity in found.bearers}), pa.string())
    full = _full(readings.defaults) & pc.is_in(readings.defaults["entity_id"], bearers).to_numpy()
    entities = readings.defaults["entity_id"].to_pylist()
    here: defaultdict[int, list[str]] = defaultdict(list)
    there: defaultdict[str, set[str]] = defaultdict(set)
    for thread, entity in zip(*parquet.read(in_threads).to_pydict().values(), strict=True):
        there[thread].add(entity)
    named = np.flatnonzero(full[name])
    for at, number in zip(post[named].tolist(), name[named].tolist(), strict=True):
        here[at].append(entities[number])
        there[threads[at]].add(entities[number])
    made: dict[tuple[int, Reading], int] = {}
    for place, at, number in zip(places.tolist(), post[places].tolist(), name[places].tolist(), strict=True):
        default = open_names[number].default
        found = decide(open_names[number], here.get(at, ()), there.get(threads[at], frozenset()))
        if found is not default:
            key = (number, found)
            made[key] = made[key] if key in made else readings.add(found)
            reading[place] = made[key]
    return reading


def _full(defaults: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether each default reading names its entity fully and for certain."""
    return pc.and_(defaults["is_full"], pc.equal(defaults["status"], "accepted")).to_numpy()


def name_edits(mentions: Mentions, text: str) -> list[Edit]:
    """The edits that write accepted names as their entity's are written."""
    table = mentions.readings.table()
    accepted = pc.equal(table["status"], "accepted").to_numpy()
    canonical, method, score = (table[column].to_pylist() for column in ("canonical", "method", "score"))
    edits = []
    places = np.flatnonzero(accepted[mentions.reading])
    columns = (column[places].tolist() for column in (mentions.start, mentions.end, mentions.reading))
    for index, start, end, reading in zip(places.tolist(), *columns, strict=True):
        written = text[start:end]
        if written != canonical[reading]:
            after = respaced(canonical[reading], written)
            if after != written:
                edits.append(Edit(start, end, after, "name", f"name-{method[reading]}", index, score[reading]))
    return edits


def respaced(canonical: str, written: str) -> str:
    """The canonical spelling with the white space as written (a name may run over a line break)."""
    if "\n" not in written:
        return canonical
    gaps = re.findall(r"\s+", written)
    words = canonical.split(" ")
    if len(gaps) != len(words) - 1:
        return written
    return "".join(part for pair in zip(words, [*gaps, ""], strict=True) for part in pair)
