"""Tells apart the names that are in no authority: spellings of one unknown person share an entity, two people do not.

Each spelling that `joined` finds belongs to the most frequent well-formed one. Lone surnames get a reading for every
unknown bearer. Names are known here by their rows and entities by the numbers of their heads, as there are many.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.names import joined, known, plausible, surnames
from pipelines.names.remembered import Remembered
from pipelines.names.settings import NameSettings
from pipelines.names.spelling import respell

_OTHER_CONVENTIONS = re.compile(r"d?sch|tch|cz|sz|ou|[oe](?:w|ff)(?: |$)|ij(?: |$)")
"""Letters by which East European names are known to be transcribed in other ways than the English one."""
_PEOPLE = ("person", "unknown")
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Clusters:
    """The readings of surfaces in no authority, as in `resolve`, and the entities they make."""

    rows: pd.DataFrame
    entities: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of all surfaces: as written, with single spaces, folded, of which kind, a name at all, how often.

    They stand in the order of their letters.
    """

    surfaces: list[str]
    texts: list[str]
    folded: list[str]
    guess: list[str]
    is_name: list[bool]
    n_mentions: Numbers


@dataclass(frozen=True, slots=True)
class _Unknown:
    """The unknown names, the best written ones first, and their entities, by the numbers of their heads.

    Attributes:
        row: Where each name stands among all surfaces.
        entity: Its entity.
        score: How surely it is a spelling of that.
        name: Of each head how it is written.
        id: Of each head the id of its entity.
        kind: Of each entity its kind.
    """

    row: Numbers
    entity: Numbers
    score: npt.NDArray[np.float64]
    name: list[str]
    id: list[str]
    kind: list[str]


def cluster(unknown: Numbers, facts: pd.DataFrame, sounds: Remembered, settings: NameSettings) -> Clusters:
    """The entities of the unknown names, and each surface's readings.

    Args:
        unknown: The rows of `facts` that no known entity was found for and that are names.
        facts: All surfaces in the order of their letters: lone surnames may be those of unknown people too.
        sounds: What the surfaces' parts sound like.
        settings: Thresholds.
    """
    listed = {name: facts[name].to_list() for name in ("surface", "folded", "guess", "is_name")}
    texts = [" ".join(surface.split()) for surface in listed["surface"]]
    mentions = facts["n_mentions"].to_numpy(np.int64)
    every = _Facts(listed["surface"], texts, listed["folded"], listed["guess"], listed["is_name"], mentions)
    found = _unknown(unknown, every, sounds, settings)
    made = np.unique(found.entity).tolist()
    entities = pd.DataFrame({
        "entity_id": [found.id[one] for one in made], "kind": [found.kind[one] for one in made],
        "name": [found.name[one] for one in made],
    })  # fmt: skip
    return Clusters(pd.concat([_rows(found, every, sounds), _lone(found, every, sounds)], ignore_index=True), entities)


def new_id(folded: str) -> str:
    """The id of an entity in no authority, by the folded letters of its name."""
    return "new:" + hashlib.sha256(folded.encode()).hexdigest()[:16]


def _unknown(unknown: Numbers, facts: _Facts, sounds: Remembered, settings: NameSettings) -> _Unknown:
    row = _in_order(unknown, facts)
    spelling, _ = pd.factorize(np.array([facts.folded[one] for one in row.tolist()], object))
    first = np.unique(spelling, return_index=True)[1]
    heads = row[first].tolist()
    root, score = _roots(heads, facts, sounds, settings)
    entity = root[spelling]
    kind = _kinds(entity, [facts.guess[one] for one in row.tolist()], facts.n_mentions[row], len(heads))
    ids = [new_id(facts.folded[one]) for one in heads]
    return _Unknown(row, entity, score[spelling], [facts.texts[one] for one in heads], ids, kind)


def _in_order(unknown: Numbers, facts: _Facts) -> Numbers:
    """The unknown names' rows, those first whose spelling has most support: capitals, mentions, convention."""
    alone: dict[str, int] = {}
    for text, folded, is_name, count in zip(
        facts.texts, facts.folded, facts.is_name, facts.n_mentions.tolist(), strict=True
    ):
        if is_name and " " not in text:
            alone[folded] = alone.get(folded, 0) + count
    names = [facts.folded[row] for row in unknown.tolist()]
    ends = [alone.get(name.rpartition(" ")[2], 0) if " " in name else 0 for name in names]
    support = facts.n_mentions[unknown] + np.array(ends, np.int64)
    foreign = np.array([bool(_OTHER_CONVENTIONS.search(name)) for name in names], bool)
    shouted = np.array([facts.texts[row].isupper() for row in unknown.tolist()], bool)
    return unknown[np.lexsort((unknown, foreign, -support, shouted))]


def _roots(
    heads: Sequence[int], facts: _Facts, sounds: Remembered, settings: NameSettings
) -> tuple[Numbers, npt.NDArray[np.float64]]:
    """For each head the one it is a spelling of, by its number, its own if of none; and how surely."""
    texts = [facts.texts[row] for row in heads]
    may = np.array([facts.guess[row] in _PEOPLE for row in heads], bool)
    several = np.array([" " in text for text in texts], bool)
    root, score = np.arange(len(heads)), np.ones(len(heads))
    people = np.flatnonzero(may & several)
    person = np.array([facts.guess[heads[one]] == "person" for one in people.tolist()], bool)
    laid = known.lay_out([texts[one] for one in people.tolist()], sounds.sounds)
    to, sure = joined.joins(laid, person, settings)
    root[people], score[people] = people[np.array(to, np.int64)], sure
    lone = np.flatnonzero(may & ~several)
    for earlier, later in surnames.spellings([texts[one] for one in lone.tolist()]):
        one, other = lone[earlier], lone[later]
        if root[one] == one and root[other] == other:
            root[other] = one
    return root, score


