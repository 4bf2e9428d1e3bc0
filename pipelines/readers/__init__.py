"""Seed files to records: one module a format, all strict, all streaming.

Belongs here: the way from bytes to `Post` and `Refusal` records.
Not here: cleaning, names, tables.
"""

from pipelines.readers.neighbours import companions
from pipelines.readers.records import REASONS, Hint, Post, Record, Refusal, SeedChangedError
from pipelines.readers.seeds import list_seeds, read_seed, shown
from pipelines.readers.source import Source

__all__ = [
    "REASONS",
    "Hint",
    "Post",
    "Record",
    "Refusal",
    "SeedChangedError",
    "Source",
    "companions",
    "list_seeds",
    "read_seed",
    "shown",
]
