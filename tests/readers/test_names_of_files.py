"""Files of any name go through a whole build: spaces, `!`, line ends, bytes that are no UTF-8."""

import os
import sys
from pathlib import Path

import pytest

from pipelines.readers import list_seeds, shown
from pipelines.stages.places import Paths
from tests.builds import build, tables, write_seeds
from tests.readers.samples import zipped

NAMES = ("a b.txt", "Help!.txt", "a!b/c!.txt", "new\nline.txt", "Хрущёв.txt", "e\u0301.txt", "100% `#`.txt", "-x.txt")


def test_any_name_is_built(tmp_path: Path) -> None:
    files = {name: f"Text number {number} on Bukharin." for number, name in enumerate(NAMES)}
    archive = zipped({"in!side.txt": b"Text in an archive."})
    write_seeds(tmp_path / "seeds", {**files, "why!.zip": archive})
    found = tables(build(Paths(tmp_path / "seeds", tmp_path / "reference", tmp_path / "data")))
    assert sorted(found["sources"]["path"]) == sorted((*NAMES, "why!.zip!in!side.txt"))
    assert len(found["posts"]) == len(NAMES) + 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes file names that are no text")
def test_a_name_that_is_no_utf8_is_built(tmp_path: Path) -> None:
    write_seeds(tmp_path / "seeds", {"a.txt": "One text."})
    (tmp_path / "seeds" / os.fsdecode(b"bad\xff.txt")).write_bytes(b"Another text.")
    assert [shown(path) for path in list_seeds(tmp_path / "seeds")] == ["a.txt", "bad\\xff.txt"]
    found = tables(build(Paths(tmp_path / "seeds", tmp_path / "reference", tmp_path / "data")))
    assert sorted(found["sources"]["path"]) == ["a.txt", "bad\\xff.txt"]
    assert sorted(found["posts"]["text"]) == ["Another text.", "One text."]
