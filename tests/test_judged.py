"""Words are judged once, from build to build, while they are counted as often and the rules are the same."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.settings import Settings
from pipelines.stages import core, raw
from pipelines.stages.places import Paths
from pipelines.text import spelling
from tests.builds import ROOT, inline, write_seeds

FIRST = {"a.txt": "Upvote:1\nThe goverment of the day was adressed by a comitee of the people.\n"}
SECOND = FIRST | {"b.txt": "Upvote:1\nThe comitee of the house had recieved the letter of the people.\n"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words that are judged."""
    words: list[str] = []
    judge = spelling._judge_one

    def noting(word: str, *told: Any) -> spelling.Correction | None:
        words.append(word)
        return judge(word, *told)

    monkeypatch.setattr(spelling, "_judge_one", noting)
    return words


def corrections(seeds: Path, data: Path, reference: Path = ROOT / "seeds" / "reference") -> bytes:
    paths = Paths(seeds, reference, data)
    raw.list_sources(paths)
    raw.read_records(paths, inline)
    core.prepare_groups(paths, inline)
    core.merge_surfaces(paths)
    place = core.judge_words(paths, Settings())["corrections"]
    return (paths.store.place("words", place) / "corrections.parquet").read_bytes()


def test_only_words_that_are_new_or_counted_otherwise_are_judged_again(tmp_path: Path, asked: list[str]) -> None:
    corrections(write_seeds(tmp_path / "seeds", FIRST), tmp_path / "data")
    assert asked == ["adressed", "comitee", "goverment"]
    asked.clear()
    again = corrections(write_seeds(tmp_path / "seeds", SECOND), tmp_path / "data")
    assert asked == ["comitee", "recieved"]
    assert again == corrections(tmp_path / "seeds", tmp_path / "other")


def test_other_rules_of_the_project_judge_all_words_again(tmp_path: Path, asked: list[str]) -> None:
    seeds, data = write_seeds(tmp_path / "seeds", FIRST), tmp_path / "data"
    corrections(seeds, data)
    asked.clear()
    rules = write_seeds(tmp_path / "reference", {"spelling.csv": "written,preferred,note\ncolor,colour,\n"})
    corrections(seeds, data, rules)
    assert asked == ["adressed", "comitee", "goverment"]
