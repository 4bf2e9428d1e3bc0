"""The algebra of reversible edits: apply, compose, undo, map offsets.

Every stage that changes a text (clean-up, spelling, names) returns a list of `Edit`; here such lists are composed into
one list from the text as written to the text as published. What edits mean, and why they are made, stands elsewhere.

A list of edits is *normal* when it is sorted, its spans don't overlap, and no edit leaves its span as it was.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from operator import add, itemgetter
from typing import NamedTuple

NO_MENTION = -1


class Edit(NamedTuple):
    """One replacement: `text[start:end]` becomes `after`. Offsets are half-open code points of the stage's input."""

    start: int
    end: int
    after: str
    kind: str
    rule: str
    mention: int = NO_MENTION
    score: float | None = None


def apply(text: str, edits: Sequence[Edit]) -> str:
    """The text after all edits."""
    if not edits:
        return text
    parts: list[str] = []
    position = 0
    for edit in edits:
        parts.append(text[position : edit.start])
        parts.append(edit.after)
        position = edit.end
    parts.append(text[position:])
    return "".join(parts)


def invert(text: str, edits: Sequence[Edit]) -> list[Edit]:
    """The edits that lead from `apply(text, edits)` back to `text`."""
    inverse: list[Edit] = []
    shift = 0
    for edit in edits:
        start = edit.start + shift
        inverse.append(edit._replace(start=start, end=start + len(edit.after), after=text[edit.start : edit.end]))
        shift += len(edit.after) - (edit.end - edit.start)
    return inverse


def normal(text: str, edits: Iterable[Edit]) -> list[Edit]:
    """The edits sorted and without those that change nothing.

    Raises:
        ValueError: two edits overlap, insert at one place, or lie outside the text.
    """
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    position = 0
    insertion = -1
    for edit in ordered:
        is_insertion = edit.start == edit.end
        if not position <= edit.start <= edit.end <= len(text) or (is_insertion and edit.start == insertion):
            raise ValueError(f"Edit {edit} overlaps another or lies outside the text of {len(text)} characters.")
        position = edit.end
        insertion = edit.start if is_insertion else -1
    return [edit for edit in ordered if text[edit.start : edit.end] != edit.after]


class Placed(NamedTuple):
    """An edit of either stage, placed in the text between the two stages."""

    start: int
    end: int
    stage: int
    edit: Edit


def compose(text: str, first: Sequence[Edit], second: Sequence[Edit]) -> list[Edit]:
    """One normal list that does to `text` what `first` and then `second` (in offsets of first's output) do.

    Edits that touch the same characters become one, which names both rules and has the kind of the later stage.
    """
    if not first:
        return list(second)
    if not second:
        return list(first)
    return _side_by_side(first, second) or list(merge(text, _placed(first, second), 0))


def _side_by_side(first: Sequence[Edit], second: Sequence[Edit]) -> list[Edit]:
    """Both lists as one where the first moves nothing and none of its edits meets one of the second; else nothing."""
    if any(edit.end - edit.start != len(edit.after) for edit in first) or any(edit[0] == edit[1] for edit in second):
        return []
    both = sorted([*first, *second], key=itemgetter(0))
    return both if all(left.end <= right.start for left, right in pairwise(both)) else []


def merge(text: str, placed: list[Placed], shift: int) -> Iterator[Edit]:
    """The edits of both stages that lie together, as edits of the first stage's input.

    Args:
        text: the input of the first stage.
        placed: edits of both stages in their order; none that isn't here touches one of them.
        shift: by how much all edits of the first stage before them have made the text longer.
    """
    for group in _groups(placed):
        if len(group) == 1 and group[0].stage == 0:
            edit = group[0].edit
            shift += len(edit.after) - (edit.end - edit.start)
            yield edit
            continue
        start = group[0].start - shift
        if len(group) == 1:
            edit = group[0].edit
            if text[start : edit.end - shift] != edit.after:
                yield Edit(start, edit.end - shift, *edit[2:])
            continue
        shift += sum(len(p.edit.after) - (p.edit.end - p.edit.start) for p in group if p.stage == 0)
        end = max(p.end for p in group) - shift
        merged = _merge(text, start, end, group)
        if text[start:end] != merged.after:
            yield merged


