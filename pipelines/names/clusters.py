"""The entities in no authority and the readings that name them, as numbers; and told in words, some at a time.

There is a reading or more for nearly every surface of a corpus: in words they would take many times the room of the
surfaces themselves. How they are found is `cluster`'s business.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.names.authority import NEW
from pipelines.names.surfaces import KINDS, Bools, Numbers, Surfaces, first_words, true

_DIGITS = 16
_AT_ONCE = 1 << 16
"""Names whose first words are looked at at a time."""
_ID = re.compile(f"{NEW}[0-9a-f]{{{_DIGITS}}}")
_KINDS = pa.array(KINDS, pa.string())


@dataclass(frozen=True, slots=True)
class Heads:
    """The best written spellings, by which entities are known.

    Attributes:
        row: Where each stands among the surfaces.
        key: The number of its entity's id, 0 if it makes none; their order is that of the ids.
        kind: The kind of its entity, a number in KINDS.
    """

    row: npt.NDArray[np.integer]
    key: npt.NDArray[np.uint64]
    kind: npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Readings, in the order of the surfaces.

    Attributes:
        facts: The surfaces.
        heads: The entities, and what else might have been one.
        row: The surface that is read.
        entity: The head of its entity.
        score: How surely it is a spelling of that.
        is_lone: Whether it is read as the surname of one of its bearers, which only context can decide.
        written: Where its text stands in `respelled`, -1 if it stays as it is.
        respelled: Texts written as their entities' names are.
    """

    facts: Surfaces
    heads: Heads
    row: npt.NDArray[np.int32]
    entity: npt.NDArray[np.int32]
    score: npt.NDArray[np.float64]
    is_lone: Bools
    written: npt.NDArray[np.int32]
    respelled: pa.Array

    def rows(self, some: Numbers) -> pd.DataFrame:
        """Some of the readings, as `resolve` has them, with the `label` of their entity."""
        frame: pd.DataFrame = self.table(some).to_pandas()
        return frame

    def table(self, some: Numbers) -> pa.Table:
        """The same as Arrow holds it."""
        row, entity, is_lone = self.row[some], self.entity[some], self.is_lone[some]
        surface = self.facts.surface.take(pa.array(row))
        name = self.facts.text(self.heads.row[entity])
        kind = _KINDS.take(pa.array(self.heads.kind[entity]))
        written = pa.array(self.written[some], mask=self.written[some] < 0)
        columns = {
            "run": surface, "start": np.zeros(len(some), np.int64), "end": pc.utf8_length(surface).cast(pa.int64()),
            "surface": surface, "entity_id": ids(self.heads.key[entity]), "kind": kind,
            "canonical": pc.coalesce(self.respelled.take(written), surface), "method": _same("cluster", some),
            "score": self.score[some], "status": pc.if_else(is_lone, "context", "accepted"),
            "explanation": self._explanation(row, name, is_lone), "is_full": ~is_lone & ~self.facts.single[row],
            "is_default": ~is_lone, "label": name,
        }  # fmt: skip
        return pa.table(columns)

    def _explanation(self, row: npt.NDArray[np.int32], name: pa.Array, is_lone: Bools) -> pa.Array:
        varies = pc.not_equal(self.facts.text(row), name)
        own = pc.if_else(varies, _said("In no authority; a spelling of ", name, "."), _OWN)
        return pc.if_else(is_lone, _said("Lone surname of ", name, ", who is in no authority."), own)

    def beside(self, words: pa.Array) -> Numbers:
        """The readings of lone words as somebody's surname; and of the full names of these people, or that begin so."""
        word = true(pc.is_in(self.facts.surface, words))[self.row] & self.is_lone
        borne = np.zeros(len(self.heads.row), bool)
        borne[self.entity[word]] = True
        begins = np.zeros(len(self.facts.single), bool)
        full = np.flatnonzero(~self.facts.single)
        for start in range(0, len(full), _AT_ONCE):
            some = full[start : start + _AT_ONCE]
            begins[some] = true(pc.is_in(first_words(self.facts.text(some)), words))
        found: Numbers = np.flatnonzero(word | (~self.is_lone & (borne[self.entity] | begins[self.row])))
        return found

    def heads_of(self, entities: "pd.Series[str]") -> Numbers:
        """The heads of those of the entities that are among these."""
        digits = [one.removeprefix(NEW) for one in entities.dropna() if _ID.fullmatch(one)]
        key = self.heads.key
        found: Numbers = np.flatnonzero((key > 0) & np.isin(key, np.array([int(one, 16) for one in digits], "u8")))
        return found

    def named(self, entities: "pd.Series[str]") -> pd.DataFrame:
        """Those of the entities that are among these, as `entities`."""
        return self.entities(self.by_id(self.heads_of(entities)))

    def by_id(self, heads: npt.NDArray[np.integer]) -> Numbers:
        """These heads, each once, in the order of the ids of their entities."""
        some = np.zeros(len(self.heads.row), bool)
        some[heads] = True
        found = np.flatnonzero(some)
        return found[np.argsort(self.heads.key[found], kind="stable")]

    def entities(self, some: Numbers) -> pd.DataFrame:
        """The entities with these heads: `entity_id`, `kind`, `name`."""
        kind = _KINDS.take(pa.array(self.heads.kind[some]))
        columns = [ids(self.heads.key[some]), kind, self.facts.text(self.heads.row[some])]
        frame: pd.DataFrame = pa.table(columns, names=["entity_id", "kind", "name"]).to_pandas()
        return frame


def none() -> Clusters:
    """No readings of no surfaces."""
    texts, truths, numbers = pa.array([], pa.string()), np.zeros(0, bool), np.zeros(0, np.int64)
    small, places = np.zeros(0, np.int8), np.zeros(0, np.int32)
    keys = np.zeros(0, np.uint64)
    facts = Surfaces(texts, truths, truths, small, truths, numbers, keys, keys, truths, truths, truths)
    heads = Heads(numbers, keys, small)
    return Clusters(facts, heads, places, places, np.zeros(0), truths, places, texts)


_OWN = "In no authority; an entity of its own."


def ids(key: npt.NDArray[np.uint64]) -> pa.Array:
    """The ids with these numbers."""
    size = len(NEW) + _DIGITS
    letters = np.empty((len(key), size), np.uint8)
    letters[:, : len(NEW)] = np.frombuffer(NEW.encode(), np.uint8)
    digits = key.astype(">u8").tobytes().hex().encode()
    letters[:, len(NEW) :] = np.frombuffer(digits, np.uint8).reshape(-1, _DIGITS)
    ends = np.arange(len(key) + 1, dtype=np.int32) * np.int32(size)
    return pa.StringArray.from_buffers(len(key), pa.py_buffer(ends), pa.py_buffer(letters))


def _same(value: str, some: Numbers) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.string()), len(some))


def _said(before: str, names: pa.Array, after: str) -> pa.Array:
    return pc.binary_join_element_wise(before, names, after, "")
