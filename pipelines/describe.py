"""What a release says of itself for programs: Frictionless data package, Croissant, citation file.

All of it is made from the tables in the release's folder, the statement on the sources, and the code; nothing depends
on the time or place of the build. What people read is in `pipelines.card`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import parquet
from pipelines.code import Code, code
from pipelines.provenance import Statement
from schemas.export import arrow_schema, frictionless_fields, type_name
from schemas.tables import TABLES

TITLE = "Variorum dataset"
DESCRIPTION = (
    "Texts about history, cleaned, with every spelling of a name found, explained and linked to whom it names."
)
PARQUET = "application/vnd.apache.parquet"
RELATIONS = (
    ("posts", "source_id", "sources"),
    ("posts", "parent_id", "posts"),
    ("sentences", "post_id", "posts"),
    ("edits", "post_id", "posts"),
    ("edits", "mention_id", "mentions"),
    ("mentions", "post_id", "posts"),
    ("mentions", "sentence_id", "sentences"),
    ("mentions", "entity_id", "entities"),
    ("variants", "entity_id", "entities"),
    ("quarantine", "source_id", "sources"),
)
CROISSANT_TYPES = {
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "timestamp": "sc:DateTime",
}


@dataclass(frozen=True)
class Published:
    """A table as it lies in the folder of a release."""

    name: str
    files: tuple[str, ...]
    n_rows: int
    sha256: tuple[str, ...]
    schema: pa.Schema

    @property
    def path(self) -> str:
        """What readers are given: the file, or the folder of parts."""
        return f"{self.name}.parquet"

    @property
    def is_folder(self) -> bool:
        """Whether it consists of parts in a folder."""
        return self.files != (self.path,)

    @property
    def description(self) -> str:
        """What one row is."""
        return (TABLES[self.name].model.__doc__ or "").strip()

    @property
    def further_columns(self) -> list[str]:
        """Columns that are not of the model: an authority's own."""
        return [name for name in self.schema.names if name not in arrow_schema(self.name).names]


@dataclass(frozen=True)
class Release:
    """The tables of a release, whose files lie in `folder`, and what is known of where they come from."""

    folder: Path
    tables: tuple[Published, ...]
    statement: Statement
    code: Code

    @cached_property
    def sources(self) -> pd.DataFrame:
        """The table `sources`."""
        frame: pd.DataFrame = parquet.read(self.folder / "sources.parquet").to_pandas()
        return frame

    @property
    def title(self) -> str:
        """As the statement says, or the usual one."""
        return self.statement.title or TITLE

    @property
    def description(self) -> str:
        """As the statement says, or the usual one."""
        return self.statement.description or DESCRIPTION

    @property
    def version(self) -> str:
        """16 digits made of the tables' bytes: the same tables are the same version wherever they were built."""
        lines = (
            f"{sha}  {file}\n" for table in self.tables for file, sha in zip(table.files, table.sha256, strict=True)
        )
        return hashlib.sha256("".join(lines).encode()).hexdigest()[:16]


def look(folder: Path, statement: Statement | None = None) -> Release:
    """The release whose tables lie in a folder."""
    tables = tuple(_published(folder, name) for name in TABLES)
    return Release(folder, tables, statement or Statement(), code())


def _published(folder: Path, name: str) -> Published:
    place = folder / f"{name}.parquet"
    files = parquet.parts(place)
    footers = [pq.read_metadata(file) for file in files]
    return Published(
        name,
        tuple(file.relative_to(folder).as_posix() for file in files),
        sum(footer.num_rows for footer in footers),
        tuple(sha256(file) for file in files),
        footers[0].schema.to_arrow_schema(),
    )


def sha256(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def files(release: Release) -> dict[str, str]:
    """The descriptions for programs, file name to content."""
    return {
        "datapackage.json": _json(datapackage(release)),
        "croissant.json": _json(croissant(release)),
        "CITATION.cff": citation(release),
    }


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


# --- Frictionless ----------------------------------------------------------------------------------------------------


def datapackage(release: Release) -> dict[str, Any]:
    """A Frictionless data package (https://specs.frictionlessdata.io/data-package/) with keys and relations."""
    statement = release.statement
    package: dict[str, Any] = {
        "name": "variorum-dataset",
        "title": release.title,
        "description": release.description,
        "version": release.version,
        "code": {"version": release.code.version, "key": release.code.key, "commit": release.code.commit},
        "resources": [_resource(table) for table in release.tables],
    }
    if statement.licence:
        package["licenses"] = [{"name": _licence_name(statement.licence), "title": statement.licence}]
    if statement.creators:
        package["contributors"] = [{"title": name, "role": "author"} for name in statement.creators]
    told = [(d.title or d.files, d.origin) for d in statement.documents]
    if told:
        package["sources"] = [
            {"title": title} | ({"path": origin} if _is_url(origin) else {}) for title, origin in told
        ]
    return package


def _resource(table: Published) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "name": table.name,
        "path": list(table.files) if table.is_folder else table.path,
        "format": "parquet",
        "mediatype": PARQUET,
        "description": table.description,
        "rows": table.n_rows,
    }
    if not table.is_folder:  # of several parts checksums.sha256 tells each
        resource["hash"] = f"sha256:{table.sha256[0]}"
    return resource | {"schema": _table_schema(table)}


