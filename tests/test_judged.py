"""Words are judged once, from build to build, while they are counted as often and the rules are the same."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.settings import Settings
from pipelines.stages import core, raw, surfaces, words
from pipelines.stages.places import Paths
from pipelines.text import spelling
from tests.builds import ROOT, inline, write_seeds

FIRST = {"a.txt": "Upvote:1\nThe goverment of the day was adressed by a comitee of the people.\n"}
SECOND = FIRST | {"b.txt": "Upvote:1\nThe comitee of the house had recieved the letter of the people.\n"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words that are judged."""
    seen: list[str] = []
    judge = spelling._judge_one

    def noting(word: str, *told: Any) -> spelling.Correction | None:
        seen.append(word)
        return judge(word, *told)

    monkeypatch.setattr(spelling, "_judge_one", noting)
    return seen


REFERENCE = ROOT / "seeds" / "reference"


def corrections(seeds: Path, data: Path, reference: Path = REFERENCE, strictness: float = 0.0) -> bytes:
    settings = Settings(spelling=spelling.Settings(strictness=strictness))
    paths = Paths(seeds, reference, data)
    raw.list_sources(paths)
    raw.read_records(paths, inline)
    core.prepare_groups(paths, inline)
    surfaces.merge(paths, inline)
    place = core.judge_words(paths, settings, inline)["corrections"]
    return (paths.store.place("words", place) / "corrections.parquet").read_bytes()


def test_only_words_that_are_new_or_counted_otherwise_are_judged_again(tmp_path: Path, asked: list[str]) -> None:
    corrections(write_seeds(tmp_path / "seeds", FIRST), tmp_path / "data")
    assert asked == ["adressed", "comitee", "goverment"]
    asked.clear()
    again = corrections(write_seeds(tmp_path / "seeds", SECOND), tmp_path / "data")
    assert asked == ["comitee", "recieved"]
    assert again == corrections(tmp_path / "seeds", tmp_path / "other")


def test_other_settings_judge_all_words_again(tmp_path: Path, asked: list[str]) -> None:
    seeds, data = write_seeds(tmp_path / "seeds", FIRST), tmp_path / "data"
    corrections(seeds, data)
    asked.clear()
    corrections(seeds, data, strictness=1.0)
    assert asked == ["adressed", "comitee", "goverment"]


def test_words_that_rules_of_the_project_left_alone_are_judged_without_them(tmp_path: Path) -> None:
    seeds, data = write_seeds(tmp_path / "seeds", FIRST), tmp_path / "data"
    kept = write_seeds(tmp_path / "reference", {"spelling.csv": "written,preferred,note\ncomitee,comitee,\n"})
    with_rule = corrections(seeds, data, kept)
    without = corrections(seeds, data)
    assert with_rule == corrections(seeds, tmp_path / "other", kept)
    assert without == corrections(seeds, tmp_path / "third")
    assert without != with_rule


def test_words_in_many_blocks_are_judged_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = write_seeds(tmp_path / "seeds", SECOND)
    whole = corrections(seeds, tmp_path / "whole")
    monkeypatch.setattr(words, "LARGEST_BLOCK", 1)
    assert corrections(seeds, tmp_path / "blocks") == whole
