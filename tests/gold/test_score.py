"""The gold score: each outcome is told apart, and the sample build agrees with the annotations."""

from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from pipelines import gold
from pipelines.checks import agrees_with_gold
from pipelines.gold import MISSED, REVIEW, RIGHT, SPURIOUS, WRONG
from pipelines.resources import Places
from pipelines.stages import verify
from pipelines.stages.places import Paths
from tests.builds import ROOT, build, tables

TEXT = "Stalin wrote to Stalin and Kun."
ROW = {"path": "a.txt", "post": "1", "surface": "Stalin", "occurrence": "2", "entity_id": "p:stalin", "kind": "person"}


def outcome(mentions: list[tuple[int, int, str, str]], **changes: str) -> list[str]:
    rows = pd.DataFrame([ROW | {"optional": "", "written": ""} | changes])
    built = {
        "sources": pd.DataFrame({"source_id": ["s"], "path": ["a.txt"]}),
        "posts": pd.DataFrame({"post_id": ["s-1"], "source_id": ["s"], "ordinal": [1], "text_raw": [TEXT]}),
        "mentions": pd.DataFrame(
            [
                {
                    "mention_id": f"m{n}",
                    "post_id": "s-1",
                    "raw_start": s,
                    "raw_end": e,
                    "entity_id": i,
                    "status": status,
                }
                | {"surface": TEXT[s:e]}
                for n, (s, e, i, status) in enumerate(mentions)
            ],
            columns=["mention_id", "post_id", "raw_start", "raw_end", "entity_id", "status", "surface"],
        ),
    }
    score = gold.score(rows, built)
    assert score is not None
    return score.outcomes["outcome"].tolist()


@pytest.mark.parametrize(
    ("mentions", "changes", "expected"),
    [
        ([(16, 22, "p:stalin", "accepted")], {}, [RIGHT]),
        ([(16, 22, "p:lenin", "accepted")], {}, [WRONG]),
        ([(16, 22, "p:stalin", "review")], {}, [REVIEW]),
        ([], {}, [MISSED]),
        ([(0, 6, "p:stalin", "accepted")], {}, [MISSED, SPURIOUS]),
        ([(16, 22, "new:1", "accepted")], {"entity_id": "new:somebody"}, [RIGHT]),
        ([(16, 22, "p:stalin", "accepted")], {"entity_id": "new:somebody"}, [WRONG]),
        ([(16, 22, "p:lenin", "accepted")], {"optional": "yes"}, []),
        ([(27, 30, "p:kun", "accepted")], {"optional": "yes"}, [SPURIOUS]),
    ],
)
def test_outcomes(mentions: list[tuple[int, int, str, str]], changes: dict[str, str], expected: list[str]) -> None:
    assert outcome(mentions, **changes) == expected


def test_a_build_without_annotated_posts_has_no_score() -> None:
    posts = pd.DataFrame({"post_id": ["s-1"], "source_id": ["s"], "ordinal": [1], "text_raw": [TEXT]})
    built = {"sources": pd.DataFrame({"source_id": ["s"], "path": ["b.txt"]}), "posts": posts, "mentions": posts}
    assert gold.score(pd.DataFrame([ROW | {"optional": "", "written": ""}]), built) is None


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> gold.Score:
    paths = Paths(ROOT / "seeds" / "raw", ROOT / "seeds" / "reference", tmp_path_factory.mktemp("gold"))
    score = gold.score(gold.read(paths.reference), tables(build(paths)))
    assert score is not None
    return score


def test_the_sample_build_agrees_with_the_annotations(sample: gold.Score) -> None:
    assert sample.outcomes["post_id"].nunique() >= 15
    rates = sample.rates()
    assert rates["precision"][0] >= 0.95
    assert rates["recall"][0] >= 0.93
    assert all(low <= point <= high for point, low, high in rates.values())


def test_unlike_people_in_no_authority_are_not_made_one(sample: gold.Score) -> None:
    assert sample.merged == []


@pytest.mark.parametrize(("outcome_of_all", "passes"), [(RIGHT, True), (MISSED, False)])
def test_the_check_warns_where_a_build_disagrees(
    outcome_of_all: str, passes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"post_id": "s-1", "surface": "Stalin", "expected": "p:stalin", "found": "", "outcome": outcome_of_all}
    monkeypatch.setattr(verify, "gold_score", lambda paths: gold.Score(pd.DataFrame([row]), [], []))
    result = agrees_with_gold(Places(**{name: str(tmp_path / name) for name in ("seeds", "reference", "data")}))
    assert isinstance(result, dg.AssetCheckResult)
    assert result.passed is passes
    assert result.severity == dg.AssetCheckSeverity.WARN
