"""Lone surnames in their post and thread: which bearer of the name is meant.

A bearer who is fully named in the same post is meant; else one who is fully named in the same thread; else the default
reading of the surface holds. Two bearers in one place are a doubt, which is shown. Who bears a name: `resolve`.
"""

from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from pipelines.names import lexicon, surnames
from pipelines.names.authority import NEW
from pipelines.names.beside import NAMESAKE

SAME_POST_SCORE = 0.97
SAME_THREAD_SCORE = 0.93


class Reading(NamedTuple):
    """One way to read a surface: a row of `resolve`'s readings."""

    entity_id: str
    kind: str
    canonical: str
    method: str
    score: float
    status: str
    explanation: str
    is_full: bool
    label: str  # the entity's display name, for explanations


class Name(NamedTuple):
    """A name in a candidate surface: where it stands there, its default reading, and its readings by bearer."""

    start: int
    end: int
    surface: str
    default: Reading
    bearers: dict[str, Reading]

    def full_entity(self) -> str | None:
        """The entity that this surface names fully and for certain."""
        certain = self.default.is_full and self.default.status == "accepted"
        return self.default.entity_id if certain else None


def decide(name: Name, in_post: Sequence[str], in_thread: Set[str]) -> Reading:
    """The reading that holds for a name.

    Args:
        name: a name with its readings.
        in_post: entities fully named in the same post, in the order of the text.
        in_thread: entities fully named in the same thread.
    """
    if not name.bearers or name.default.method == "decision" or name.full_entity():
        return name.default
    bearers = _likely(name)
    here = [entity for entity in dict.fromkeys(in_post) if entity in bearers]
    if here:
        return _from_context(name, here, "post", SAME_POST_SCORE)
    there = sorted(entity for entity in bearers if entity in in_thread)
    if there:
        return _from_context(name, there, "thread", SAME_THREAD_SCORE)
    return name.default


def _likely(name: Name) -> Mapping[str, Reading]:
    """The bearers who may be meant: a man's form of a name that a known man bears is no unknown woman's.

    English papers write Galina Brezhnev; Brezhnev alone is her father.
    """
    known = name.default.status == "accepted" and not name.default.entity_id.startswith(NEW)
    if not known or not surnames.is_mans(name.surface):
        return name.bearers
    return {
        entity: reading
        for entity, reading in name.bearers.items()
        if not entity.startswith(NEW) or not lexicon.is_of("female", reading.label.split()[0])
    }


def doubted(reading: Reading, surface: str, against: str) -> Reading | None:
    """A reading put to review because of what stands beside the lone name, none where that does not matter.

    Args:
        reading: the reading that holds otherwise.
        surface: the name as it stands.
        against: one of `beside.AGAINST`.
    """
    if reading.kind != "person" or reading.status != "accepted" or reading.method == "decision":
        return None
    if against == NAMESAKE:
        why = f"“{surface}” here may be a place that bears the name of {reading.label}."
    elif lexicon.is_of("male", reading.label.split()[0]):
        why = f"“{surface}” has the title of a woman here; {reading.label} is the bearer of the name."
    else:
        return None
    return reading._replace(status="review", canonical=surface, score=0.5, explanation=why)


def _from_context(name: Name, found: Sequence[str], place: str, score: float) -> Reading:
    reading = name.bearers[found[0]]
    if found == [name.default.entity_id] and name.default.status == "accepted" and name.default.score >= score:
        return name.default
    if len(found) == 1:
        return reading._replace(
            method="context",
            score=score,
            status="accepted",
            explanation=f"“{name.surface}” alone; its bearer {reading.label} is named in full in the same {place}.",
        )
    others = "; ".join(name.bearers[entity].label for entity in found)
    return reading._replace(
        method="context",
        score=round(1 / len(found), 3),
        status="review",
        canonical=name.surface,
        explanation=f"“{name.surface}” alone; several bearers are named in full in the same {place}: {others}.",
    )