def _kinds(entity: Numbers, guess: Sequence[str], mentions: Numbers, number: int) -> list[str]:
    """The kind of each entity: the guess that has most mentions, of equal ones the first of the alphabet."""
    code, kinds = pd.factorize(np.array(guess, object), sort=True)
    pair, place = np.unique(entity * len(kinds) + code, return_inverse=True)
    weight = np.where(np.array(guess, object) == "unknown", 0, mentions)
    total = np.bincount(place, weight, len(pair)).astype(np.int64)
    of, code = np.divmod(pair, max(len(kinds), 1))
    best = np.lexsort((code, -total, of))
    best = best[np.unique(of[best], return_index=True)[1]]
    found = np.full(number, "", object)
    found[of[best]] = np.array(kinds, object)[code[best]]
    result: list[str] = found.tolist()
    return result


def _rows(found: _Unknown, facts: _Facts, sounds: Remembered) -> pd.DataFrame:
    """A reading for each unknown name."""
    rows, entities = found.row.tolist(), found.entity.tolist()
    written = [facts.surfaces[row] for row in rows]
    varies = [found.name[one] != facts.texts[row] for row, one in zip(rows, entities, strict=True)]
    spelled = [at for at, one in enumerate(entities) if varies[at] and found.kind[one] in _PEOPLE]
    canonical = _canonical(written, entities, spelled, found, sounds)
    said = [
        f"In no authority; a spelling of {found.name[one]}." if other else "In no authority; an entity of its own."
        for one, other in zip(entities, varies, strict=True)
    ]
    return pd.DataFrame({
        "run": written, "start": 0, "end": _lengths(written), "surface": written,
        "entity_id": [found.id[one] for one in entities], "kind": [found.kind[one] for one in entities],
        "canonical": canonical, "method": "cluster", "score": found.score, "status": "accepted", "explanation": said,
        "is_full": np.array([" " in facts.texts[row] for row in rows], bool), "is_default": True,
    })  # fmt: skip


def _canonical(
    written: Sequence[str], entities: Sequence[int], spelled: Sequence[int], found: _Unknown, sounds: Remembered
) -> list[str]:
    """How the surfaces are written, those that are `spelled` otherwise as their entity's name is."""
    canonical = list(written)
    names = [found.name[entities[at]] for at in spelled]
    respelled = respell([written[at] for at in spelled], names, sounds=sounds.sounds)
    for at, text in zip(spelled, respelled, strict=True):
        canonical[at] = text
    return canonical


def _lone(found: _Unknown, facts: _Facts, sounds: Remembered) -> pd.DataFrame:
    """Lone surnames, known or not: a reading for each unknown person whose full name ends so."""
    bearers, written = _bearers(found, facts)
    single = [row for row, text in enumerate(facts.texts) if facts.is_name[row] and " " not in text]
    single = [row for row in single if plausible.may_be_surname(facts.texts[row])]
    unknown = set(found.row.tolist())
    others = _other_spellings([row for row in single if row in unknown], written, facts)
    readings: list[tuple[int, int, bool]] = []
    for row in single:
        own = bearers.get(facts.folded[row], {})
        more = {one for key in others.get(facts.folded[row], ()) for one in bearers[key]} if row in unknown else ()
        either = sorted((found.id[one], one, one not in own) for one in {*own, *more})
        readings += [(row, one, is_spelling) for _, one, is_spelling in either]
    surfaces = [facts.surfaces[row] for row, _, _ in readings]
    spelled = [at for at, (_, _, is_spelling) in enumerate(readings) if is_spelling]
    canonical = _canonical(surfaces, [one for _, one, _ in readings], spelled, found, sounds)
    return pd.DataFrame({
        "run": surfaces, "start": 0, "end": _lengths(surfaces), "surface": surfaces,
        "entity_id": [found.id[one] for _, one, _ in readings], "kind": "person", "canonical": canonical,
        "method": "cluster", "score": 0.5, "status": "context",
        "explanation": [f"Lone surname of {found.name[one]}, who is in no authority." for _, one, _ in readings],
        "is_full": False, "is_default": False,
    })  # fmt: skip


def _lengths(texts: Sequence[str]) -> Numbers:
    return np.fromiter(map(len, texts), np.int64, len(texts))


def _bearers(found: _Unknown, facts: _Facts) -> tuple[dict[str, dict[int, None]], dict[str, str]]:
    """The unknown people who bear each surname, folded; and how that is written where it is written best."""
    bearers: dict[str, dict[int, None]] = {}
    written: dict[str, str] = {}
    for row, one in zip(found.row.tolist(), found.entity.tolist(), strict=True):
        if found.kind[one] == "person" and " " in facts.texts[row]:
            key = facts.folded[row].rpartition(" ")[2]
            bearers.setdefault(key, {})[one] = None
            written.setdefault(key, facts.texts[row].rpartition(" ")[2])
    return bearers, written


def _other_spellings(lone: Sequence[int], written: dict[str, str], facts: _Facts) -> dict[str, list[str]]:
    """For lone surnames, folded, the surnames borne by somebody that they are other spellings of."""
    spelled = written | {
        facts.folded[row]: facts.texts[row] for row in reversed(lone) if facts.folded[row] not in written
    }
    keys = [*written, *(key for key in dict.fromkeys(facts.folded[row] for row in lone) if key not in written)]
    found: dict[str, list[str]] = {}
    for a, b in surnames.spellings([spelled[key] for key in keys]):
        for one, other in ((keys[a], keys[b]), (keys[b], keys[a])):
            if other in written:
                found.setdefault(one, []).append(other)
    return found
