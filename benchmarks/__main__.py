"""`make bench`: measures everything in one run and writes docs/benchmarks.md and docs/benchmarks.png.

    python -m benchmarks [--sizes 10 30 100] [--output docs] [--folder FOLDER]

With the default sizes it takes some ten minutes on two free cores; 300 and 1000 (MB) are worth an hour of their own.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path

from benchmarks import incremental
from benchmarks.corpus import REAL_MEGABYTES, Corpus, corpus
from benchmarks.measure import ROOT, Bench, checksums, size_on_disk
from benchmarks.tables import Figures, Row, draw, page

SAMPLES = ROOT / "seeds" / "raw"
CLUSTER = "dask, scheduler and 2 workers apart"


def main() -> None:
    """Measures, prints and writes the page."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measure builds side by side.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 30, 100], help="megabytes of text")
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="where benchmarks.md and .png go")
    parser.add_argument("--folder", type=Path, help="an empty folder to work in, kept; else a temporary one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        figures = measure(Bench((given.folder or Path(temporary)).absolute()), sorted(given.sizes))
    text = page(figures)
    print(text)
    given.output.mkdir(parents=True, exist_ok=True)
    (given.output / "benchmarks.md").write_text(text, encoding="utf-8")
    draw(figures, given.output / "benchmarks.png")


def measure(bench: Bench, sizes: list[int]) -> Figures:
    """All measures, each told when it is done."""
    bench.build(SAMPLES, bench.folder / "first")  # byte code, and what the system reads for the first time
    fixed = bench.build(SAMPLES, bench.folder / "samples")
    print(f"fixed cost: {fixed.cpu:.1f} CPU s", flush=True)
    corpora = {megabytes: corpus(bench.folder / f"seeds-{megabytes}", megabytes) for megabytes in sizes}
    real = corpora[max((size for size in sizes if size <= REAL_MEGABYTES), default=sizes[0])]
    by_workers = measure_workers(bench, real)
    by_size = []
    for given in corpora.values():
        data = bench.folder / f"data-{given.text_bytes}"
        taken = bench.build(given.folder, data)
        by_size.append(Row(given.origin, given.text_bytes, taken, size_on_disk((data / "latest").resolve())))
        print(f"{given.text_bytes / 1e6:.0f} MB: {taken.cpu:.1f} CPU s, {taken.wall:.1f} s", flush=True)
    by_stage = json.loads(
        bench.python("benchmarks.stages", str(real.folder), str(bench.folder / "stages")).output.splitlines()[-1]
    )
    peers = json.loads(bench.python("benchmarks.peers", str(real.folder)).output.splitlines()[-1])
    changed = incremental.measure(bench, sizes[0])
    cores = len(os.sched_getaffinity(0))
    return Figures(cores, fixed, by_size, by_workers, real.text_bytes, by_stage, peers, changed)


def measure_workers(bench: Bench, given: Corpus) -> dict[str, tuple[Row, bool]]:
    """The same build by one process, by two, by Dask; and whether it has the bytes of the first."""
    ways = {
        "1 process": {"VARIORUM_WORKERS": "1"},
        "2 processes": {"VARIORUM_WORKERS": "2"},
        "dask, 2 workers": {"VARIORUM_WORKERS": "2", "VARIORUM_ENGINE": "dask"},
        CLUSTER: {},
    }
    rows: dict[str, tuple[Row, bool]] = {}
    first = ""
    for name, environment in ways.items():
        data = bench.folder / name.replace(" ", "-").replace(",", "")
        build = bench.build_on_cluster if name == CLUSTER else bench.build
        taken = build(given.folder, data, **environment)
        first = first or checksums(data)
        rows[name] = (Row(given.origin, given.text_bytes, taken, 0), checksums(data) == first)
        print(f"{name}: {taken.cpu:.1f} CPU s, {taken.wall:.1f} s", flush=True)
    return rows


if __name__ == "__main__":
    main()
