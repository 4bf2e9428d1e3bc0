"""The gold annotations are true to the sample seeds and to the shipped authority.

Belongs here: what makes `gold.csv` usable as a measure. Not here: the measuring itself.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from pipelines.readers import list_seeds, read_seed
from pipelines.readers.records import Post

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds" / "raw"
AUTHORITY = ROOT / "seeds" / "reference" / "authority"
GOLD = ROOT / "seeds" / "reference" / "gold.csv"
COLUMNS = ["path", "post", "surface", "occurrence", "entity_id", "kind", "optional", "written"]
KINDS = {"person", "place", "organisation", "event"}

Row = dict[str, str]


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _gold() -> list[Row]:
    return _rows(GOLD)


@cache
def _authority() -> dict[str, Row]:
    return {row["entity_id"]: row for path in sorted(AUTHORITY.glob("*.csv")) for row in _rows(path)}


@cache
def _texts(path: str) -> list[str]:
    """The `text_raw` of each post of one seed file, in order."""
    seeds = list_seeds(SEEDS)
    records = [record for source in read_seed(SEEDS, path, seeds) for record in source.records()]
    return [record.text for record in records if isinstance(record, Post)]


def _places(text: str, surface: str) -> Iterator[int]:
    """Every place at which the string stands, inside words too."""
    start = text.find(surface)
    while start >= 0:
        yield start
        start = text.find(surface, start + 1)


def _problem(row: Row) -> str:
    """What is wrong with the place that a row names, or nothing."""
    texts = _texts(row["path"])
    post, occurrence = int(row["post"]), int(row["occurrence"])
    if not 1 <= post <= len(texts):
        return f"{row['path']} has {len(texts)} posts, no post {post}"
    n_places = sum(1 for _ in _places(texts[post - 1], row["surface"]))
    if not 1 <= occurrence <= n_places:
        return f"{row['path']} post {post}: {row['surface']!r} stands there {n_places} times, not {occurrence}"
    return ""


def _span(row: Row) -> tuple[str, str, int, int]:
    start = list(_places(_texts(row["path"])[int(row["post"]) - 1], row["surface"]))[int(row["occurrence"]) - 1]
    return row["path"], row["post"], start, start + len(row["surface"])


def test_the_table_has_its_columns_and_enough_posts() -> None:
    assert list(_gold()[0]) == COLUMNS
    assert len({(row["path"], row["post"]) for row in _gold()}) >= 40
    assert {row["kind"] for row in _gold()} == KINDS
    assert {row["optional"] for row in _gold()} == {"", "yes"}


def test_each_surface_stands_at_its_place() -> None:
    assert [problem for row in _gold() if (problem := _problem(row))] == []


def test_no_two_annotations_overlap() -> None:
    spans = sorted(_span(row) for row in _gold())
    assert [(one, two) for one, two in pairwise(spans) if one[:2] == two[:2] and two[2] < one[3]] == []


def test_surfaces_carry_no_possessive_and_no_outer_space() -> None:
    endings = ("'s", "\u2019s", "\u00e2\u20ac\u2122s")
    surfaces = [row["surface"] for row in _gold()]
    assert [surface for surface in surfaces if surface.endswith(endings) or surface != surface.strip()] == []


def test_entities_exist_and_are_of_that_kind() -> None:
    known = [row for row in _gold() if row["entity_id"] and not row["entity_id"].startswith("new:")]
    assert [row["entity_id"] for row in known if row["entity_id"] not in _authority()] == []
    assert [row for row in known if _authority()[row["entity_id"]]["kind"] != row["kind"]] == []


def test_rows_without_an_entity_are_optional() -> None:
    assert [row for row in _gold() if not row["entity_id"] and not row["optional"]] == []


def test_new_names_are_in_no_authority() -> None:
    known = {
        name.strip(): key for key, row in _authority().items() for name in [row["name"], *row["aliases"].split(";")]
    }
    new = [row for row in _gold() if row["entity_id"].startswith("new:")]
    whole = [row for row in new if row["kind"] != "person" or " " in row["surface"]]
    pairs = [(row["entity_id"], unicodedata.normalize("NFC", row["surface"])) for row in whole]
    found = {(label, known[name]) for label, name in pairs if name in known}
    assert not found, f"put the authority's id in the place of the label: {sorted(found)}"


def test_a_label_has_one_kind() -> None:
    kinds: dict[str, set[str]] = {}
    for row in _gold():
        kinds.setdefault(row["entity_id"], set()).add(row["kind"])
    assert [label for label, found in kinds.items() if label and len(found) > 1] == []


def test_what_must_be_written_is_composed_and_known() -> None:
    written = [row for row in _gold() if row["written"]]
    assert len(written) > 100
    assert [row for row in written if unicodedata.normalize("NFC", row["written"]) != row["written"]] == []
    assert [row for row in written if row["entity_id"] not in _authority()] == []


@pytest.mark.parametrize(
    ("path", "encoding"),
    [("encodings/june_1953_cp1252.txt", "cp1252"), ("encodings/khrushchev_1964_cp1251.txt", "cp1251")],
)
def test_files_of_old_encodings_are_not_utf8(path: str, encoding: str) -> None:
    data = (SEEDS / path).read_bytes()
    data.decode(encoding)
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")


def test_the_samples_stay_deliberately_broken() -> None:
    assert (SEEDS / "damaged/empty.txt").read_bytes() == b""
    with pytest.raises(UnicodeDecodeError, match="unexpected end of data"):
        (SEEDS / "damaged/1991_coup_truncated.txt").read_bytes().decode("utf-8")
    bom_crlf = (SEEDS / "encodings/warsaw_1944_bom_crlf.txt").read_bytes()
    assert bom_crlf.startswith(b"\xef\xbb\xbf") and b"\r\n" in bom_crlf
    assert "R\u00c3\u00a1kosi" in (SEEDS / "encodings/rakosi_mojibake.txt").read_text(encoding="utf-8")
    one, two = SEEDS / "cold_war/yugoslavia_1948.txt", SEEDS / "duplicates/yugoslavia_1948_again.txt"
    assert one.read_bytes() == two.read_bytes()


def test_the_samples_stay_small() -> None:
    sizes = [path.stat().st_size for path in SEEDS.rglob("*") if path.is_file()]
    assert max(sizes) < 6_000 and sum(sizes) < 150_000
