"""Tells apart the names that are in no authority: spellings of one unknown person share an entity, two people do not.

Each spelling that `joined` finds belongs to the most frequent well-formed one. Lone surnames get a reading for every
unknown bearer (`bearers`). Names are known here by their rows and entities by the numbers of their heads, as there are
many; how readings are told in words is `clusters`' business.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import memory
from pipelines.names import bearers, joined, known, surfaces, surnames
from pipelines.names.clusters import Clusters, Heads
from pipelines.names.remembered import Remembered
from pipelines.names.settings import NameSettings
from pipelines.names.spelling import respell
from pipelines.names.surfaces import KINDS, PERSON, UNKNOWN, Bools, Numbers, Surfaces, Texts

_LONE = 0.5
"""The score of a lone surname as that of one of its bearers."""
Scores = npt.NDArray[np.float64]


def cluster(unknown: Numbers, facts: Surfaces, sounds: Remembered, settings: NameSettings) -> Clusters:
    """The entities of the unknown names, and each surface's readings.

    Args:
        unknown: The rows of `facts` that no known entity was found for and that are names.
        facts: All surfaces in the order of their letters: lone surnames may be those of unknown people too.
        sounds: What the surfaces' parts sound like.
        settings: Thresholds.
    """
    row = _in_order(unknown, facts)
    head, spelling = _spellings(row, facts)
    root, score = _roots(head, facts, sounds, settings)
    memory.give_back()
    entity, score = root[spelling], score[spelling]
    heads = Heads(head, _keys(head, entity, facts), _kinds(entity, row, facts, len(head)))
    lone_row, lone_entity, is_spelling = bearers.find(row, entity, heads, facts)
    memory.give_back()
    spelled = np.concatenate([_varies(row, entity, heads, facts), is_spelling])
    row, entity = np.concatenate([row, lone_row]), np.concatenate([entity, lone_entity])
    is_lone = np.arange(len(row)) >= len(score)
    score = np.concatenate([score, np.full(len(lone_row), _LONE)])
    written, respelled = _respelled(spelled, row, entity, heads, facts, sounds)
    order = np.argsort(row, kind="stable")
    rows, entities, texts = (column[order].astype(np.int32, copy=False) for column in (row, entity, written))
    return Clusters(facts, heads, rows, entities, score[order], is_lone[order], texts, respelled)


def _in_order(unknown: Numbers, facts: Surfaces) -> Numbers:
    """The unknown names' rows, those first whose spelling has most support: capitals, mentions, convention."""
    lone = facts.is_name & facts.single
    word, alone = np.unique(facts.key[lone], return_inverse=True)
    count = np.bincount(alone, facts.n_mentions[lone], len(word) + 1).astype(np.int64)
    support = facts.n_mentions[unknown] + count[surfaces.place_of(facts.surname[unknown], word)]
    return unknown[np.lexsort((facts.is_foreign[unknown], -support, facts.is_upper[unknown]))]


def _spellings(row: Numbers, facts: Surfaces) -> tuple[Numbers, npt.NDArray[np.int32]]:
    """The first row of each folded spelling, in order, and the number of each row's."""
    _, first, spelling = np.unique(facts.key[row], return_index=True, return_inverse=True)
    order = np.argsort(first)
    number = np.empty(len(order), np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    return row[first[order]], number[spelling]


def _roots(head: Numbers, facts: Surfaces, sounds: Remembered, settings: NameSettings) -> tuple[Numbers, Scores]:
    """For each head the one it is a spelling of, by its number, its own if of none; and how surely."""
    may, several = np.isin(facts.kind[head], (PERSON, UNKNOWN)), ~facts.single[head]
    root, score = np.arange(len(head), dtype=np.int32), np.ones(len(head))
    people = np.flatnonzero(may & several).astype(np.int32)
    to, sure = _joined(head[people], facts, sounds, settings)
    root[people], score[people] = people[to], sure
    del to, sure
    memory.give_back()
    lone = np.flatnonzero(may & ~several)
    lone = lone[facts.may_tell[head[lone]]]
    for earlier, later in surnames.spellings(facts.text(head[lone]).to_pylist()):
        one, other = lone[earlier], lone[later]
        if root[one] == one and root[other] == other:
            root[other] = one
    return root, score


def _joined(row: Numbers, facts: Surfaces, sounds: Remembered, settings: NameSettings) -> tuple[Numbers, Scores]:
    """For each of these names of several words the place of the one it is a spelling of; and how surely."""
    memory.give_back()
    laid = known.lay_out(Texts(facts.text(row)), sounds.sounds, to_find=False)
    memory.give_back()
    return joined.joins(laid, facts.kind[row] == PERSON, settings)


def _keys(head: Numbers, entity: Numbers, facts: Surfaces) -> npt.NDArray[np.uint64]:
    """The number of each entity's id, by the folded letters of its name; 0 of heads that make no entity."""
    keys = np.zeros(len(head), np.uint64)
    keys[entity] = facts.key[head[entity]]
    return keys


def _kinds(entity: Numbers, row: Numbers, facts: Surfaces, number: int) -> npt.NDArray[np.int8]:
    """The kind of each entity: the guess that has most mentions, of equal ones the first of the alphabet."""
    found, most = np.full(number, -1, np.int8), np.full(number, -1.0)
    for code in range(len(KINDS)):
        some = np.flatnonzero(facts.kind[row] == code)
        weight = np.zeros(len(some)) if code == UNKNOWN else facts.n_mentions[row[some]]
        total = np.bincount(entity[some], weight, number)
        is_more = total > most
        is_more &= np.bincount(entity[some], minlength=number) > 0
        found[is_more], most[is_more] = code, total[is_more]
    return found


def _varies(row: Numbers, entity: Numbers, heads: Heads, facts: Surfaces) -> Bools:
    """Which names are written otherwise than their entity's, and may be respelled: those of people."""
    found = (heads.row[entity] != row) & np.isin(heads.kind[entity], (PERSON, UNKNOWN))
    some = np.flatnonzero(found)
    ours, theirs = (facts.text(of) for of in (row[some], heads.row[entity[some]]))
    found[some] = surfaces.true(pc.not_equal(ours, theirs))
    return found


def _respelled(
    spelled: Bools, row: Numbers, entity: Numbers, heads: Heads, facts: Surfaces, sounds: Remembered
) -> tuple[Numbers, pa.Array]:
    """The texts of the names that are `spelled` as their entity's name is, and where that of each stands, else -1."""
    some = np.flatnonzero(spelled)
    texts = facts.surface.take(pa.array(row[some])).to_pylist()
    names = facts.text(heads.row[entity[some]]).to_pylist()
    written = np.full(len(row), -1, np.int32)
    written[some] = np.arange(len(some), dtype=np.int32)
    return written, pa.array(respell(texts, names, sounds=sounds.sounds), pa.string())
