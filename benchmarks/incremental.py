"""One of 1,000 files changes: what the next build takes, and whether its bytes are those of a build from scratch."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import FILE_CHARACTERS, prose
from benchmarks.measure import Bench, checksums

FILES = 1000


@dataclass(frozen=True)
class Incremental:
    """CPU seconds of three builds on the same seeds, and whether the last two published the same."""

    full: float
    unchanged: float
    changed: float
    is_same: bool


def measure(bench: Bench, megabytes: int) -> Incremental:
    """A full build, one without any change, one after one file changed, and one of that from scratch."""
    seeds, data = bench.folder / "thousand", bench.folder / "thousand-data"
    write(seeds, megabytes)
    full = bench.build(seeds, data)
    unchanged = bench.build(seeds, data)
    file = seeds / f"{FILES // 2:04}.txt"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "\nKrushchev met Velimir Okhotsimov in Petrograd.\n", encoding="utf-8")
    changed = bench.build(seeds, data)
    bench.build(seeds, bench.folder / "thousand-scratch")
    same = checksums(data) == checksums(bench.folder / "thousand-scratch")
    return Incremental(full.cpu, unchanged.cpu, changed.cpu, same)


def write(folder: Path, megabytes: int) -> None:
    """A thousand plain texts."""
    folder.mkdir(parents=True, exist_ok=True)
    size = min(megabytes * 1_000_000 // FILES, FILE_CHARACTERS)
    texts = prose()
    for number in range(FILES):
        parts: list[str] = []
        while sum(map(len, parts)) < size:
            parts.append(next(texts))
        (folder / f"{number:04}.txt").write_text("\n\n".join(parts)[:size], encoding="utf-8")
