"""Holds the authority ready to be asked: everything that is made of it once, however many surfaces there are."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from pipelines import parquet
from pipelines.names import choose, exact, index, known, things, within
from pipelines.names.authority import Authority


@dataclass(frozen=True, slots=True)
class Ready:
    """The authority, and what each way of reading made of it."""

    authority: Authority
    letters: pd.DataFrame
    things: things.Things
    people: choose.People
    surnames: set[str]

    def save(self, folder: Path) -> None:
        """Write what `read` needs to give the same again, of the entities their kind and names alone."""
        entities = self.authority.entities[["entity_id", "kind", "name", "native_name"]]
        frames = {"entities": entities, "letters": self.letters}
        frames |= {"things": self.things.known, "people": self.people.names}
        for name, frame in frames.items():
            parquet.write(pa.Table.from_pandas(frame, preserve_index=False), folder / f"{name}.parquet")
        self.things.index.save(folder / "things")
        self.people.known.index.save(folder / "people")


def ready(authority: Authority) -> Ready:
    """The authority ready to be asked."""
    return Ready(
        authority,
        exact.prepare(authority),
        things.prepare(authority),
        choose.prepare(authority),
        within.surnames(authority),
    )


def read(folder: Path) -> Ready:
    """The authority that was saved in `folder`."""
    entities, letters, of_things, people = (
        parquet.read(folder / f"{name}.parquet").to_pandas() for name in ("entities", "letters", "things", "people")
    )
    authority = Authority(entities, letters.drop(columns="folded"))
    made = things.Things(of_things, index.read(folder / "things"))
    indexed = choose.People(people, known.prepare(index.read(folder / "people")))
    return Ready(authority, letters, made, indexed, within.surnames(authority))
