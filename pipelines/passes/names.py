"""Names in a group's cleaned text, as columns: which spans they are, and which reading holds for each.

How a surface can be read was decided once for the corpus; who is meant by a lone surname is `pipelines.names.context`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import feather
from pipelines.passes.context import Places, Readings, in_context, in_doubt
from pipelines.passes.spans import Ints, Written
from pipelines.text.edits import Edit


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


def locate(prepared: Path, rows: pa.Table, posts: pa.Table, in_threads: Path, base: Ints) -> Mentions:
    """All names of a group, each with the reading that holds in its post.

    Args:
        prepared: where CLEAN left the group's candidates and surfaces.
        rows: readings of `GROUP_SCHEMA`, by run and place in the run, the default reading first.
        posts: the group's posts.
        in_threads: file with the entities that are fully named in threads which go on in other groups.
        base: where each post's cleaned text starts.
    """
    defaults = rows.filter(rows["is_default"])
    candidates = feather.read(prepared / "candidates.arrow")
    surfaces = feather.read(prepared / "surfaces.arrow", ["surface"])["surface"]
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
    reading = in_context(Places(name, post, posts["thread_id"]), chosen, rows, in_threads)
    against = np.repeat(candidates["against"].to_numpy(), repeats)
    reading = in_doubt(reading, name, against, chosen)
    starts, ends = defaults["start"].to_numpy()[name], defaults["end"].to_numpy()[name]
    return Mentions(post, start + starts, start + ends, reading, chosen)


@dataclass(frozen=True)
class Named:
    """Names with what stands at each in the cleaned text, and all readings by their number."""

    mentions: Mentions
    written: pa.Array
    readings: pa.Table


def named(mentions: Mentions, text: Written) -> Named:
    """The names with what stands at each."""
    return Named(mentions, text.at(mentions.start, mentions.end), mentions.readings.table())


def name_edits(found: Named) -> list[Edit]:
    """The edits that write accepted names as their entity's are written."""
    mentions, readings = found.mentions, found.readings
    accepted = np.flatnonzero(pc.equal(readings["status"], "accepted").to_numpy()[mentions.reading])
    canonical = readings["canonical"].combine_chunks().take(pa.array(mentions.reading[accepted]))
    rows = accepted[pc.not_equal(canonical, found.written.take(pa.array(accepted))).to_numpy(zero_copy_only=False)]
    told = readings.select(["canonical", "method", "score"]).take(pa.array(mentions.reading[rows])).columns
    columns = [column.to_pylist() for column in (*told, found.written.take(pa.array(rows)))]
    places = (column.tolist() for column in (rows, mentions.start[rows], mentions.end[rows]))
    edits = []
    for index, start, end, spelling, method, score, written in zip(*places, *columns, strict=True):
        after = respaced(spelling, written)
        if after != written:
            edits.append(Edit(start, end, after, "name", f"name-{method}", index, score))
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
