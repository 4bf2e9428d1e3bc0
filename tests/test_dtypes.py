"""Types survive in pandas, Polars, DuckDB and pyarrow, whether a table is one file or a folder of parts."""

from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from pipelines import release
from schemas.export import arrow_schema
from schemas.tables import TABLES
from tests.releases import part_of, written

POLARS = {
    "int64": pl.Int64,
    "double": pl.Float64,
    "bool": pl.Boolean,
    "string": pl.String,
    "binary": pl.Binary,
    "timestamp[ms, tz=UTC]": pl.Datetime("ms", "UTC"),
}
DUCKDB = {
    "int64": "BIGINT",
    "double": "DOUBLE",
    "bool": "BOOLEAN",
    "string": "VARCHAR",
    "binary": "BLOB",
    "timestamp[ms, tz=UTC]": "TIMESTAMP WITH TIME ZONE",
}
PANDAS = {
    "int64": "Int64",
    "double": "float64",
    "bool": "bool",
    "string": "str",
    "binary": "object",
    "timestamp[ms, tz=UTC]": "datetime64[ms, UTC]",
}


@pytest.fixture(scope="module", params=["file", "folder"])
def published(request: pytest.FixtureRequest, dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release whose tables are single files, or folders of parts."""
    if request.param == "file":
        return dataset
    folder = tmp_path_factory.mktemp("parts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(release, "SINGLE_FILE_BYTES", 0)
        return release.publish(folder / "data", written(part_of(dataset), folder / "work", 3), {})


@pytest.fixture(params=list(TABLES))
def table(request: pytest.FixtureRequest, published: Path) -> Path:
    return published / f"{request.param}.parquet"


def fields(table: Path) -> list[tuple[str, str, bool]]:
    """Name, type and whether it is a category, of every column of the model."""
    kinds = [(field.name, field.type) for field in arrow_schema(table.stem)]
    return [(name, "string" if pa.types.is_dictionary(t) else str(t), pa.types.is_dictionary(t)) for name, t in kinds]


def test_pandas(table: Path) -> None:
    frame = pd.read_parquet(table)
    expected = {name: "category" if is_category else PANDAS[kind] for name, kind, is_category in fields(table)}
    assert {name: str(frame[name].dtype) for name in expected} == expected
    model = {n: c.dtype.type for n, c in TABLES[table.stem].model.to_schema().columns.items()}
    for name, _, is_category in fields(table):
        if is_category:
            assert list(frame[name].cat.categories) == list(model[name].categories)


def test_a_frame_that_was_read_passes_the_model_it_was_written_by(table: Path) -> None:
    TABLES[table.stem].model.validate(pd.read_parquet(table))


def test_pyarrow(table: Path) -> None:
    schema = ds.dataset(table).schema
    for expected in arrow_schema(table.stem):
        found = schema.field(expected.name)
        if pa.types.is_dictionary(expected.type):
            assert pa.types.is_dictionary(found.type) and found.type.value_type == pa.string()
        else:
            assert found.type == expected.type
        assert found.metadata[b"description"] == expected.metadata[b"description"]


def test_polars(table: Path) -> None:
    schema = pl.scan_parquet(table).collect_schema()
    frame = pl.read_parquet(table)
    for name, kind, is_category in fields(table):
        if is_category:
            assert isinstance(schema[name], pl.Categorical | pl.Enum)
        else:
            assert schema[name] == POLARS[kind]
        assert frame[name].dtype == schema[name]


def test_duckdb(table: Path) -> None:
    place = str(table / "*.parquet" if table.is_dir() else table)
    relation = duckdb.connect().read_parquet(place)
    types = dict(zip(relation.columns, map(str, relation.types), strict=True))
    for name, kind, is_category in fields(table):
        assert (
            types[name].startswith("ENUM") if is_category and types[name] != "VARCHAR" else types[name] == DUCKDB[kind]
        )


def test_all_four_read_the_same_values(table: Path) -> None:
    place = str(table / "*.parquet" if table.is_dir() else table)
    arrow = ds.dataset(table).to_table()
    connection = duckdb.connect()
    connection.execute("SET timezone = 'UTC'")
    by_duckdb = connection.read_parquet(place).fetchall()
    by_polars = pl.read_parquet(table).rows()
    by_pandas = pd.read_parquet(table)
    rows = list(zip(*(column.to_pylist() for column in arrow.columns), strict=True))
    assert by_polars == rows
    assert [tuple(map(_plain, row)) for row in by_duckdb] == [tuple(map(_plain, row)) for row in rows]
    for name, column in zip(arrow.column_names, arrow.columns, strict=True):
        assert [None if pd.isna(v) else _plain(v) for v in by_pandas[name]] == [_plain(v) for v in column.to_pylist()]


def _plain(value: object) -> object:
    """Instants as seconds: libraries differ in the class of time zones."""
    return value.timestamp() if hasattr(value, "timestamp") else value


def test_missing_numbers_are_missing_and_numbers_stay_whole(published: Path) -> None:
    entities = pd.read_parquet(published / "entities.parquet")
    assert entities["born"].isna().any()
    assert all(pd.api.types.is_integer(year) for year in entities["born"].dropna())
    posts = pd.read_parquet(published / "posts.parquet")
    assert posts["score"].dtype == "Int64"


def test_entities_of_the_authority_keep_its_own_columns(published: Path) -> None:
    entities = pd.read_parquet(published / "entities.parquet")
    further = [name for name in entities.columns if name not in arrow_schema("entities").names]
    assert further == ["source"]
    assert all(str(entities[name].dtype) == "str" for name in further)


def test_every_column_of_every_file_is_described(published: Path) -> None:
    missing = [
        f"{name}.{field.name}"
        for name in TABLES
        for field in ds.dataset(published / f"{name}.parquet").schema
        if not (field.metadata or {}).get(b"description")
    ]
    assert missing == []
