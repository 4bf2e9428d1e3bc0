"""Decides for each distinct surface which entity it names: accepted, for review, or an entity of its own.

Names that stand in the authority first, then spellings of known people's names, then lone surnames with all their
bearers, then the rest, which `cluster` tells apart. Comparing is `known` and `evidence`; who is meant by a lone surname
in its post is `context`.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import memory
from pipelines.names import block, choose, cluster, clusters, exact, letters, lone, plausible, within
from pipelines.names.authority import NEW, NOT_A_NAME, UNKNOWN_PERSON, Authority, Decisions
from pipelines.names.block import Answers, Block
from pipelines.names.clusters import Clusters
from pipelines.names.ready import ready
from pipelines.names.remembered import Remembered
from pipelines.names.settings import NameSettings
from pipelines.names.spelling import respell
from pipelines.names.surfaces import (
    KINDS,
    PERSON,
    PLACE,
    UNKNOWN,
    Bools,
    Numbers,
    Surfaces,
    are_ordered,
    are_uneven,
    column,
    place_in,
    several,
)

COLUMNS = ["run", "start", "end", "surface", "entity_id", "kind", "canonical", "method", "score", "status",
           "explanation", "is_full", "is_default", "label"]  # fmt: skip
_ORDER = {"row": True, "start": True, "is_default": False, "status": True, "score": False, "entity_id": True}
"""By what readings are ordered, and whether upwards."""
SURFACES_AT_ONCE = 1 << 15


@dataclass(frozen=True, slots=True)
class Readings:
    """How each surface is read.

    Attributes:
        known: Readings of known entities, and those that people decided: COLUMNS, and the `row` of the surface.
        new: Readings of entities that are in no authority.
        held: Which of these hold, by their numbers, in order.
        made: The entities that these name, by their heads, in the order of their ids.
        further: Other entities that decisions name: `entity_id`, `kind`, `name`; ordered by `entity_id`.
    """

    known: pd.DataFrame
    new: Clusters
    held: Numbers
    made: Numbers
    further: pd.DataFrame

    @property
    def readings(self) -> pd.DataFrame:
        """All readings at once, as the slices together."""
        frame: pd.DataFrame = pa.concat_tables([self.new.table(self.held[:0]), *self.slices()]).to_pandas()
        return frame

    def slices(self) -> Iterator[pa.Table]:
        """All readings, those of some surfaces at a time.

        The columns of COLUMNS, one row a surface and an entity it may name, ordered by `run`, `start`, then the default
        reading first; a surface that is no name has no row.
        """
        bounds = np.arange(0, len(self.new.facts.surface) + SURFACES_AT_ONCE, SURFACES_AT_ONCE)
        known = np.searchsorted(self.known["row"].to_numpy(), bounds).tolist()
        new = np.searchsorted(self.new.row[self.held], bounds).tolist()
        for number in range(len(bounds) - 1):
            some = self.held[new[number] : new[number + 1]]
            yield self._ordered(self.known.iloc[known[number] : known[number + 1]], some)

    @property
    def entities(self) -> pd.DataFrame:
        """The entities that are in no authority: `entity_id`, `kind`, `name`; ordered by `entity_id`."""
        return pd.concat(self.entity_slices(), ignore_index=True)

    def entity_slices(self) -> Iterator[pd.DataFrame]:
        """As `entities`, some of them at a time; at least one slice."""
        first = range(0, max(len(self.made), 1), SURFACES_AT_ONCE)
        slices = (self.new.entities(self.made[start : start + SURFACES_AT_ONCE]) for start in first)
        left = self.further
        for number, rows in enumerate(slices, 1):
            is_last = number == len(first)
            here = np.ones(len(left), bool) if is_last else (left["entity_id"] < rows["entity_id"].iloc[-1]).to_numpy()
            both = pd.concat([rows, left[here]], ignore_index=True) if here.any() else rows
            left = left[~here]
            yield both.sort_values("entity_id", ignore_index=True) if here.any() else rows

    def named(self, entities: "pd.Series[str]") -> pd.DataFrame:
        """Those of the entities in no authority that are among these, and those that decisions name."""
        among = self.new.heads_of(entities)
        return pd.concat([self.new.entities(among[np.isin(among, self.made)]), self.further], ignore_index=True)

    def _ordered(self, known: pd.DataFrame, new: Numbers) -> pa.Table:
        """The readings of some surfaces; those of unknown entities are in order but for known ones beside them."""
        row = self.new.row[new]
        beside = np.isin(row, known["row"].to_numpy())
        mixed = pd.concat([known, self.new.rows(new[beside]).assign(row=row[beside])], ignore_index=True)
        mixed = mixed.sort_values([*_ORDER], ascending=[*_ORDER.values()], kind="stable")
        others = self.new.table(new[~beside])
        rows = pa.concat_tables([pa.Table.from_pandas(mixed, others.schema, preserve_index=False), others])
        order = np.argsort(np.concatenate([mixed["row"].to_numpy(np.int64), row[~beside]]), kind="stable")
        return rows.combine_chunks().take(pa.array(order))


def resolve(surfaces: pd.DataFrame, authority: Authority, decisions: Decisions, settings: NameSettings) -> Readings:
    """The readings of all surfaces, the authority asked about each of them here and now.

    Args:
        surfaces: One row a distinct surface with `surface`, its counts and its hints.
        authority: The known entities.
        decisions: What people decided; what holds everywhere replaces the readings of its surface.
        settings: Thresholds.
    """
    asked = block.ask(surfaces["surface"].tolist(), ready(authority), settings)
    return decide(surfaces, [asked], authority, decisions, settings)


def decide(
    surfaces: pd.DataFrame, blocks: Iterable[Block], authority: Authority, decisions: Decisions, settings: NameSettings
) -> Readings:
    """The readings of all surfaces, as `resolve`, once the authority has been asked about each in one of the blocks."""
    if surfaces.empty:
        none, no_numbers = clusters.none(), np.zeros(0, np.int64)
        nobody = none.entities(no_numbers)
        return Readings(pd.DataFrame(columns=["row", *COLUMNS]), none, no_numbers, no_numbers, nobody)
    rows, unknown, facts, sounds = _answered(surfaces, blocks, authority, settings)
    del surfaces, blocks  # which take as much room as what follows
    memory.give_back()
    new = cluster.cluster(unknown, facts, sounds, settings)
    del sounds
    memory.give_back()
    rows = lone.doubted(rows, new, facts)
    by_hand = decided(decisions, authority, new.named(decisions.rows["entity_id"]))
    by_hand = by_hand[by_hand["entity_id"].isna() | by_hand["kind"].notna()]
    spoken_of = by_hand[by_hand["entity_id"].astype(str).str.startswith(NEW)].rename(columns={"label": "name"})
    rows, held = _with_decisions(rows, new, by_hand)
    made = new.by_id(new.entity[held])
    further = pd.concat([new.named(spoken_of["entity_id"]), spoken_of[["entity_id", "kind", "name"]]])
    here = new.entities(np.intersect1d(new.heads_of(spoken_of["entity_id"]), made))
    further = further[~further["entity_id"].isin(here["entity_id"])].drop_duplicates("entity_id")
    memory.give_back()
    return Readings(rows, new, held, made, further.sort_values("entity_id", ignore_index=True))


def _answered(
    surfaces: pd.DataFrame, blocks: Iterable[Block], authority: Authority, settings: NameSettings
) -> tuple[pd.DataFrame, Numbers, Surfaces, Remembered]:
    """The readings that name known entities; the rows of names not found so; what is known of the surfaces."""
    surface = column(surfaces["surface"])
    if not are_ordered(surface):
        surfaces = surfaces.take(pc.sort_indices(surface).to_numpy())
        surface = column(surfaces["surface"])
    size, answers = len(surface), block.gather(blocks, surface)
    is_name, kind = plausible.judge(surfaces, answers.own).to_numpy(), _CODES[plausible.kinds(surfaces)]
    n_mentions = surfaces["n_mentions"].to_numpy().copy()
    del surfaces
    facts = _facts(is_name, kind, answers)
    whole = np.arange(len(facts.kind)) < size
    found = _found(answers, surface, facts, whole, authority, settings)
    settled = np.zeros(size, bool)
    settled[found.loc[found["is_default"], "row"]] = True
    of = answers.rests["of"].to_numpy()
    rests = np.append(np.zeros(size, bool), ~settled[of])
    inner = within.certain(_found(answers, surface, facts, rests, authority, settings), authority)
    settled[of[inner["row"].to_numpy(np.int64) - size]] = True
    rows = _known_rows(pd.concat([found, inner], ignore_index=True), answers, surface, authority)
    by_letters = {name: answers.own[name] for name in letters.COLUMNS}
    own = Surfaces(surface, are_uneven(surface), ~answers.own["is_several"], kind, is_name, n_mentions, **by_letters)
    return rows, np.flatnonzero(is_name & ~settled).astype(np.int32), own, Remembered(answers.sounds)


_CODES = np.array([KINDS.index(one) for one in (*plausible.KINDS, "unknown")], np.int8)
"""The number in KINDS of each kind that `plausible` finds."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the corpus says of every text asked about; a rest is asked about as if it were a person's name."""

    is_name: Bools
    kind: npt.NDArray[np.int8]
    is_several: Bools


