"""One whole build of the sample seeds, held against what people have read and agreed to.

After a change that is meant, write the files anew with `VARIORUM_GOLDEN=write make test` and read the difference.
"""

import os
from pathlib import Path

import pandas as pd
import pytest

from pipelines.stages.places import Paths
from tests.builds import ROOT, build, tables

GOLDEN = ROOT / "tests" / "golden"
COLUMNS = {
    "sources": ["path", "format", "encoding", "n_posts", "n_quarantined", "status"],
    "variants": ["surface", "entity_id", "canonical", "method", "status", "n_mentions"],
    "edits": ["post_id", "kind", "rule", "before", "after"],
    "quarantine": ["path", "locator", "reason"],
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    paths = Paths(ROOT / "seeds" / "raw", ROOT / "seeds" / "reference", tmp_path_factory.mktemp("golden"))
    return tables(build(paths))


def as_text(frame: pd.DataFrame) -> list[str]:
    return frame.to_csv(index=False, lineterminator="\n").splitlines()


@pytest.mark.parametrize("name", COLUMNS)
def test_the_sample_build_is_the_one_that_was_read(name: str, built: dict[str, pd.DataFrame]) -> None:
    file: Path = GOLDEN / f"{name}.csv"
    rows = as_text(built[name][COLUMNS[name]])
    if os.environ.get("VARIORUM_GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert rows == file.read_text(encoding="utf-8").splitlines()
