"""The quality report and its figures."""

import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines import figures, report
from pipelines.stages.places import Paths
from schemas.tables import TABLES
from tests.builds import ROOT, inline, run_stages

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def quality(dataset: Path) -> report.Quality:
    review = (dataset / "review.csv").read_text(encoding="utf-8")
    return report.measure({name: [dataset / f"{name}.parquet"] for name in TABLES}, review)


@pytest.fixture(scope="module")
def nothing(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> report.Quality:
    folder = tmp_path_factory.mktemp("nothing")
    files = {}
    for name in TABLES:
        files[name] = [folder / f"{name}.parquet"]
        pd.read_parquet(dataset / f"{name}.parquet").head(0).to_parquet(files[name][0])
    return report.measure(files)


def test_the_numbers_are_those_of_the_tables(quality: report.Quality, dataset: Path) -> None:
    tables = {name: pd.read_parquet(dataset / f"{name}.parquet") for name in TABLES}
    assert quality.rows == {name: len(table) for name, table in tables.items()}
    assert dict(quality.edits) == tables["edits"]["kind"].value_counts().to_dict()
    assert sum(a + b for _, a, b in quality.certainty) == len(tables["mentions"])
    assert sum(b for *_, b in quality.certainty) == (tables["mentions"]["status"] == "review").sum()
    mentions = tables["mentions"]
    accepted = mentions[(mentions["status"] == "accepted") & (mentions["kind"] == "person")]
    assert quality.most_mentioned[0][1] == accepted["entity_id"].value_counts().max()
    waiting = pd.read_csv(dataset / "review.csv", dtype=str, keep_default_na=False)
    assert [(row["written"], row["mentions"]) for row in quality.queue] == [
        *waiting[["surface", "n_mentions"]].head(report.QUEUE).itertuples(index=False, name=None)
    ]
    assert sum(n for _, n in quality.quarantine) == len(tables["quarantine"])


def test_the_same_numbers_give_the_same_bytes(quality: report.Quality) -> None:
    first = report.draw(quality)
    assert report.draw(quality) == first
    assert all(png.startswith(PNG) and b"matplotlib" not in png.lower() for png in first.values())
    assert report.page(quality, first) == report.page(quality, first)


def test_what_the_user_has_set_for_matplotlib_changes_nothing(quality: report.Quality) -> None:
    import matplotlib as mpl

    first = report.draw(quality)
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "savefig.dpi": 30}):
        assert report.draw(quality) == first


def test_an_empty_dataset_has_a_report_too(nothing: report.Quality) -> None:
    pictures = report.draw(nothing)
    assert all(png.startswith(PNG) for png in pictures.values())
    assert "None." in report.page(nothing, pictures)


@pytest.mark.parametrize("label", ["$x_1$ & <b>", "毛澤東", "x" * 500, "", "a\nb", "Хрущёв", "$"])
def test_any_name_can_be_drawn(label: str) -> None:
    assert figures.bars("Any $title$", [(label, 3), ("other", 0)], "mentions").startswith(PNG)


