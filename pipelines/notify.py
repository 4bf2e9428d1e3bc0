"""Tells a webhook what a published build changed, or why a build failed.

What changed was counted when the build was published (`pipelines.changes`). The address comes from the environment
alone (VARIORUM_WEBHOOK) and is never shown. A webhook that does not answer is a warning: a build does not fail for it.
What counts as a failure is decided by those who call.
"""

import json
import os
import urllib.request
from collections import Counter
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any

from pipelines import parquet
from pipelines.release import CHANGES_TABLE

ADDRESS = "VARIORUM_WEBHOOK"
TIMEOUT_SECONDS = 10
SHOWN = 20

Message = dict[str, Any]


def is_wanted() -> bool:
    """Whether somebody wants to be told."""
    return bool(os.environ.get(ADDRESS))


def send(message: Message) -> str:
    """What went wrong; empty if the message was sent, or if nobody wants to be told."""
    if not is_wanted():
        return ""
    body = json.dumps(message, ensure_ascii=False).encode()
    try:
        request = urllib.request.Request(os.environ[ADDRESS], body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
            return ""
    except (OSError, ValueError, HTTPException) as error:
        reason = f"status {error.code}" if isinstance(error, urllib.request.HTTPError) else type(error).__name__
        return f"The notification was not sent ({reason}): look at {ADDRESS}."


def tell_published(data: Path, former: Path | None, build: Path) -> str:
    """Send what a build changed; what went wrong, empty if nothing did. A build like the one before is no news."""
    if not is_wanted() or (former and former.name == build.name):
        return ""
    return send(published(parquet.read(data / CHANGES_TABLE).to_pylist()))


def failed(reason: str) -> Message:
    """A build that published nothing; its first line says why."""
    first = next((line.strip() for line in reason.splitlines() if line.strip()), "no reason was given")
    return {"event": "failed", "text": f"Variorum: the build failed. {first}", "reason": first}


def published(changes: Sequence[Mapping[str, Any]]) -> Message:
    """What a build changed: rows added, removed and changed, new variants, the review queue's growth.

    Args:
        changes: the rows of `changes.parquet`; of the first build they are tables alone.
    """
    first, by_kind = changes[0], Counter(row["change"] for row in changes)
    tables = {
        row["key"]: {"rows": row["n_after"], **{name: row[f"n_{name}"] for name in ("added", "removed", "changed")}}
        for row in changes
        if row["change"] == "rows"
    }
    new = [row["key"] for row in changes if row["change"] == "variant new"]
    review = {"new": by_kind["review new"], "settled": by_kind["review settled"]}
    review["growth"] = review["new"] - review["settled"]
    text = f"Variorum: a new dataset is published ({_rows(tables)})."
    if first["release_before"]:
        text += f" {len(new)} new variants; {review['new']} new doubts, {review['settled']} settled."
    return {
        "event": "published",
        "text": text,
        "build": first["release"],
        "former": first["release_before"],
        "tables": tables,
        "new_variants": {"number": len(new), "first": new[:SHOWN]},
        "review": review,
    }


def _rows(tables: Mapping[str, Mapping[str, int]]) -> str:
    """How the rows of the tables have changed, for people."""
    signs = {"added": "+", "removed": "−", "changed": "±"}
    changed = {name: [f"{sign}{row[how]}" for how, sign in signs.items() if row[how]] for name, row in tables.items()}
    return ", ".join(f"{name} {' '.join(counts)}" for name, counts in changed.items() if counts) or "the same rows"