def _facts(is_name: Bools, kind: npt.NDArray[np.int8], answers: Answers) -> _Facts:
    rests = len(answers.rests)
    is_several = several(column(answers.rests["surface"]))
    return _Facts(
        np.append(is_name, np.ones(rests, bool)), np.append(kind, np.full(rests, PERSON, np.int8)),
        np.append(answers.own["is_several"], is_several),
    )  # fmt: skip


def _found(
    answers: Answers, surface: pa.Array, facts: _Facts, wanted: Bools, authority: Authority, settings: NameSettings
) -> pd.DataFrame:
    """The readings that name known entities, of the wanted texts, as far as the corpus lets them be names at all."""
    is_name = facts.is_name & wanted
    may_name_person = is_name & np.isin(facts.kind, (PERSON, UNKNOWN, PLACE))
    readings, row = answers.readings, answers.readings["row"].to_numpy(np.int64)
    asked = np.unique(np.append(row, answers.rivals["row"].to_numpy(np.int64)))
    may_name_person[asked] &= ~plausible.named_after(answers.texts(asked, surface))
    by = readings["by"]
    holds = ((by == exact.LETTERS).to_numpy() & wanted[row]) | ((by == exact.CAPITALS).to_numpy() & is_name[row])
    holds |= (by == block.THING).to_numpy() & (is_name & (facts.kind != PERSON))[row]
    found = readings[holds]
    rivals = answers.rivals[may_name_person[answers.rivals["row"].to_numpy(np.int64)]]
    rivals = rivals[~rivals["row"].isin(found["row"])]
    shift = choose.rarity(rivals, wanted & facts.is_several & (facts.kind == PERSON), found)
    full = choose.choose(rivals, shift, authority, settings)
    alone = readings[(by == block.ALONE).to_numpy() & may_name_person[row]]
    columns = [*exact.FOUND, "written"]
    both = pd.concat([found[columns], full[columns]], ignore_index=True)
    named = both.loc[both["is_full"].eq(True) & (both["status"] == "accepted"), "entity"]
    # Where hardly anybody is known, Joltin is not Yeltsin, though he is named elsewhere.
    doubtful = (~alone["entity"].isin(named) | (alone["method"] != "exact")) & (shift < choose.SCARCE)
    return pd.concat([both, lone.choose(alone, found, doubtful)[columns]], ignore_index=True)


