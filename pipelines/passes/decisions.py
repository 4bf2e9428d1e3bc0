"""What a person decided, put over what the rules say: at whole names, or where no name was found.

A surface may be given as it was written or as it is cleaned. A decision for one post wins over one for everywhere.
What decisions.csv may say: `pipelines.names.authority`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from pipelines.names.context import Reading
from pipelines.names.spelling import respell
from pipelines.passes.names import Mentions
from pipelines.passes.spans import Ints

Decision = Mapping[str, Any]


def decide_by_hand(
    mentions: Mentions,
    as_written: Mapping[int, str],
    decisions: Sequence[Decision],
    post_ids: Sequence[str],
    text: str,
    base: Ints,
) -> tuple[Mentions, set[int]]:
    """The mentions after all decisions, and the lines of the decisions that matched something.

    Args:
        mentions: what the rules found.
        as_written: the mentions' surfaces before cleaning, by number; of those that a decision may be about.
        decisions: rows with `line`, `surface`, `post_id`, `entity_id` (None: not a name), and the entity's `kind`,
            `canonical`, `explanation` and `label`.
        post_ids: of the posts, in their order.
        text: the cleaned texts laid end to end.
        base: where each text starts.
    """
    if not decisions:
        return mentions, set()
    book = _Book(decisions)
    standing = {
        at: decision
        for at, surface in as_written.items()
        if surface in book.by_surface and (decision := book.find(surface, post_ids[mentions.post[at]]))
    }
    new: list[tuple[int, int, int, Decision]] = []
    for start, end in _occurrences(book.by_surface, text):
        post = int(np.searchsorted(base, start, side="right")) - 1
        at, is_taken = _standing(mentions, start, end)
        decision = book.find(text[start:end], post_ids[post])
        if decision and at is not None:
            standing.setdefault(at, decision)
        elif decision and not is_taken:
            new.append((post, start, end, decision))
    used = {int(decision["line"]) for decision in (*standing.values(), *(decision for *_, decision in new))}
    return _decided(mentions, standing, new, text), used


class _Book:
    """The decisions by surface and post."""

    def __init__(self, decisions: Sequence[Decision]) -> None:
        self.by_surface: defaultdict[str, dict[str, Decision]] = defaultdict(dict)
        for decision in decisions:
            self.by_surface[decision["surface"]][decision["post_id"] or ""] = decision

    def find(self, surface: str, post_id: str) -> Decision | None:
        """What was decided about a surface in a post."""
        found = self.by_surface.get(surface, {})
        return found.get(post_id) or found.get("")


def _occurrences(surfaces: Iterable[str], text: str) -> Iterator[tuple[int, int]]:
    """Where surfaces stand as whole words, in order; of two that share a character the first, then the longer one."""
    found = [span for surface in surfaces for span in _stands(surface, text)]
    reached = 0
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= reached:
            yield start, end
            reached = end


def _stands(surface: str, text: str) -> Iterator[tuple[int, int]]:
    start = text.find(surface)
    while start >= 0:
        end = start + len(surface)
        if not _is_word(text[start - 1 : start]) and not _is_word(text[end : end + 1]):
            yield start, end
        start = text.find(surface, start + 1)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _decided(
    mentions: Mentions, standing: Mapping[int, Decision], new: Sequence[tuple[int, int, int, Decision]], text: str
) -> Mentions:
    """The mentions with other readings, without those that are no names, and with those that only people found."""
    readings, reading = mentions.readings, mentions.reading.copy()
    for at, decision in standing.items():
        if decision["entity_id"] is not None:
            reading[at] = readings.add(_reading(decision, text[mentions.start[at] : mentions.end[at]]))
    dropped = [at for at, decision in standing.items() if decision["entity_id"] is None]
    added = [
        (post, start, end, readings.add(_reading(decision, text[start:end])))
        for post, start, end, decision in new
        if decision["entity_id"] is not None
    ]
    return mentions.changed(reading, dropped, added)


def _standing(mentions: Mentions, start: int, end: int) -> tuple[int | None, bool]:
    """The mention with just this span, and whether any mention shares a character with it."""
    at = int(np.searchsorted(mentions.end, start, side="right"))  # the first one that ends behind the start
    if at == len(mentions.start) or mentions.start[at] >= end:
        return None, False
    return at if (mentions.start[at], mentions.end[at]) == (start, end) else None, True


def _reading(decision: Decision, written: str) -> Reading:
    """What a decision says of a name that stands like this in the cleaned text."""
    entity, kind, canonical = decision["entity_id"], decision["kind"], decision["canonical"]
    if written != decision["surface"]:  # it was cleaned
        spelled = kind == "person" and decision["label"] != decision["surface"]
        canonical = respell([written], [decision["label"]])[0] if spelled else written
    return Reading(
        entity, kind, canonical, "decision", 1.0, "accepted", decision["explanation"], True, decision["label"]
    )
