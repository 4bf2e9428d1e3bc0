"""The measures as a page of Markdown and as a picture."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.incremental import Incremental
from benchmarks.measure import Taken

MEGA = 1e6
HEAD = """# Benchmarks

Written by `make bench`; every figure is of one run on one machine with {cores} cores. CPU seconds are those of the
whole process tree. What counts are ratios: other load of the machine changes seconds, and hardly the ratios.
Corpora: {origins}.
Workers, stages and peers: the {studied:.0f} MB.
The fixed cost is a build of the sample seeds, {fixed:.1f} CPU seconds; it is left out where it says so.
"""


@dataclass(frozen=True)
class Row:
    """One build: what the text was made from, its bytes, what it took, bytes of the release."""

    origin: str
    text_bytes: int
    taken: Taken
    disk: int


@dataclass(frozen=True)
class Figures:
    """Everything that was measured in one run."""

    cores: int
    fixed: Taken
    by_size: list[Row]
    by_workers: dict[str, tuple[Row, bool]]
    stage_bytes: int
    by_stage: dict[str, float]
    peers: dict[str, dict[str, Any]]
    changed: Incremental

    def rate(self, row: Row) -> float:
        """MB of text per CPU second, the fixed cost left out."""
        return row.text_bytes / MEGA / max(row.taken.cpu - self.fixed.cpu, 0.01)


def page(figures: Figures) -> str:
    """The page."""
    origins = ", ".join(f"{row.text_bytes / MEGA:.0f} MB: {row.origin}" for row in figures.by_size)
    parts = [
        HEAD.format(cores=figures.cores, origins=origins, studied=figures.stage_bytes / MEGA, fixed=figures.fixed.cpu),
        "![Throughput, time and memory](benchmarks.png)\n",
        "## By size\n",
        _sizes(figures),
        "## By workers\n",
        _workers(figures),
        "## By stage\n",
        _stages(figures),
        "## Peers on the same text\n",
        _peers(figures),
        "## One of 1,000 files changes\n",
        _changed(figures),
    ]
    return "\n".join(parts)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def _sizes(figures: Figures) -> str:
    first = figures.by_size[0]
    rows = [
        [
            f"{row.text_bytes / MEGA:.0f} MB",
            f"{row.taken.cpu:.1f}",
            f"{row.taken.wall:.1f}",
            f"{figures.rate(row):.2f}",
            f"{row.text_bytes / first.text_bytes:.1f}",
            f"{(row.taken.cpu - figures.fixed.cpu) / (first.taken.cpu - figures.fixed.cpu):.1f}",
            f"{row.taken.pss / MEGA:,.0f} ({row.taken.rss / MEGA:,.0f})",
            f"{row.disk / row.text_bytes:.2f}",
        ]
        for row in figures.by_size
    ]
    head = ["text", "CPU s", "wall s", "MB per CPU s, without fixed cost", "times the text", "times the CPU"]
    head += ["peak memory MB (shared pages counted for every process)", "release, bytes per byte of text"]
    return _table(head, rows)


def _workers(figures: Figures) -> str:
    first = next(iter(figures.by_workers.values()))[0].taken
    rows = [
        [name, f"{row.taken.cpu:.1f}", f"{row.taken.wall:.1f}", f"{first.wall / row.taken.wall:.2f}"]
        + [f"{row.taken.pss / MEGA:,.0f} ({row.taken.rss / MEGA:,.0f})", "the same" if same else "OTHER"]
        for name, (row, same) in figures.by_workers.items()
    ]
    return _table(["workers", "CPU s", "wall s", "times as fast", "peak memory MB", "bytes"], rows)


def _stages(figures: Figures) -> str:
    total = sum(figures.by_stage.values())
    rows = [
        [name, f"{cpu:.2f}", f"{cpu / total:.0%}", f"{figures.stage_bytes / MEGA / max(cpu, 0.001):.1f}"]
        for name, cpu in figures.by_stage.items()
    ]
    rows.append(["all", f"{total:.2f}", "100%", f"{figures.stage_bytes / MEGA / total:.2f}"])
    return _table(["stage", "CPU s", "share", "MB per CPU s"], rows)


def _peers(figures: Figures) -> str:
    total = figures.stage_bytes / MEGA / sum(figures.by_stage.values())
    rows = [["**Variorum, the whole build**", f"{total:.2f} MB", "1"]]
    resolving = figures.by_stage["resolve names"]
    for name, found in figures.peers.items():
        if "missing" in found:
            rows.append([name, f"not measured: {found['missing']}", ""])
        elif name.startswith("rapidfuzz"):
            rows.append([name, f"{found['amount'] / found['cpu']:,.0f} names", f"resolving took {resolving:.1f} CPU s"])
        else:
            rate = found["amount"] / MEGA / found["cpu"]
            rows.append([name, f"{rate:.2f} MB", f"{rate / total:.2g}"])
    note = (
        "Imports are left out. Models of spaCy are in no package index; where one is installed, it is measured too.\n"
    )
    return _table(["tool", "per CPU s", "times as fast"], rows) + "\n" + note


def _changed(figures: Figures) -> str:
    found = figures.changed
    wanted = 0.05 * found.full + figures.fixed.cpu
    rows = [
        ["full build", f"{found.full:.1f}", "100%"],
        ["nothing changed", f"{found.unchanged:.1f}", f"{found.unchanged / found.full:.0%}"],
        ["one file changed", f"{found.changed:.1f}", f"{found.changed / found.full:.0%}"],
        ["5% of the full build and the fixed cost", f"{wanted:.1f}", f"{wanted / found.full:.0%}"],
    ]
    same = "the same bytes as" if found.is_same else "OTHER bytes than"
    note = f"\nThe build after one file changed has {same} a build from scratch.\n"
    return _table(["build", "CPU s", "of the full build"], rows) + note


def draw(figures: Figures, file: Path) -> None:
    """Three panels: CPU and memory by size, CPU by stage."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    picture, (time, memory, stages) = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
    sizes = [row.text_bytes / MEGA for row in figures.by_size]
    for axes, values, title in (
        (time, [row.taken.cpu for row in figures.by_size], "CPU seconds"),
        (memory, [row.taken.pss / MEGA for row in figures.by_size], "Peak memory, MB"),
    ):
        axes.plot(sizes, values, marker="o", color="#22577a")
        axes.set(title=title, xlabel="MB of text", ylim=(0, None), xlim=(0, None))
    names = list(figures.by_stage)[::-1]
    stages.barh(names, [figures.by_stage[name] for name in names], color="#38a3a5")
    stages.set(title=f"CPU seconds by stage, {figures.stage_bytes / MEGA:.0f} MB")
    picture.savefig(file, dpi=110, metadata={"Software": None})
    plt.close(picture)
