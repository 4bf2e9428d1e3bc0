"""The authority asked about every distinct surface, in blocks, by the workers; no surface is asked about twice.

Answers are kept from build to build while the authority, the settings and the code stay. A build asks only about the
surfaces that are new, and adds their blocks to those it has.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import parquet, work
from pipelines.growing import contents
from pipelines.names.authority import Authority
from pipelines.names.block import Block
from pipelines.names.ready import ready
from pipelines.names.settings import NameSettings
from pipelines.passes import ask as asking
from pipelines.stages.places import Paths, Run

BLOCKS, LARGEST_BLOCK = {1 << 14: 2, 1 << 18: 4, 1 << 19: 8}, 1 << 17
"""From how many surfaces on they are asked about in so many blocks, so that as many workers have the same to do; and
the most of one block. The fewer blocks there are, the fewer words are looked at in several."""
SMALL_BLOCK, MOST_SMALL = 1 << 10, 16
"""When there are more blocks of so few surfaces than that, these are asked about again together."""
TEXT_A_SURFACE = 80
"""Bytes of text whose cleaning takes as long as asking about a surface."""


def all_answers(
    paths: Paths, surfaces: pa.ChunkedArray, authority: Authority, key: str, settings: NameSettings, run: Run
) -> Iterator[Block]:
    """What the authority answers to each of the surfaces, in some of the blocks; each is read when it is asked for.

    Args:
        paths: The places of the build.
        surfaces: The distinct surfaces of the corpus, sorted.
        authority: The known entities.
        key: A digest of the files they come from.
        settings: Thresholds.
        run: Runs the pass.
    """
    version = work.digest(work.code_version("names", "passes/ask.py", "parquet.py", "feather.py"), repr(settings), key)
    store = paths.store
    kept = _kept(paths, version, surfaces)
    known = pa.chunked_array([chunk for place in kept for chunk in asking.surfaces_in(place).chunks], pa.string())
    new = surfaces.filter(pc.invert(pc.is_in(surfaces, known)))
    blocks = [(work.digest(version, *contents(block)), block) for block in _cut(new)]
    _ask(
        paths,
        [(key, block) for key, block in blocks if not store.has("answers", key)],
        version,
        authority,
        settings,
        run,
    )
    places = [*kept, *(store.place("answers", key) for key, _ in blocks)]
    paths.write_manifest("answers", {"version": version, "blocks": [place.name for place in places]})
    return map(asking.answers_in, places)


def _ask(
    paths: Paths, blocks: Sequence[tuple[str, pa.Array]], version: str, authority: Authority,
    settings: NameSettings, run: Run,
) -> None:  # fmt: skip
    if not blocks:
        return
    known = work.make(paths.store.place("authority", version), lambda folder: ready(authority).save(folder))
    inputs = paths.work / "inputs"
    inputs.mkdir(parents=True, exist_ok=True)
    calls = []
    for key, block in blocks:
        file = inputs / f"{key}.parquet"
        parquet.write(pa.table({"surface": block}), file)
        calls.append((asking.Question(file, known, settings), paths.store.place("answers", key)))
    run("Asking the authority", asking.ask, calls, sum(len(block) for _, block in blocks) * TEXT_A_SURFACE)


def _kept(paths: Paths, version: str, surfaces: pa.ChunkedArray) -> list[Path]:
    """The blocks of the build before that serve this one: asked of the same authority, and used at least by half."""
    try:
        before = paths.read_manifest("answers")
    except FileNotFoundError:
        return []
    if before["version"] != version:
        return []
    places = [paths.store.place("answers", key) for key in before["blocks"] if paths.store.has("answers", key)]
    asked = [asking.surfaces_in(place) for place in places]
    known = pa.chunked_array([chunk for one in asked for chunk in one.chunks], pa.string())
    is_used = pc.is_in(known, surfaces).to_numpy()
    used = [int(is_used[a:b].sum()) for a, b in pairwise(np.cumsum([0, *map(len, asked)]).tolist())]
    served = [place for place, one, n in zip(places, asked, used, strict=True) if 2 * n >= len(one)]
    small = {place for place, one in zip(places, asked, strict=True) if len(one) < SMALL_BLOCK}
    return served if len(small) <= MOST_SMALL else [place for place in served if place not in small]


def _cut(surfaces: pa.ChunkedArray) -> Sequence[pa.Array]:
    """The surfaces in blocks of like size: neighbours share words, which are looked at once a block."""
    wanted = [blocks for surfaces_from, blocks in BLOCKS.items() if len(surfaces) >= surfaces_from]
    number = max([1, *wanted, -(-len(surfaces) // LARGEST_BLOCK)])
    bounds = [len(surfaces) * n // number for n in range(number + 1)] if len(surfaces) else []
    whole = surfaces.combine_chunks()
    return [whole.slice(start, stop - start) for start, stop in pairwise(bounds)]
