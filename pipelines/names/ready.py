"""Holds the authority ready to be asked: everything that is made of it once, however many surfaces there are."""

from dataclasses import dataclass

import pandas as pd

from pipelines.names import choose, exact, things, within
from pipelines.names.authority import Authority


@dataclass(frozen=True, slots=True)
class Ready:
    """The authority, and what each way of reading made of it."""

    authority: Authority
    letters: pd.DataFrame
    things: things.Things
    people: choose.People
    surnames: set[str]


def ready(authority: Authority) -> Ready:
    """The authority ready to be asked."""
    return Ready(
        authority,
        exact.prepare(authority),
        things.prepare(authority),
        choose.prepare(authority),
        within.surnames(authority),
    )
