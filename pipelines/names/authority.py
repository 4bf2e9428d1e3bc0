"""Reads the user's reference files on names: `authority/*.csv` and `decisions.csv`.

Strict on purpose: whatever cannot be understood stops the build with the file, line and column to mend. Nothing here
compares names; that is `romanise` and `match`.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

KINDS = ("person", "place", "organisation", "event")
REQUIRED = ("entity_id", "kind", "name")
OPTIONAL = ("native_name", "aliases", "born", "died", "description")
DECISION_COLUMNS = ("surface", "post_id", "entity_id", "reason", "decided_by", "decided_on")
REVIEW_COLUMNS = (*DECISION_COLUMNS, "suggested", "suggested_name", "score", "n_mentions", "n_posts", "explanation")
"""Of the review queue: a row of it, once `entity_id` is filled in, is a row of decisions.csv."""
NEW = "new:"
"""How the ids of entities begin that are in no authority; they are known only when the names are resolved."""
NOT_A_NAME = "not-a-name"
UNKNOWN_PERSON = "unknown-person"


class ReferenceFileError(ValueError):
    """A reference file that cannot be used as it stands; the message says where and what to do."""

    def __init__(self, path: Path, line: int, column: str, problem: str) -> None:
        where = f"{path}, line {line}" + (f", column {column!r}" if column else "")
        super().__init__(f"{where}: {problem}")


@dataclass(frozen=True, slots=True)
class Authority:
    """The people, places, organisations and events that are known, one row an entity, and all their names.

    Attributes:
        entities: One row an entity in file order: `entity_id`, `kind`, `name`, `native_name`, `aliases`, `born` and
            `died` (nullable integers), `description`, then the users' own columns as text.
        names: One row a name of an entity: `entity` (its row in `entities`), `name`, `is_alias`, `is_native`; of each
            entity the canonical name stands first.
    """

    entities: pd.DataFrame
    names: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people decided: `rows` as in decisions.csv, with `line`; an empty `post_id` means everywhere."""

    rows: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*DECISION_COLUMNS, "line"], dtype=str))


def load(folder: Path) -> Authority:
    """The authority made of all `*.csv` files in `folder`, in the order of their names; empty if there is none.

    Raises:
        ReferenceFileError: A row, a header or an encoding that is not as the documentation of reference files says.
    """
    rows: list[dict[str, str]] = []
    seen: dict[str, tuple[Path, int]] = {}
    extra: dict[str, None] = {}
    for path in sorted(folder.glob("*.csv")) if folder.is_dir() else []:
        for line, row in read_rows(path, REQUIRED):
            _check_entity(path, line, row, seen)
            extra.update(dict.fromkeys(name for name in row if name not in REQUIRED + OPTIONAL))
            rows.append(row)
    columns = [*REQUIRED, *OPTIONAL, *extra]
    entities = pd.DataFrame({name: [row.get(name, "") for row in rows] for name in columns}, dtype=str)
    for year in ("born", "died"):
        entities[year] = pd.to_numeric(entities[year].where(entities[year] != ""), errors="raise").astype("Int32")
    return Authority(entities, _names(rows))


def load_decisions(path: Path, authority: Authority) -> Decisions:
    """The decisions in `path`; none if there is no such file.

    Rows copied from a review queue may keep its further cells, whichever of the two headers the file has.

    Raises:
        ReferenceFileError: An incomplete row, or an entity that is in no authority file (one that a build found itself,
            `new:...`, is looked for later).
    """
    if not path.is_file():
        return Decisions()
    known = {*authority.entities["entity_id"], NOT_A_NAME, UNKNOWN_PERSON}
    rows: list[dict[str, str]] = []
    first: dict[tuple[str, str], tuple[int, str]] = {}
    for line, row in read_rows(path, ("surface", "entity_id"), (DECISION_COLUMNS, REVIEW_COLUMNS)):
        if not row["entity_id"]:
            continue  # the row of a review queue that nobody has decided yet
        if not row["surface"]:
            raise ReferenceFileError(path, line, "surface", "is empty; write the name exactly as it stands in the text")
        if row["entity_id"] not in known and not row["entity_id"].startswith(NEW):
            raise ReferenceFileError(
                path, line, "entity_id", f"{row['entity_id']!r} is in no authority file; add the entity there, "
                f"or write {NOT_A_NAME!r} or {UNKNOWN_PERSON!r}")  # fmt: skip
        key = (row["surface"], row.get("post_id", ""))
        at, entity = first.setdefault(key, (line, row["entity_id"]))
        if entity != row["entity_id"]:
            raise ReferenceFileError(
                path, line, "entity_id", f"{row['surface']!r} was decided in line {at} already, as {entity!r}; keep "
                "one of the two, or give each the post_id it is meant for")  # fmt: skip
        if at != line:
            continue
        rows.append({name: row.get(name, "") for name in DECISION_COLUMNS} | {"line": str(line)})
    return Decisions(pd.DataFrame(rows, columns=[*DECISION_COLUMNS, "line"], dtype=str))


