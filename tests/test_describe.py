"""What a release says of itself, held against the libraries that read it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from pipelines import card, describe, release
from pipelines.provenance import Documents, Statement
from schemas.export import arrow_schema
from schemas.tables import TABLES
from tests.releases import part_of, written

READERS = pytest.mark.filterwarnings("ignore")  # what their own dependencies warn of is theirs
STATEMENT = Statement(
    title="Letters: a 'first' edition",
    description="What was written.",
    licence="CC-BY-SA-4.0",
    creators=("Ada | Lovelace", "Grace"),
    documents=(
        Documents("1917/*", "A forum", "CC BY-SA 4.0", "https://example.org/forum"),
        Documents("1956/*", "A drawer", note="<b>found</b>"),
    ),
    references={"general": "Written down by us."},
)


@pytest.fixture(scope="module")
def few(dataset: Path) -> dict[str, pa.Table]:
    return part_of(dataset)


@pytest.fixture(scope="module", params=["files", "folders"])
def published(
    request: pytest.FixtureRequest, few: dict[str, pa.Table], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A release with a statement, of single files or of folders of parts."""
    folder = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "folders":
            patch.setattr(release, "SINGLE_FILE_BYTES", 0)
        n_parts = 2 if request.param == "folders" else 1
        return release.publish(folder / "data", written(few, folder / "work", n_parts), {}, STATEMENT)


def package(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "datapackage.json").read_text())
    return content


@READERS
def test_the_data_package_is_valid_with_its_keys_and_relations(published: Path) -> None:
    import frictionless

    assert frictionless.Package(str(published / "datapackage.json")).resource_names == list(TABLES)
    if (published / "posts.parquet").is_file():  # of several Parquet parts the library reads only the first
        report = frictionless.validate(str(published / "datapackage.json"))
        assert report.valid, report.flatten(["type", "note"])
        assert len(report.tasks) == len(TABLES)


@READERS
def test_a_descriptor_that_breaks_the_specification_is_refused(published: Path, tmp_path: Path) -> None:
    import frictionless

    broken = package(published) | {"licenses": "CC0"}
    (tmp_path / "datapackage.json").write_text(json.dumps(broken))
    with pytest.raises(frictionless.FrictionlessException):
        frictionless.Package(str(tmp_path / "datapackage.json"))


@READERS
def test_the_whole_dataset_is_a_valid_data_package(dataset: Path) -> None:
    import frictionless

    report = frictionless.validate(str(dataset / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])


@READERS
def test_a_table_that_was_altered_is_no_longer_valid(few: dict[str, pa.Table], tmp_path: Path) -> None:
    import frictionless

    build = release.publish(tmp_path / "data", written(few, tmp_path / "work"), {})
    others = {**few, "entities": few["entities"].slice(1)}
    (build / "entities.parquet").write_bytes(dict(written(others, tmp_path / "x"))["entities"][0].read_bytes())
    kinds = {kind for (kind,) in frictionless.validate(str(build / "datapackage.json")).flatten(["type"])}
    assert {"row-count", "foreign-key"} <= kinds


def test_every_column_is_described_the_authoritys_own_too(published: Path) -> None:
    for resource in package(published)["resources"]:
        names = [field["name"] for field in resource["schema"]["fields"]]
        assert names[: len(arrow_schema(resource["name"]).names)] == list(arrow_schema(resource["name"]).names)
        assert all(field["description"] for field in resource["schema"]["fields"])
        assert names == describe.look(published).tables[list(TABLES).index(resource["name"])].schema.names


def test_the_statement_on_sources_is_in_the_package(published: Path) -> None:
    told = package(published)
    assert told["title"] == STATEMENT.title
    assert told["licenses"][0]["name"] == "CC-BY-SA-4.0"
    assert told["sources"] == [{"title": "A forum", "path": "https://example.org/forum"}, {"title": "A drawer"}]
    assert [person["title"] for person in told["contributors"]] == list(STATEMENT.creators)


@READERS
def test_croissant_is_valid_and_its_records_can_be_read(published: Path) -> None:
    mlcroissant = pytest.importorskip("mlcroissant")
    dataset = mlcroissant.Dataset(str(published / "croissant.json"))
    assert not dataset.metadata.issues.errors
    if (published / "posts.parquet").is_file():  # the library looks for parts in archives only
        first = next(iter(dataset.records("mentions")))
        assert first["mentions/surface"].decode()
        assert isinstance(first["mentions/start"], int)


def test_the_citation_file_has_what_the_format_asks_for(published: Path) -> None:
    told = yaml.safe_load((published / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= told.keys()
    assert told["type"] == "dataset"
    assert told["title"] == STATEMENT.title
    assert [author["name"] for author in told["authors"]] == list(STATEMENT.creators)
    assert told["version"] == package(published)["version"]
    assert told["references"][0]["title"] == "Variorum"


def test_the_version_is_that_of_the_tables_alone(few: dict[str, pa.Table], tmp_path: Path) -> None:
    def version(tables: dict[str, pa.Table], name: str, statement: Statement) -> str:
        build = release.publish(tmp_path / name, written(tables, tmp_path / f"{name}-work"), {"x": name}, statement)
        return describe.look(build, statement).version

    first = version(few, "a", Statement())
    assert version(few, "b", STATEMENT) == first
    assert version({**few, "posts": few["posts"].slice(1)}, "c", Statement()) != first


def test_nothing_depends_on_where_and_when_it_was_built(few: dict[str, pa.Table], tmp_path: Path) -> None:
    builds = [
        release.publish(tmp_path / place / "data", written(few, tmp_path / place / "work"), {}, STATEMENT)
        for place in ("here", "far/away")
    ]
    one, other = ({file.name: file.read_bytes() for file in build.iterdir()} for build in builds)
    assert one == other
    assert not any(str(tmp_path).encode() in content for content in one.values())


def test_the_card_names_tables_sources_licences_and_code(published: Path) -> None:
    text = (published / "README.md").read_text()
    shown = describe.look(published, STATEMENT)
    assert all(f"`{table.path}` | {table.n_rows:,} |" in text for table in shown.tables)
    assert "| `1917/*` | 3 | A forum | CC BY-SA 4.0 | https://example.org/forum |" in text
    assert "&lt;b>found" in text
    assert f"`{shown.version}`" in text and shown.code.key in text
    assert "`upvote-thread` | utf-8 |" in text
    assert "nobody has stated origin or licence" in text
    header = yaml.safe_load(text.split("---")[1])
    assert header["pretty_name"] == STATEMENT.title
    assert [config["config_name"] for config in header["configs"]] == list(TABLES)


def test_the_card_says_when_nothing_was_stated(dataset: Path) -> None:
    text = card.card(describe.look(dataset))
    assert "Nobody has stated a licence" in text


def test_every_source_that_is_covered_needs_no_warning(dataset: Path) -> None:
    covering = replace(STATEMENT, documents=(Documents("*", "All", "CC0-1.0"),))
    assert "nobody has stated origin" not in card.card(describe.look(dataset, covering))
