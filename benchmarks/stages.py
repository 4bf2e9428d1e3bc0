"""CPU seconds of each stage, in one process: `python -m benchmarks.stages SEEDS DATA` prints a line of JSON."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT
from pipelines import release, report
from pipelines.passes import warm
from pipelines.settings import Settings
from pipelines.stages import core, counted, out, raw, surfaces, verify
from pipelines.stages.places import Paths


def inline(label: str, function: Callable[..., Path], calls: Sequence[tuple[Any, ...]], size: int) -> None:  # noqa: ARG001
    for call in calls:
        function(*call)


def stages(paths: Paths) -> dict[str, float]:
    """CPU seconds by stage; tables that every process fills once are filled before."""
    warm.warm()
    settings = Settings()
    steps: dict[str, Callable[[], Any]] = {
        "read": lambda: (raw.list_sources(paths), raw.read_records(paths, inline)),
        "clean, find": lambda: core.prepare_groups(paths, inline),
        "merge": lambda: surfaces.merge(paths, inline),
        "judge words": lambda: core.judge_words(paths, settings, inline),
        "resolve names": lambda: core.resolve_names(paths, settings, inline),
        "apply, write": lambda: out.apply_groups(paths, settings, inline),
        "small tables": lambda: (
            out.sources_table(paths),
            out.quarantine_table(paths),
            counted.variants_table(paths, inline),
            counted.entities_table(paths, inline),
        ),
        "report": lambda: report.make_report(paths, inline),
        "verify": lambda: verify.refuse_broken(verify.all_offences(paths, inline)),
        "publish": lambda: release.publish(paths.data, out.table_files(paths), out.beside(paths)),
    }
    taken = {}
    for name, step in steps.items():
        started = time.process_time()
        step()
        taken[name] = time.process_time() - started
    return taken


if __name__ == "__main__":
    print(json.dumps(stages(Paths(Path(sys.argv[1]), ROOT / "seeds" / "reference", Path(sys.argv[2])))))