def decided(decisions: Decisions, authority: Authority, new: pd.DataFrame) -> pd.DataFrame:
    """The decisions ready to be applied.

    A decision for an entity that is neither known nor `new` in this build has no kind.

    Columns: `line`, `surface`, `post_id`, `entity_id` (none: not a name), `kind`, `canonical`, `explanation`, `label`.
    """
    rows = decisions.rows.reset_index(drop=True)
    of = pd.concat([authority.entities, new]).set_index("entity_id")[["kind", "name"]]
    unknown, no_name = rows["entity_id"] == UNKNOWN_PERSON, rows["entity_id"] == NOT_A_NAME
    label = rows["entity_id"].map(of["name"]).where(~unknown, rows["surface"])
    kind = rows["entity_id"].map(of["kind"]).where(~unknown, "person")
    spelled = ~unknown & ~no_name & (kind == "person")
    canonical = rows["surface"].copy()
    canonical[spelled] = respell(rows.loc[spelled, "surface"].tolist(), label[spelled].tolist())
    entity = rows["entity_id"].mask(unknown, rows["surface"].map(unknown_id)).astype(object).mask(no_name, None)
    by = [_decided_by({str(k): str(v) for k, v in row.items()}) for row in rows.to_dict("records")]
    return pd.DataFrame({
        "line": rows["line"].astype("int64"), "surface": rows["surface"], "post_id": rows["post_id"],
        "entity_id": entity, "kind": kind, "canonical": canonical, "explanation": by, "label": label,
    })  # fmt: skip