def read_rows(
    path: Path, required: tuple[str, ...], layouts: Sequence[tuple[str, ...]] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row of a CSV file with the line on which it ends, cells stripped of outer white space.

    Args:
        path: The file.
        required: Columns that it must have.
        layouts: Headers that begin alike; under one of them, a row may be as long as any.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ReferenceFileError(path, line, "", f"is not UTF-8 ({error.reason}); save it as UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(path, header, required)
        lengths = {len(layout) for layout in layouts} if tuple(header) in layouts else {len(header)}
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) not in lengths:
                raise ReferenceFileError(
                    path, reader.line_num, "", f"has {len(cells)} cells, the header {len(header)}; "
                    "put quotes around cells that hold commas")  # fmt: skip
            yield reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=False))
    except csv.Error as error:
        raise ReferenceFileError(path, reader.line_num, "", f"is no valid CSV: {error}") from error


def _check_header(path: Path, header: list[str], required: tuple[str, ...]) -> None:
    missing = [name for name in required if name not in header]
    if missing:
        hint = "" if len(header) > 1 else " (with commas between them)"
        raise ReferenceFileError(path, 1, missing[0], f"is missing; the header needs {', '.join(required)}{hint}")
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise ReferenceFileError(path, 1, twice[0], "stands twice in the header")


def _check_entity(path: Path, line: int, row: dict[str, str], seen: dict[str, tuple[Path, int]]) -> None:
    for name in ("entity_id", "name"):
        if not row[name]:
            raise ReferenceFileError(path, line, name, "is empty; every entity needs one")
    if row["kind"] not in KINDS:
        raise ReferenceFileError(path, line, "kind", f"is {row['kind']!r}; use one of {', '.join(KINDS)}")
    if row["entity_id"] in (NOT_A_NAME, UNKNOWN_PERSON) or row["entity_id"].startswith(NEW):
        raise ReferenceFileError(path, line, "entity_id", f"{row['entity_id']!r} has a meaning of its own; use another")
    if row["entity_id"] in seen:
        other, at = seen[row["entity_id"]]
        raise ReferenceFileError(
            path, line, "entity_id", f"{row['entity_id']!r} stands in {other.name}, line {at} already"
        )
    seen[row["entity_id"]] = (path, line)
    for name in ("born", "died"):
        value = row.get(name, "")
        if value and not re.fullmatch(r"-?[0-9]{1,5}", value):
            raise ReferenceFileError(path, line, name, f"{value!r} is no year; write a number such as 1894, or -44")


def _names(rows: list[dict[str, str]]) -> pd.DataFrame:
    """All names of all entities, the canonical one first, none twice."""
    entity: list[int] = []
    names: list[str] = []
    alias: list[bool] = []
    native: list[bool] = []
    for number, row in enumerate(rows):
        found = {row["name"]: (False, False)}
        if row.get("native_name", ""):
            found.setdefault(row["native_name"], (False, True))
        for name in row.get("aliases", "").split(";"):
            if name.strip():
                found.setdefault(name.strip(), (True, False))
        for name, (is_alias, is_native) in found.items():
            entity.append(number)
            names.append(name)
            alias.append(is_alias)
            native.append(is_native)
    return pd.DataFrame({
        "entity": pd.Series(entity, dtype="int64"), "name": pd.Series(names, dtype=str),
        "is_alias": pd.Series(alias, dtype=bool), "is_native": pd.Series(native, dtype=bool),
    })  # fmt: skip
