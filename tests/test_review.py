"""The review queue becomes decisions.csv by filling in one column, whatever row it is."""

import csv
import io
from pathlib import Path

import pytest

from pipelines.names.authority import DECISION_COLUMNS, NOT_A_NAME, REVIEW_COLUMNS, UNKNOWN_PERSON
from pipelines.stages import core, out
from pipelines.stages.places import Paths
from tests.builds import ROOT, build, tables, write_seeds

AUTHORITY = """entity_id,kind,name,born,died
p:stalin,person,Joseph Stalin,1878,1953
p:vasily,person,Vasily Stalin,1921,1962
p:kryuchkov-p,person,Pyotr Kryuchkov,1889,1938
p:kryuchkov-v,person,Vladimir Kryuchkov,1924,2007
p:rakosi,person,Mátyás Rákosi,1892,1971
l:krakow,place,Kraków,,
"""
SEEDS = {
    "clear.txt": "Joseph Stalin spoke. Stalin was heard by Dmitri Ryumin. Ryumin wrote it down.\n",
    "two.txt": "Dmitri Ryumin and Sergei Ryumin met. Then Ryumin left, and Kryuchkov came with Rakoshi.\n",
    "three.txt": "Pyotr Kryuchkov and Vladimir Kryuchkov met.\n\nOf the two, Kryuchkov was tall. Kryuchkov went.\n",
    "mojibake.txt": "In KrakÃ³w MÃ¡tyÃ¡s RÃ¡kosi met Kryuchkov. Then “RÃ¡kosy”, the “other” RÃ¡kosy, left for home.\n",
    "soft.txt": "Kryu\u00adchkov was named in a book that was set with care.\n",
}


@pytest.fixture
def doubtful(tmp_path: Path) -> Paths:
    """Seeds with doubts of all kinds: one surface read in several ways, people in no authority, repaired spellings."""
    write_seeds(tmp_path / "seeds", SEEDS)
    write_seeds(tmp_path / "reference", {"authority/a.csv": AUTHORITY})
    return Paths(tmp_path / "seeds", tmp_path / "reference", tmp_path / "data")


def queue(latest: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((latest / "review.csv").read_text(encoding="utf-8"))))


def decide(paths: Paths, rows: list[dict[str, str]], header: tuple[str, ...], entity: str = "") -> None:
    """Write decisions.csv from rows of the queue with `entity_id` filled in: by the suggestion, or all with one."""
    with (paths.reference / "decisions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows({**row, "entity_id": entity or row["suggested"]}.values() for row in rows)


def check_round_trip(paths: Paths, header: tuple[str, ...], entity: str = "") -> None:
    latest = build(paths)
    rows = queue(latest)
    before = tables(latest)
    accepted = before["mentions"].query("status == 'accepted'").set_index("mention_id")["entity_id"]
    assert rows
    assert tuple(rows[0]) == REVIEW_COLUMNS
    keys = [(row["surface"], row["post_id"]) for row in rows]
    assert len(set(keys)) == len(keys)
    decide(paths, rows, header, entity)
    latest = build(paths)
    after = tables(latest)
    assert queue(latest) == []
    assert out.unmatched_decisions(paths).empty
    if not entity:
        assert len(after["mentions"]) == len(before["mentions"])
        by_hand = after["mentions"].query("method == 'decision'")
        assert set(by_hand["entity_id"]) == {row["suggested"] for row in rows}
        kept = after["mentions"].set_index("mention_id")["entity_id"].reindex(accepted.index)
        assert kept.equals(accepted), "what was certain is not touched by deciding what was not"


@pytest.mark.parametrize("header", [DECISION_COLUMNS, REVIEW_COLUMNS])
def test_every_row_can_be_decided_as_suggested(doubtful: Paths, header: tuple[str, ...]) -> None:
    check_round_trip(doubtful, header)


@pytest.mark.parametrize("entity", [NOT_A_NAME, UNKNOWN_PERSON, "p:stalin"])
def test_every_row_can_be_decided_otherwise(doubtful: Paths, entity: str) -> None:
    check_round_trip(doubtful, REVIEW_COLUMNS, entity)


def test_every_row_of_the_samples_can_be_decided(tmp_path: Path) -> None:
    reference = tmp_path / "reference"
    write_seeds(
        reference, {f"authority/{f.name}": f.read_bytes() for f in (ROOT / "seeds/reference/authority").iterdir()}
    )
    check_round_trip(Paths(ROOT / "seeds" / "raw", reference, tmp_path / "data"), DECISION_COLUMNS)


def test_a_surface_read_in_several_ways_is_asked_about_post_by_post(doubtful: Paths) -> None:
    rows = queue(build(doubtful))
    mentions = tables(doubtful.data / "latest")["mentions"]
    doubts, certain = mentions.query("status == 'review'"), mentions.query("status == 'accepted'")
    several = set(doubts["normalized"]) & set(certain["surface"])
    assert several, "the seeds hold a surface that is read in two ways"
    assert all(bool(row["post_id"]) == (row["surface"] in several) for row in rows)
    assert {row["surface"] for row in rows} == set(doubts["normalized"])


def test_a_decision_for_an_entity_that_is_gone_is_reported(doubtful: Paths) -> None:
    row = "Ryumin,,new:0123456789abcdef,,,\n"
    write_seeds(doubtful.reference, {"decisions.csv": ",".join(DECISION_COLUMNS) + "\n" + row})
    latest = build(doubtful)
    assert out.unmatched_decisions(doubtful)["line"].tolist() == [2]
    assert core.resolved(doubtful).applicable_decisions.num_rows == 0
    assert not tables(latest)["variants"]["method"].eq("decision").any()
