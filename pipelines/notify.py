"""Tells a webhook what a published build changed, or why a build failed.

The address comes from the environment alone (VARIORUM_WEBHOOK) and is never shown. A webhook that does not answer is
a warning: a build does not fail for it. What counts as a failure is decided by those who call.
"""

import json
import os
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from schemas.tables import TABLES

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


def tell_published(former: Path | None, build: Path) -> str:
    """Send what a build changed; what went wrong, empty if nothing did. A build like the one before is no news."""
    if not is_wanted() or (former and former.name == build.name):
        return ""
    return send(published(former if former and former.is_dir() else None, build))


def failed(reason: str) -> Message:
    """A build that published nothing; its first line says why."""
    first = next((line.strip() for line in reason.splitlines() if line.strip()), "no reason was given")
    return {"event": "failed", "text": f"Variorum: the build failed. {first}", "reason": first}


def published(former: Path | None, build: Path) -> Message:
    """What the build changed against the one before: rows added and removed, new variants, the review queue's growth.

    Args:
        former: the folder of the build before, if there was one.
        build: the folder of the build just published.
    """
    tables = {name: _rows(former, build, name) for name in TABLES}
    new = _new_variants(former, build)
    waiting, waited = _waiting(build), _waiting(former) if former else 0
    changed = [
        f"{name} +{row['added']} −{row['removed']}" for name, row in tables.items() if row["added"] or row["removed"]
    ]
    text = f"Variorum: a new dataset is published ({', '.join(changed) or 'same rows, other values'}). "
    text += f"{len(new)} new variants; {waiting} wait for review ({waiting - waited:+d})."
    return {
        "event": "published",
        "text": text,
        "build": build.name,
        "former": former.name if former else None,
        "tables": tables,
        "new_variants": {"number": len(new), "first": new[:SHOWN]},
        "review": {"rows": waiting, "growth": waiting - waited},
    }


def _rows(former: Path | None, build: Path, name: str) -> dict[str, int]:
    after, key = _dataset(build, name), list(TABLES[name].key)
    rows = after.count_rows()
    if former is None:
        return {"rows": rows, "added": rows, "removed": 0}
    new, old = after.to_table(key), _dataset(former, name).to_table(key)
    return {"rows": rows, "added": _without(new, old, key), "removed": _without(old, new, key)}


def _without(some: pa.Table, others: pa.Table, key: list[str]) -> int:
    return int(some.join(others, key, join_type="left anti").num_rows)


def _new_variants(former: Path | None, build: Path) -> list[str]:
    surfaces = _dataset(build, "variants").to_table(["surface"])["surface"].unique()
    if former is not None:
        known = _dataset(former, "variants").to_table(["surface"])["surface"].unique()
        surfaces = surfaces.filter(pc.invert(pc.is_in(surfaces, value_set=known)))
    names: list[str] = surfaces.to_pylist()
    return names


def _waiting(build: Path) -> int:
    return int(_dataset(build, "variants").count_rows(filter=ds.field("status") == "review"))


def _dataset(build: Path, name: str) -> Any:
    return ds.dataset(build / f"{name}.parquet", format="parquet", partitioning=None)
