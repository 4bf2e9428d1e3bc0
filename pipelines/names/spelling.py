"""Writes a name as its entity's canonical name is written, where it is a spelling of the same parts; else leaves it.

A part is respelled if it is a spelling, or another language's form, of a part of the canonical name. A different name
of the entity, a nickname, or a name in another script stays as it is.
"""

from collections.abc import Callable, Sequence

import numpy as np
from rapidfuzz.distance import OSA

from pipelines.names import index, known, match, romanise
from pipelines.names.align import ALIKE, EQUAL, SAME_NAME, SOUND
from pipelines.names.parts import WORD, spans

_NEAR = 0.7
"""Forms of one given name are spellings of each other up to this distance in sounds (Iosif, Joseph)."""


def respell(
    surfaces: Sequence[str],
    canonical: Sequence[str],
    person: Sequence[bool] | None = None,
    sounds: Callable[[Sequence[str]], romanise.Sounds] = romanise.sounds,
) -> list[str]:
    """Each surface with its parts written as in the canonical name beside it.

    Args:
        surfaces: Names as they stand in texts.
        canonical: For each the canonical name of its entity.
        person: Whether the entity is a person; of others only spellings that sound the same are respelled.
        sounds: What tells how parts sound.
    """
    if not len(surfaces):
        return []
    query = known.lay_out(surfaces, sounds)
    names = known.lay_out(canonical, sounds)
    made = index.entered(canonical, names.parts, names.heard)
    links = match.link(query.parts, query.heard, made)
    rows = np.arange(len(surfaces), dtype=np.int32)
    pairs = match.lay(rows, rows, query.grid, names.grid, links, query.table, names.table)
    return [
        _respelled(row, surfaces[row], query, names, pairs, person is None or person[row])
        for row in range(len(surfaces))
    ]


def _respelled(row: int, surface: str, query: known.Names, names: known.Names, pairs: match.Pairs, person: bool) -> str:
    tokens = query.parts.token[query.parts.first[row] : query.parts.first[row + 1]]
    grid, own = query.grid, names.grid
    shift = {int(token): column for column, token in enumerate(grid.token[row]) if token >= 0}
    if not _same_parts(row, query, names, pairs) or not (person or _sounds_the_same(row, query, names, pairs)):
        return surface
    result = list(surface)
    pieces: list[tuple[int, int, str]] = []
    for (start, end), token in zip(spans(surface), tokens, strict=True):
        column = shift.get(int(token), -1)
        if column < 0 or pairs.to[row, column] < 0:
            continue
        target = names.parts.tokens[own.token[row, pairs.to[row, column]]]
        how, role = pairs.how[row, column], grid.role[row, column]
        written = surface[start:end]
        if (role == WORD and how in (SOUND, ALIKE, EQUAL)) or (
            role == WORD and how == SAME_NAME and (_near(written, target) or _sounds_near(row, column, pairs))
        ):
            pieces.append((start, end, _in_case(target, written)))
    for start, end, text in reversed(pieces):
        result[start:end] = text
    return "".join(result)


def _same_parts(row: int, query: known.Names, names: known.Names, pairs: match.Pairs) -> bool:
    """Whether the surface names by the canonical name's own surname, in its script."""
    grid = query.grid
    words = [c for c in range(len(grid.role[row])) if grid.role[row, c] == WORD]
    answers = [c for c in words if pairs.to[row, c] >= 0 and pairs.how[row, c] in (ALIKE, SOUND, EQUAL, SAME_NAME)]
    latin = [
        _latin(query.parts.folded[grid.token[row, c]])
        == _latin(names.parts.folded[names.grid.token[row, pairs.to[row, c]]])
        for c in answers
    ]
    surname = names.grid.last[row]
    named = any(pairs.to[row, c] == surname and pairs.how[row, c] in (ALIKE, SOUND, EQUAL) for c in answers)
    return bool(answers) and all(latin) and named


def _sounds_the_same(row: int, query: known.Names, names: known.Names, pairs: match.Pairs) -> bool:
    size = int(query.grid.size[row])
    return size == int(names.grid.size[row]) and bool((pairs.how[row, :size] >= SOUND).all())


def _latin(folded: str) -> bool:
    return folded < "\u0250"


def _near(written: str, target: str) -> bool:
    """Whether two forms of a given name are so near that one reads as a spelling of the other."""
    left, right = written.casefold(), target.casefold()
    return left[:1] == right[:1] and OSA.normalized_similarity(left, right) >= 0.5


def _sounds_near(row: int, column: int, pairs: match.Pairs) -> bool:
    link = int(pairs.link[row, column])
    return link >= 0 and float(pairs.links.sound[link]) <= _NEAR


def _in_case(target: str, written: str) -> str:
    return target.upper() if len(written) > 1 and written.isupper() else target