def _table_schema(table: Published) -> dict[str, Any]:
    further = [_further_field(name) for name in table.further_columns]
    schema: dict[str, Any] = {"fields": [*frictionless_fields(table.name), *further]}
    if table.name != "quarantine":  # one place in a file may be refused for two reasons
        schema["primaryKey"] = list(TABLES[table.name].key)
    relations = [(column, to) for name, column, to in RELATIONS if name == table.name]
    if relations:
        schema["foreignKeys"] = [_foreign_key(table.name, column, to) for column, to in relations]
    return schema


def _further_field(name: str) -> dict[str, str]:
    return {"name": name, "type": "string", "description": "A column of the authority's own, carried through."}


def _foreign_key(name: str, column: str, to: str) -> dict[str, Any]:
    reference = {"resource": "" if to == name else to, "fields": list(TABLES[to].key)}
    return {"fields": [column], "reference": reference}


def _licence_name(licence: str) -> str:
    """An SPDX name as it is; of other words the letters that the specification allows."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "-._") else "-" for c in licence).strip("-")


def _is_url(text: str) -> bool:
    return text.startswith(("https://", "http://"))


# --- Croissant -------------------------------------------------------------------------------------------------------


def croissant(release: Release) -> dict[str, Any]:
    """Croissant metadata (MLCommons, https://docs.mlcommons.org/croissant/docs/croissant-spec.html), version 1.0."""
    described: dict[str, Any] = {
        "@context": _croissant_context(),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "variorum-dataset",
        "alternateName": release.title,
        "description": release.description,
        "version": f"{release.code.version}+{release.version}",
        "citeAs": f"{release.title}, version {release.version}, made with Variorum {release.code.version}.",
        "distribution": [_distribution(table) for table in release.tables],
        "recordSet": [_record_set(table) for table in release.tables],
    }
    if release.statement.licence:
        described["license"] = release.statement.licence
    if release.statement.creators:
        described["creator"] = [{"@type": "sc:Person", "name": name} for name in release.statement.creators]
    return described


def _croissant_context() -> dict[str, Any]:
    terms = "citeAs column conformsTo data dataType extract field fileObject fileProperty fileSet format includes"
    terms += " isLiveDataset jsonPath key md5 parentField path recordSet references regex repeated replace separator"
    terms += " samplingRate equivalentProperty source subField transform"
    prefixed = {term: f"cr:{term}" for term in terms.split()}
    return prefixed | {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "conformsTo": "dct:conformsTo",
        "cr": "http://mlcommons.org/croissant/",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "dct": "http://purl.org/dc/terms/",
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
    }


def _distribution(table: Published) -> dict[str, Any]:
    common = {"@id": table.path, "name": table.name, "encodingFormat": "application/x-parquet"}
    if table.is_folder:
        return {"@type": "cr:FileSet", **common, "includes": f"{table.path}/*.parquet"}
    return {"@type": "cr:FileObject", **common, "contentUrl": table.path, "sha256": table.sha256[0]}


def _record_set(table: Published) -> dict[str, Any]:
    further = [(name, "string", "A column of the authority's own.") for name in table.further_columns]
    told = [(f.name, type_name(f.type), f.metadata[b"description"].decode()) for f in arrow_schema(table.name)]
    record_set: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description,
        "field": [_croissant_field(table, *column) for column in [*told, *further] if column[1] != "bytes"],
    }
    if table.name != "quarantine":
        record_set["key"] = [{"@id": f"{table.name}/{column}"} for column in TABLES[table.name].key]
    return record_set


def _croissant_field(table: Published, name: str, kind: str, description: str) -> dict[str, Any]:
    home = {"fileSet" if table.is_folder else "fileObject": {"@id": table.path}}
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{name}",
        "name": f"{table.name}/{name}",
        "description": description,
        "dataType": CROISSANT_TYPES.get(kind, "sc:Text"),
        "source": home | {"extract": {"column": name}},
    }


# --- Citation File Format --------------------------------------------------------------------------------------------


def citation(release: Release) -> str:
    """A CITATION.cff (https://citation-file-format.github.io/, version 1.2.0) for the data, not for the program."""
    lines = [
        "cff-version: 1.2.0",
        'message: "If you use this dataset, please cite it as below, and its sources, which README.md names."',
        "type: dataset",
        f"title: {_quoted(release.title)}",
        f"abstract: {_quoted(release.description)}",
        f"version: {_quoted(release.version)}",
        "authors:",
        *(f"  - name: {_quoted(name)}" for name in _authors(release.statement.creators)),
    ]
    if release.statement.licence:
        lines.append(f"# licence as stated: {release.statement.licence}")
    made_with = ["references:", "  - type: software", "    title: Variorum", f"    version: {release.code.version}"]
    commit = [f"    commit: {release.code.commit}"] if release.code.commit else []
    return "\n".join([*lines, *made_with, *commit, "    authors:", "      - name: The Variorum developers"]) + "\n"


def _authors(creators: Sequence[str]) -> Sequence[str]:
    return creators or ["The authors of the sources named in README.md"]


def _quoted(text: str) -> str:
    """A YAML string: every JSON string is one."""
    return json.dumps(text, ensure_ascii=False)
