"""Says why a run failed, for people: the first cause, without the names of classes and without the way there."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines import remote

CLASS = re.compile(r"^[A-Za-z_][\w.]*: ")
OURS = re.compile(r"(?:Key|Type|Attribute|Index|Name|Assertion|Recursion|NotImplemented|ZeroDivision)Error\b")
OURS_SAID = "Variorum itself went wrong, please report it: "
FULL = "No space left on device"
GONE = re.compile(r"\[Errno 2\] No such file or directory: '(.+)'$")
WRAPPERS = "Dagster"
"""How the names of errors begin that only say that there is another one."""
UNKNOWN = "see the run in the Dagster UI (make ui)."


def why(events: Iterable[dg.DagsterEvent]) -> str:
    """The reason that the first failure among the events gives."""
    failures = [event for event in events if event.is_failure]
    errors = [error for event in failures if (error := getattr(event.event_specific_data, "error", None))]
    return first_cause(errors[0]) if errors else next((e.message for e in failures if e.message), UNKNOWN)


def first_cause(error: Any) -> str:
    """What the error says that Dagster's own are wrapped around."""
    while error.cause and str(error.cls_name).startswith(WRAPPERS):
        error = error.cause
    if OURS.match(str(error.message)):
        return OURS_SAID + str(error.message).strip()
    message = CLASS.sub("", str(error.message).strip(), count=1)
    gone = GONE.match(message)
    return (
        f"{gone[1]} has gone while the build was at work. Start again when the folder is at rest." if gone else message
    )


def with_place(reason: str, data: Path) -> str:
    """The reason, with what to do where the disk is full (the libraries that write do not say which).

    Files that were fetched are named by their addresses.
    """
    reason = remote.named(reason, data)
    if FULL not in reason:
        return reason
    return f"The disk that holds {data} is full. Free some space and start again; finished work is kept. ({reason})"
