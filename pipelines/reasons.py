"""Says why a run failed, for people: the first cause, without the names of classes and without the way there."""

import re
from collections.abc import Iterable
from typing import Any

import dagster as dg

CLASS = re.compile(r"^[A-Za-z_][\w.]*: ")
OURS = re.compile(r"(?:Key|Type|Attribute|Index|Name|Assertion|Recursion|NotImplemented|ZeroDivision)Error\b")
UNKNOWN = "see the run in the Dagster UI (make ui)."


def why(events: Iterable[dg.DagsterEvent]) -> str:
    """The reason that the first failure among the events gives."""
    failures = [event for event in events if event.is_failure]
    errors = [error for event in failures if (error := getattr(event.event_specific_data, "error", None))]
    return first_cause(errors[0]) if errors else next((e.message for e in failures if e.message), UNKNOWN)


def first_cause(error: Any) -> str:
    """What the error that caused all others says."""
    while error.cause:
        error = error.cause
    if OURS.match(str(error.message)):
        return f"Variorum itself went wrong, please report it: {str(error.message).strip()}"
    return CLASS.sub("", str(error.message).strip(), count=1)