class Page(HTMLParser):
    """What a page asks for from elsewhere, and whether its tags are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_holds_all_it_needs(quality: report.Quality) -> None:
    page = Page()
    page.feed(report.page(quality, report.draw(quality)))
    assert page.open == []
    assert len(page.addresses) == len(report.FIGURES)
    assert all(address.startswith("data:image/png;base64,") for address in page.addresses)


def test_what_stands_in_texts_cannot_become_part_of_the_page(quality: report.Quality) -> None:
    evil = "<script>alert(1)</script>"
    row = dict.fromkeys(("written", "perhaps", "why"), evil)
    told = replace(quality, queue=[row], unmatched=[{"surface": evil}], gold=[{"surface": evil}], agreement=evil)
    page = report.page(told, {})
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") == 6


def test_errors_against_gold_and_lost_decisions_have_their_place(quality: report.Quality) -> None:
    wrong = [{"surface": "Krushchev", "found": "nobody"}]
    told = replace(quality, agreement="Well.", gold=wrong, unmatched=[{"line": "7"}])
    page = report.page(told, {})
    assert "Agreement with the gold annotations" in page and "<td>Krushchev</td>" in page
    assert "Decisions that match nothing" in page and "<td class=n>7</td>" in page
    assert "Agreement with" not in report.page(quality, {})


def test_the_report_holds_the_errors_of_the_annotated_posts(places: Paths) -> None:
    columns = "path,post,surface,occurrence,entity_id,kind,optional,written\n"
    right, wrong = "one.txt,1,Krushchev,1,Q1,person,,\n", "one.txt,1,Moscow,1,Q1,place,,\n"
    (places.reference / "gold.csv").write_text(columns + right + wrong)
    run_stages(places)
    report.make_report(places, inline)
    page = report.report_files(places)[report.FILE]
    assert "Accepted names against 2 annotations: precision" in page
    assert "<td>Moscow</td>" in page and "<td>Nikita Khrushchev</td>" in page and "<td>wrong entity</td>" in page
    assert "<td>Zinovjev</td>" in page and "<td>no name</td>" in page


def test_the_release_holds_the_report(dataset: Path) -> None:
    assert (dataset / report.FILE).read_text().startswith("<!doctype html>")


def test_unchanged_numbers_are_not_drawn_again(
    data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Path(shutil.copytree(data_folder, tmp_path / "data", symlinks=True))
    paths = Paths(data, ROOT / "seeds" / "reference", data)
    before = (data / "latest" / report.FILE).read_text()
    place = paths.read_manifest(report.STAGE)["report"]

    def never(*_: object) -> bytes:
        raise AssertionError("drawn again")

    monkeypatch.setattr(figures, "_picture", never)
    paths.write_manifest("sources", {"sha256": "of the same rows in other bytes"})
    report.make_report(paths, inline)
    assert report.report_files(paths) == {report.FILE: before}
    assert paths.store.has(report.STAGE, paths.read_manifest(report.STAGE)["report"])
    assert paths.read_manifest(report.STAGE)["report"] != place


def test_a_report_is_begun_when_all_tables_are_there(places: Paths) -> None:
    begun: list[Any] = []
    run_stages(places)
    report.begin(places, lambda tasks, size: begun.extend(call for _, call in tasks))
    ((_, place),) = begun
    assert report.make_report(places, inline)["report"] == place.name
    report.begin(places, lambda tasks, size: begun.extend(call for _, call in tasks))
    (places.work / "manifests" / "sources.json").unlink()
    report.begin(places, lambda tasks, size: begun.extend(call for _, call in tasks))
    assert len(begun) == 1


def test_what_is_made_of_the_same_is_not_measured_again(places: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    run_stages(places)
    before = report.make_report(places, inline)
    measured: list[object] = []
    measure = report.measure

    def noting(*arguments: Any) -> report.Quality:
        measured.append(arguments)
        return measure(*arguments)

    monkeypatch.setattr(report, "measure", noting)
    assert report.make_report(places, inline) == before
    assert measured == []
    columns = "path,post,surface,occurrence,entity_id,kind,optional,written\n"
    (places.reference / "gold.csv").write_text(columns + "one.txt,1,Krushchev,1,Q1,person,,\n")
    assert report.make_report(places, inline) != before
    assert len(measured) == 1


def test_only_figures_of_other_numbers_are_drawn_again(places: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    run_stages(places)
    report.make_report(places, inline)
    drawn: list[str] = []
    bars = figures.bars

    def noting(title: str, *rest: Any) -> bytes:
        drawn.append(title)
        return bars(title, *rest)

    monkeypatch.setattr(figures, "bars", noting)
    (places.seeds / "one.txt").write_text((places.seeds / "one.txt").read_text() + "\nMoscow  was far.\n")
    run_stages(places)
    report.make_report(places, inline)
    assert drawn == ["Edits by kind"]
    again = report.report_files(places)
    alone = replace(places, data=places.data.parent / "alone")
    run_stages(alone)
    report.make_report(alone, inline)
    assert report.report_files(alone) == again


def test_pictures_and_row_counts_for_the_ui(data_folder: Path) -> None:
    paths = Paths(data_folder, data_folder, data_folder)
    pictures = report.pictures_markdown(paths)
    assert pictures.keys() == report.FIGURES.keys()
    assert all(re.fullmatch(r"!\[[^]]+\]\(data:image/png;base64,[A-Za-z0-9+/=]+\)", text) for text in pictures.values())
    counts = report.rows_against_last(paths)
    assert [row["table"] for row in counts] == list(TABLES)
    assert {row["more"] for row in counts} == {"+0"}