def _placed(first: Sequence[Edit], second: Sequence[Edit]) -> list[Placed]:
    placed = [Placed(edit.start, edit.end, 1, edit) for edit in second]
    shift = 0
    for edit in first:
        start = edit.start + shift
        placed.append(Placed(start, start + len(edit.after), 0, edit))
        shift += len(edit.after) - (edit.end - edit.start)
    placed.sort(key=lambda p: (p.start, p.start < p.end, p.stage, p.end))
    return placed


def _groups(placed: list[Placed]) -> Iterable[list[Placed]]:
    group: list[Placed] = []
    reach = 0
    for item in placed:
        if group and (item.start < reach or (item.start == reach and any(_meet(other, item) for other in group))):
            group.append(item)
            reach = max(reach, item.end)
            continue
        if group:
            yield group
        group, reach = [item], item.end
    if group:
        yield group


def _meet(left: Placed, right: Placed) -> bool:
    """Whether two edits that only touch would stand at one place of the input, where their order would be lost."""
    if left.end != right.start or left.stage == right.stage:
        return False
    first, second = (left, right) if left.stage == 0 else (right, left)
    inserts = second.start == second.end
    return inserts and (first.start == first.end or first.edit.start == first.edit.end)


def _merge(text: str, start: int, end: int, group: list[Placed]) -> Edit:
    between = group[0].start
    firsts = [p.edit._replace(start=p.edit.start - start, end=p.edit.end - start) for p in group if p.stage == 0]
    seconds = [p.edit._replace(start=p.start - between, end=p.end - between) for p in group if p.stage == 1]
    after = apply(apply(text[start:end], firsts), seconds)
    leading = max(seconds, key=lambda edit: (edit.mention, edit.end - edit.start)) if seconds else firsts[0]
    rules = dict.fromkeys(rule for edit in (*firsts, *seconds) for rule in edit.rule.split("+"))
    return leading._replace(start=start, end=end, after=after, rule="+".join(rules))


class Offsets:
    """Maps spans between a text and what its edits make of it, both ways."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._starts, self._ends = [edit.start for edit in edits], [edit.end for edit in edits]
        shifts = [*accumulate([len(edit.after) - (edit.end - edit.start) for edit in edits], initial=0)]
        self._out_starts = [*map(add, self._starts, shifts)]
        self._out_ends = [*map(add, self._ends, shifts[1:])]

    def to_output(self, start: int, end: int) -> tuple[int, int]:
        """The span in the edited text; one that cuts through an edit is widened to hold all of it."""
        return _map_span(start, end, self._starts, self._ends, self._out_starts, self._out_ends)

    def to_input(self, start: int, end: int) -> tuple[int, int]:
        """The span in the text before the edits; one that cuts through an edit is widened to hold all of it."""
        return _map_span(start, end, self._out_starts, self._out_ends, self._starts, self._ends)


def _map_span(
    start: int, end: int, starts: list[int], ends: list[int], to_starts: list[int], to_ends: list[int]
) -> tuple[int, int]:
    """Map by the edits' borders. An edit that is empty on this side and stands at a border of the span lies outside."""
    if not starts:
        return start, end
    index = bisect_right(ends, start) - 1
    following = index + 1
    if following < len(starts) and starts[following] < start:
        mapped_start = to_starts[following]
    else:
        mapped_start = start + (to_ends[index] - ends[index] if index >= 0 else 0)
    if end == start:
        return mapped_start, mapped_start
    index = bisect_left(starts, end)
    if index > 0 and ends[index - 1] > end:
        mapped_end = to_ends[index - 1]
    else:
        mapped_end = end + (to_ends[index - 1] - ends[index - 1] if index > 0 else 0)
    return mapped_start, mapped_end
