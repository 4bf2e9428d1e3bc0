"""What a person decided, put over what the rules say: at whole names, or where no name was found.

A decision for one post wins over one for everywhere. What decisions.csv may say: `pipelines.names.authority`.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipelines.names.context import Reading
from pipelines.passes.names import Mentions
from pipelines.passes.spans import Ints

Decision = Mapping[str, Any]


def decide_by_hand(
    mentions: Mentions, decisions: Sequence[Decision], post_ids: Sequence[str], text: str, base: Ints
) -> tuple[Mentions, set[int]]:
    """The mentions after all decisions, and the lines of the decisions that matched something.

    Args:
        mentions: what the rules found.
        decisions: rows with `line`, `surface`, `post_id`, `entity_id` (None: not a name), and the entity's `kind`,
            `canonical`, `explanation` and `label`.
        post_ids: of the posts, in their order.
        text: the cleaned texts laid end to end.
        base: where each text starts.
    """
    if not decisions:
        return mentions, set()
    by_surface: defaultdict[str, dict[str, Decision]] = defaultdict(dict)
    for decision in decisions:
        by_surface[decision["surface"]][decision["post_id"] or ""] = decision
    readings, reading = mentions.readings, mentions.reading.copy()
    added: list[tuple[int, int, int, int]] = []
    dropped: list[int] = []
    used: set[int] = set()
    for match in _pattern(by_surface).finditer(text):
        start, end = match.span()
        post = int(np.searchsorted(base, start, side="right")) - 1
        decision_here = by_surface[match[0]].get(post_ids[post]) or by_surface[match[0]].get("")
        at, is_taken = _standing(mentions, start, end)
        if decision_here is None or (at is None and is_taken):
            continue
        used.add(int(decision_here["line"]))
        if decision_here["entity_id"] is None:
            dropped += [at] if at is not None else []
            continue
        number = readings.add(_reading(decision_here))
        if at is None:
            added.append((post, start, end, number))
        else:
            reading[at] = number
    return mentions.changed(reading, dropped, added), used


def _standing(mentions: Mentions, start: int, end: int) -> tuple[int | None, bool]:
    """The mention with just this span, and whether any mention shares a character with it."""
    at = int(np.searchsorted(mentions.end, start, side="right"))  # the first one that ends behind the start
    if at == len(mentions.start) or mentions.start[at] >= end:
        return None, False
    return at if (mentions.start[at], mentions.end[at]) == (start, end) else None, True


def _pattern(surfaces: Mapping[str, object]) -> re.Pattern[str]:
    longest_first = sorted(surfaces, key=lambda surface: (-len(surface), surface))
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")


def _reading(decision: Decision) -> Reading:
    entity, kind, canonical = decision["entity_id"], decision["kind"], decision["canonical"]
    return Reading(
        entity, kind, canonical, "decision", 1.0, "accepted", decision["explanation"], True, decision["label"]
    )