def unknown_id(surface: str) -> str:
    """The entity of a person whom a decision calls unknown, by what the text calls them."""
    return NEW + hashlib.sha256(f"unknown-person {surface}".encode()).hexdigest()[:16]


def _decided_by(row: dict[str, str]) -> str:
    who = f" by {row['decided_by']}" if row["decided_by"] else ""
    when = f" on {row['decided_on']}" if row["decided_on"] else ""
    return f"Decided{who}{when} (decisions.csv, line {row['line']})" + (f": {row['reason']}" if row["reason"] else "")


def _known_rows(found: pd.DataFrame, answers: Answers, surface: pa.Array, authority: Authority) -> pd.DataFrame:
    """The readings that name known entities, with how each is written."""
    row, rests = found["row"].to_numpy(np.int64), answers.rests
    is_rest = np.flatnonzero(row >= len(surface))
    of, start = row.copy(), np.zeros(len(row), np.int64)
    for name, values in (("of", of), ("start", start)):
        values[is_rest] = rests[name].to_numpy()[row[is_rest] - len(surface)]
    asked = pd.Series(answers.texts(row, surface).to_pylist(), dtype=str)
    run = surface.take(pa.array(of)).to_pylist()
    entity = authority.entities.iloc[found["entity"]].reset_index(drop=True)
    spelled = found["status"] != "review"
    rows = found.assign(
        row=of, run=np.array(run, object), start=start, surface=asked,
        end=start + asked.str.len(), entity_id=entity["entity_id"], kind=entity["kind"],
        canonical=found["written"].where(spelled, asked), label=entity["name"],
    )  # fmt: skip
    return rows[["row", *COLUMNS]].sort_values("row", kind="stable", ignore_index=True)


def _with_decisions(rows: pd.DataFrame, new: Clusters, ready: pd.DataFrame) -> tuple[pd.DataFrame, Numbers]:
    """The readings of known entities with those of decided surfaces replaced; and which of the others still hold."""
    everywhere = ready[ready["post_id"] == ""]
    row = place_in(column(everywhere["surface"]), new.facts.surface)
    everywhere = everywhere[row >= 0].assign(row=row[row >= 0])
    held = np.flatnonzero(~np.isin(new.row, everywhere["row"].to_numpy()))
    if everywhere.empty:
        return rows, held
    rows = rows[~rows["surface"].isin(everywhere["surface"])]
    chosen = everywhere[everywhere["entity_id"].notna()]
    chosen = chosen.assign(run=chosen["surface"], start=0, end=chosen["surface"].str.len(), method="decision",
                           score=1.0, status="accepted", is_full=True, is_default=True)  # fmt: skip
    rows = pd.concat([rows, chosen[rows.columns]], ignore_index=True)
    return rows.sort_values("row", kind="stable", ignore_index=True), held
