"""Decides for each distinct surface which entity it names: accepted, for review, or an entity of its own.

Names that stand in the authority first, then spellings of known people's names, then lone surnames with all their
bearers, then the rest, which `cluster` tells apart. Comparing is `known` and `evidence`; who is meant by a lone surname
in its post is `context`.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.names import choose, cluster, exact, known, lone, plausible, things, within
from pipelines.names.authority import NOT_A_NAME, UNKNOWN_PERSON, Authority, Decisions
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
    """The readings of all surfaces.

    Args:
        surfaces: One row a distinct surface with `surface`, its counts and its hints.
        authority: The known entities.
        decisions: What people decided; what holds everywhere replaces the readings of its surface.
        settings: Thresholds.
    """
    if surfaces.empty:
        return Readings(pd.DataFrame(columns=COLUMNS), pd.DataFrame(columns=["entity_id", "kind", "name"]))
    surfaces = surfaces.sort_values("surface", ignore_index=True)
    texts = [" ".join(surface.split()) for surface in surfaces["surface"]]
    facts = surfaces.assign(
        text=texts, is_name=plausible.judge(surfaces).to_numpy(), guess=plausible.kind(surfaces).to_numpy()
    )
    found = exact.find(facts, authority)
    query = known.lay_out(facts["text"].tolist())
    if len(authority.names):
        found = pd.concat([found, things.find(facts, found, query, authority)], ignore_index=True)
        found = pd.concat([found, choose.choose(facts, found, query, authority, settings)], ignore_index=True)
    settled = facts.index.isin(found.loc[found["is_default"], "row"])
    inner = within.read(facts[~settled], authority, settings)
    settled |= facts.index.isin(inner["row"])
    new = cluster.cluster(np.flatnonzero(facts["is_name"].to_numpy() & ~settled), facts, query, settings)
    whole = facts["surface"].to_numpy()[found["row"]]
    found = pd.concat([found.assign(run=whole, start=0, surface=whole), inner], ignore_index=True)
    rows = lone.doubted(pd.concat([_known_rows(found, authority), new.rows], ignore_index=True), facts)
    rows, decided_entities = _with_decisions(rows, facts, decisions, authority)
    entities = pd.concat([new.entities, decided_entities], ignore_index=True).drop_duplicates("entity_id")
    used = entities[entities["entity_id"].isin(rows["entity_id"])]
    order = {"run": True, "start": True, "is_default": False, "status": True, "score": False, "entity_id": True}
    rows = rows.sort_values([*order], ascending=[*order.values()], kind="stable", ignore_index=True)
    return Readings(rows[COLUMNS], used.sort_values("entity_id", ignore_index=True))


def decided(decisions: Decisions, authority: Authority) -> pd.DataFrame:
    """The decisions ready to be applied.

    Columns: `line`, `surface`, `post_id`, `entity_id` (none: not a name), `kind`, `canonical`, `explanation`, `label`.
    """
    rows = decisions.rows.reset_index(drop=True)
    of = authority.entities.set_index("entity_id")
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
    return "new:" + hashlib.sha256(f"unknown-person {surface}".encode()).hexdigest()[:16]


def _decided_by(row: dict[str, str]) -> str:
    who = f" by {row['decided_by']}" if row["decided_by"] else ""
    when = f" on {row['decided_on']}" if row["decided_on"] else ""
    return f"Decided{who}{when} (decisions.csv, line {row['line']})" + (f": {row['reason']}" if row["reason"] else "")


def _known_rows(found: pd.DataFrame, authority: Authority) -> pd.DataFrame:
    """The readings that name known entities, with how each is written."""
    surface = found["surface"].to_numpy().astype(object)
    entity = authority.entities.iloc[found["entity"]].reset_index(drop=True)
    person = (entity["kind"] == "person").to_numpy()
    spelled = ((found["status"] != "review") & (person | (found["method"] != "alias"))).to_numpy()
    written = surface.copy()
    written[spelled] = respell(surface[spelled].tolist(), entity["name"][spelled].tolist(), person[spelled].tolist())
    end = found["start"].to_numpy() + np.array([len(one) for one in surface], dtype=np.int64)
    rows = found.assign(
        end=end, entity_id=entity["entity_id"].to_numpy(), kind=entity["kind"].to_numpy(), canonical=written
    )
    return rows[COLUMNS]


def _with_decisions(
    rows: pd.DataFrame, facts: pd.DataFrame, decisions: Decisions, authority: Authority
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The readings with those of decided surfaces replaced, and the unknown people that decisions speak of."""
    ready = decided(decisions, authority)
    unknown = ready[ready["entity_id"].astype(str).str.startswith("new:")]
    entities = pd.DataFrame({"entity_id": unknown["entity_id"], "kind": "person", "name": unknown["surface"]})
    everywhere = ready[ready["post_id"] == ""]
    everywhere = everywhere[everywhere["surface"].isin(facts["surface"])] if len(everywhere) else everywhere
    if everywhere.empty:
        return rows, entities
    rows = rows[~rows["surface"].isin(everywhere["surface"])]
    new = everywhere[everywhere["entity_id"].notna()]
    size = new["surface"].str.len()
    chosen = new.assign(run=new["surface"], start=0, end=size, method="decision", score=1.0, status="accepted",
                        is_full=True, is_default=True)  # fmt: skip
    return pd.concat([rows, chosen[COLUMNS]], ignore_index=True), entities
