"""Decides for each distinct surface which entity it names: accepted, for review, or an entity of its own.

Names that stand in the authority first, then spellings of known people's names, then lone surnames with all their
bearers, then the rest, which `cluster` tells apart. Comparing is `known` and `evidence`; who is meant by a lone surname
in its post is `context`.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.names import block, choose, cluster, exact, lone, plausible, within
from pipelines.names.authority import NEW, NOT_A_NAME, UNKNOWN_PERSON, Authority, Decisions
from pipelines.names.block import Block
from pipelines.names.plausible import among
from pipelines.names.ready import ready
from pipelines.names.remembered import Remembered
from pipelines.names.settings import NameSettings
from pipelines.names.spelling import respell

COLUMNS = ["run", "start", "end", "surface", "entity_id", "kind", "canonical", "method", "score", "status",
           "explanation", "is_full", "is_default"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Readings:
    """How each surface is read.

    Attributes:
        readings: The columns of COLUMNS, one row a surface and an entity it may name, ordered by `run`, `start`, then
            the default reading first; a surface that is no name has no row.
        entities: The entities that are in no authority: `entity_id`, `kind`, `name`; ordered by `entity_id`.
    """

    readings: pd.DataFrame
    entities: pd.DataFrame


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
    surfaces: pd.DataFrame, blocks: Sequence[Block], authority: Authority, decisions: Decisions, settings: NameSettings
) -> Readings:
    """The readings of all surfaces, as `resolve`, once the authority has been asked about each in one of the blocks."""
    if surfaces.empty:
        return Readings(pd.DataFrame(columns=COLUMNS), pd.DataFrame(columns=["entity_id", "kind", "name"]))
    surfaces = surfaces.sort_values("surface", ignore_index=True)
    answers = block.gather(blocks, surfaces["surface"].tolist())
    facts = _facts(surfaces, answers.asked)
    whole = answers.asked["of"].to_numpy() == block.WHOLE
    found = _found(answers, facts, whole, authority, settings)
    settled = np.zeros(len(facts), bool)
    settled[found.loc[found["is_default"], "row"]] = True
    open_rests = ~whole & ~settled[np.where(whole, 0, answers.asked["of"])]
    inner = within.certain(_found(answers, facts, open_rests, authority, settings), authority)
    settled[answers.asked["of"].to_numpy()[inner["row"]]] = True
    rows = _known_rows(pd.concat([found, inner], ignore_index=True), answers, authority)
    own = facts[whole]
    unknown = np.flatnonzero(own["is_name"].to_numpy() & ~settled[whole])
    new = cluster.cluster(unknown, own, Remembered(answers.sounds), settings)
    rows = lone.doubted(pd.concat([rows, new.rows], ignore_index=True), own)
    rows, decided_entities = _with_decisions(rows, own, decided(decisions, authority, new.entities))
    entities = pd.concat([new.entities, decided_entities], ignore_index=True).drop_duplicates("entity_id")
    used = entities[among(entities["entity_id"], pd.concat([rows["entity_id"], decided_entities["entity_id"]]))]
    order = {"run": True, "start": True, "is_default": False, "status": True, "score": False, "entity_id": True}
    rows = rows.sort_values([*order], ascending=[*order.values()], kind="stable", ignore_index=True)
    return Readings(rows[COLUMNS], used.sort_values("entity_id", ignore_index=True))


def _facts(surfaces: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """What the corpus says of every text asked about; a rest is asked about as if it were a person's name."""
    own, rests = asked.iloc[: len(surfaces)], asked.iloc[len(surfaces) :]
    return pd.DataFrame({
        "surface": asked["surface"], "folded": asked["folded"], "is_several": asked["n_words"] > 1,
        "n_mentions": np.concatenate([surfaces["n_mentions"], np.zeros(len(rests), np.int64)]),
        "is_name": np.concatenate([plausible.judge(surfaces, own), np.ones(len(rests), bool)]),
        "guess": pd.concat([plausible.kind(surfaces), pd.Series("person", rests.index)], ignore_index=True),
    })  # fmt: skip


def _found(
    answers: Block, facts: pd.DataFrame, wanted: npt.NDArray[np.bool_], authority: Authority, settings: NameSettings
) -> pd.DataFrame:
    """The readings that name known entities, of the wanted texts, as far as the corpus lets them be names at all."""
    is_name, guess = facts["is_name"].to_numpy() & wanted, facts["guess"]
    may_name_person = is_name & guess.isin(("person", "unknown", "place")).to_numpy()
    may_name_person &= ~plausible.named_after(facts["surface"])
    readings, row = answers.readings, answers.readings["row"].to_numpy()
    by = readings["by"]
    holds = ((by == exact.LETTERS).to_numpy() & wanted[row]) | ((by == exact.CAPITALS).to_numpy() & is_name[row])
    holds |= (by == block.THING).to_numpy() & (is_name & (guess != "person").to_numpy())[row]
    found = readings[holds]
    rivals = answers.rivals[may_name_person[answers.rivals["row"]]]
    rivals = rivals[~rivals["row"].isin(found["row"])]
    shift = choose.rarity(rivals, facts[wanted], found)
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


def _known_rows(found: pd.DataFrame, answers: Block, authority: Authority) -> pd.DataFrame:
    """The readings that name known entities, with how each is written."""
    asked = answers.asked.iloc[found["row"]].reset_index(drop=True)
    of = found["row"].where(asked["of"] == block.WHOLE, asked["of"])
    surface = asked["surface"]
    entity = authority.entities.iloc[found["entity"]].reset_index(drop=True)
    spelled = found["status"] != "review"
    rows = found.assign(
        run=answers.asked["surface"].to_numpy()[of], start=asked["start"], surface=surface,
        end=asked["start"] + surface.str.len(), entity_id=entity["entity_id"], kind=entity["kind"],
        canonical=found["written"].where(spelled, surface),
    )  # fmt: skip
    return rows[COLUMNS]


def _with_decisions(rows: pd.DataFrame, facts: pd.DataFrame, ready: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The readings with those of decided surfaces replaced, and the new entities that decisions speak of."""
    ready = ready[ready["entity_id"].isna() | ready["kind"].notna()]
    new = ready[ready["entity_id"].astype(str).str.startswith(NEW)]
    entities = new.rename(columns={"label": "name"})[["entity_id", "kind", "name"]]
    everywhere = ready[ready["post_id"] == ""]
    everywhere = everywhere[among(everywhere["surface"], facts["surface"])] if len(everywhere) else everywhere
    if everywhere.empty:
        return rows, entities
    rows = rows[~rows["surface"].isin(everywhere["surface"])]
    new = everywhere[everywhere["entity_id"].notna()]
    size = new["surface"].str.len()
    chosen = new.assign(run=new["surface"], start=0, end=size, method="decision", score=1.0, status="accepted",
                        is_full=True, is_default=True)  # fmt: skip
    return pd.concat([rows, chosen[COLUMNS]], ignore_index=True), entities
