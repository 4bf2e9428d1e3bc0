"""What READ found in all seed files together: a build of thousands of files looks into three, not into thousands."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from pipelines import parquet
from pipelines.passes import read as reading
from pipelines.readers import shown
from pipelines.stages.places import Paths

SOURCES = reading.SOURCES.append(pa.field("key", pa.string()))
CHUNKS = pa.schema([(name, pa.string()) for name in ("path", "key", "chunk")] + [("size", pa.int64())])


def tell(paths: Paths, pieces: Sequence[dict[str, str]], folder: Path) -> None:
    """Write what is read of all seed files together: sources, refusals, and the files with posts."""
    places = [(piece, paths.store.place("read", piece["key"])) for piece in pieces]
    sources = [row | {"key": piece["key"]} for piece, place in places for row in reading.sources_of(place)]
    parquet.write(pa.Table.from_pylist(sources, SOURCES), folder / "sources.parquet")
    refusals = [reading.refusals_of(place) for _, place in places]
    parquet.write(pa.concat_tables([reading.REFUSALS.empty_table(), *refusals]), folder / "refusals.parquet")
    chunks = [
        {**piece, "path": shown(piece["path"]), "chunk": chunk.name, "size": chunk.stat().st_size}
        for piece, place in places
        for chunk in sorted(place.glob("chunk-*.parquet"))
    ]
    parquet.write(pa.Table.from_pylist(chunks, CHUNKS), folder / "chunks.parquet")


def told(paths: Paths, name: str) -> pa.Table:
    """What was read of all seed files: `sources`, `refusals`, or the `chunks` of posts."""
    return parquet.read(paths.store.place("told", paths.read_manifest("records")["told"]) / f"{name}.parquet")
