"""Turns authorities people already have into `authority/*.csv`: a Wikidata query, an OpenRefine export, a SKOS file.

Run it as `python -m pipelines.names.importers wikidata query.csv people.csv` (or `openrefine`, `skos`; `--help` tells
the rest). What cannot be understood stops with file, line and column; what is understood but cannot be kept (an item
without a name, two years of birth) is left out and said. No names are compared here, and nothing is looked up.
"""

import argparse
import csv
import io
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.names import skos
from pipelines.names.authority import KINDS, ReferenceFileError
from pipelines.names.imported import SCHEMES, Collector, Entry, Imported, kind_of, short_id, write

if TYPE_CHECKING:
    from _csv import Reader as CSVReader

WIKIDATA_COLUMNS = {
    "name": ("label", "name"),
    "native_name": ("native", "nativename", "nativelabel", "nativenamelabel", "nameinnativelanguage"),
    "aliases": ("altlabel", "altlabels", "alias", "aliases"),
    "born": ("birth", "born", "birthdate", "dateofbirth", "birthyear", "yearofbirth", "inception"),
    "died": ("death", "died", "deathdate", "dateofdeath", "deathyear", "yearofdeath", "dissolved"),
    "description": ("description",),
    "kind": ("kind", "type", "class", "instanceof"),
}
"""Names a query usually gives its columns, in lower case, without `_` and without the name of the item's column."""
OTHER_COLUMNS = ("native_name", "born", "died", "description", "kind")


def wikidata(
    path: Path, *, kind: str = "person", kinds: Mapping[str, str] | None = None, separator: str = ", "
) -> Imported:
    """The items of a Wikidata query's CSV, one entity an item, however many rows it has.

    The item's column is the first that holds addresses of items; the others are known by their usual names
    (`itemLabel`, `itemAltLabel`, `native`, `birth`, `death`, `itemDescription`, `kind`). Of dates the year is taken.

    Args:
        path: The file as query.wikidata.org saves it.
        kind: Kind of the items for which the file has none.
        kinds: What values of the kind column mean, e.g. `{"Q5": "person"}`.
        separator: What stands between alternative labels; the label service writes a comma and a space.

    Raises:
        ReferenceFileError: No item or no label column, an id, date or kind that is none, or two labels of one item.
    """
    table = _Table.read(path, ",")
    id_column = _item_column(path, table)
    columns = _usual_columns(path, table.header, id_column)
    collected = Collector()
    for line, row in table.rows:
        identifier = short_id(row[id_column])
        if not re.fullmatch(r"Q[0-9]+", identifier):
            raise ReferenceFileError(path, line, id_column, f"{row[id_column]!r} is the address of no Wikidata item")
        values = {name: row[column] for name, column in columns.items()}
        if values["name"] in ("", identifier):
            collected.left_out.append(f"line {line}: {identifier} has no label in the language asked for")
            continue
        row_kind = kind_of(path, line, columns.get("kind", ""), values.get("kind", ""), kind, kinds or {})
        entry = collected.entry(identifier, row_kind, values["name"], row[id_column])
        _agree(path, line, columns["name"], identifier, values["name"], entry.name)
        _agree(path, line, columns.get("kind", ""), identifier, row_kind, entry.kind)
        for year in ("born", "died"):
            entry.add_year(year, values.get(year, ""), path, line, columns.get(year, ""))
        entry.native_name = entry.native_name or values.get("native_name", "")
        entry.description = entry.description or values.get("description", "")
        entry.add_names(values.get("aliases", "").split(separator))
    return collected.finished()


def openrefine(
    path: Path, *, id_column: str, name_column: str, alias_columns: Sequence[str] = (),
    columns: Mapping[str, str] | None = None, kind: str = "person", kinds: Mapping[str, str] | None = None,
    separator: str = ";", records: bool = False,
) -> Imported:  # fmt: skip
    """The matched entities of an OpenRefine export (`.tsv`, otherwise CSV), one entity an identifier.

    Rows of one identifier become one entity: the first name is the canonical one, further names and those of the
    alias columns are its aliases. Rows without identifier were matched with nothing and are left out.

    Args:
        path: The exported file.
        id_column: Column with the identifiers or addresses of the matched entities.
        name_column: Column with the names to show, e.g. the labels of the matched entities.
        alias_columns: Columns with other names, e.g. the cells that were reconciled.
        columns: Where the rest stands: `native_name`, `born`, `died`, `description`, `kind` → column.
        kind: Kind of the rows for which the file has none.
        kinds: What values of the kind column mean.
        separator: What stands between several names in one cell.
        records: The file was exported in records mode: a row with neither identifier nor name continues the one above.

    Raises:
        ReferenceFileError: A column that is not there, a date or a kind that is none.
    """
    table = _Table.read(path, "\t" if path.suffix.lower() in (".tsv", ".tab") else ",")
    where = dict(columns or {})
    for column in (id_column, name_column, *alias_columns, *where.values()):
        if column not in table.header:
            raise ReferenceFileError(path, 1, column, f"is no column of this file; it has {', '.join(table.header)}")
    collected = Collector()
    entry: Entry | None = None
    for line, row in table.rows:
        identifier, name = short_id(row[id_column]), row[name_column]
        if identifier and not name:
            raise ReferenceFileError(path, line, name_column, f"is empty; {identifier} needs a name")
        if identifier:
            kind_column = where.get("kind", "")
            row_kind = kind_of(path, line, kind_column, row.get(kind_column, ""), kind, kinds or {})
            entry = collected.entry(identifier, row_kind, name, row[id_column])
            _agree(path, line, kind_column, identifier, row_kind, entry.kind)
        elif name or not records:
            written = next(filter(None, [name, *(row[one] for one in alias_columns)]), "")
            collected.left_out.append(f"line {line}: {written!r} was matched with nothing")
            entry = None
        if entry is not None:
            _fill(entry, path, line, row, where)
            entry.add_names([name, *(part for one in alias_columns for part in row[one].split(separator))])
    return collected.finished()


@dataclass(frozen=True, slots=True)
class _Table:
    header: list[str]
    rows: list[tuple[int, dict[str, str]]]

    @classmethod
    def read(cls, path: Path, delimiter: str) -> "_Table":
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            raise ReferenceFileError(path, line, "", "is not UTF-8; save it as UTF-8") from error
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            if not header or len(set(header)) < len(header):
                raise ReferenceFileError(path, 1, "", "needs a header row in which every column has a name of its own")
            return cls(header, list(cls._rows(path, reader, header)))
        except csv.Error as error:
            raise ReferenceFileError(path, reader.line_num, "", f"cannot be read as a table: {error}") from error

    @staticmethod
    def _rows(path: Path, reader: "CSVReader", header: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise ReferenceFileError(path, reader.line_num, "", f"has {len(cells)} cells, the header {len(header)}")
            yield reader.line_num, dict(zip(header, (" ".join(cell.split()) for cell in cells), strict=True))


def _item_column(path: Path, table: _Table) -> str:
    for column in table.header:
        if table.rows and SCHEMES[0][0].fullmatch(table.rows[0][1][column]):
            return column
    raise ReferenceFileError(path, 2, "", "has no address of a Wikidata item; the query must select ?item")


def _usual_columns(path: Path, header: Sequence[str], id_column: str) -> dict[str, str]:
    """Which column of a query's result holds what; columns of other names are not used."""
    result: dict[str, str] = {}
    for column in header:
        plain = column.lower().replace("_", "")
        plain = plain.removeprefix(id_column.lower().replace("_", "")) or plain
        for meaning, usual in WIKIDATA_COLUMNS.items():
            if column != id_column and plain in usual:
                result.setdefault(meaning, column)
    if "name" not in result:
        raise ReferenceFileError(path, 1, f"{id_column}Label", "is missing; the query must select it")
    return result


def _agree(path: Path, line: int, column: str, identifier: str, new: str, old: str) -> None:
    if new != old:
        raise ReferenceFileError(path, line, column, f"calls {identifier} {new!r}, a row before called it {old!r}")


def _fill(entry: Entry, path: Path, line: int, row: Mapping[str, str], where: Mapping[str, str]) -> None:
    for meaning in ("born", "died"):
        column = where.get(meaning, "")
        entry.add_year(meaning, row.get(column, ""), path, line, column)
    entry.native_name = entry.native_name or row.get(where.get("native_name", ""), "")
    entry.description = entry.description or row.get(where.get("description", ""), "")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status of the command line: 0 for a file written, 2 for one that could not be read."""
    options = _options(arguments)
    try:
        imported = _run(options, dict(pair.rsplit("=", 1) for pair in options.kinds))
        write(imported, options.output)
    except (ReferenceFileError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for sentence in imported.left_out:
        sys.stderr.write(f"left out: {sentence}\n")
    sys.stderr.write(f"{len(imported.rows)} entities written to {options.output}\n")
    return 0


def _run(options: argparse.Namespace, kinds: Mapping[str, str]) -> Imported:
    if options.format == "wikidata":
        return wikidata(options.input, kind=options.kind or "person", kinds=kinds, separator=options.separator)
    if options.format == "skos":
        return skos.read(
            options.input, kind=options.kind, kinds=kinds, languages=options.language or ("en", ""),
            native_languages=options.native_language, syntax=options.syntax,
        )  # fmt: skip
    return openrefine(
        options.input, id_column=options.id, name_column=options.name, alias_columns=options.alias,
        columns={name: column for name in OTHER_COLUMNS if (column := getattr(options, name))},
        kind=options.kind or "person", kinds=kinds, separator=options.separator, records=options.records,
    )  # fmt: skip


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m pipelines.names.importers", description="Makes an authority file.")
    formats = parser.add_subparsers(dest="format", required=True)
    query = formats.add_parser("wikidata", help="the CSV of a query at query.wikidata.org")
    query.add_argument("--separator", default=", ", help="between alternative labels (default: comma and space)")
    table = formats.add_parser("openrefine", help="an export of a project with reconciled columns")
    table.add_argument("--id", required=True, metavar="COLUMN", help="identifiers of the matched entities")
    table.add_argument("--name", required=True, metavar="COLUMN", help="the names to show")
    table.add_argument("--alias", action="append", default=[], metavar="COLUMN", help="other names; may be repeated")
    for name in OTHER_COLUMNS:
        table.add_argument(f"--{name.replace('_', '-')}-column", dest=name, default="", metavar="COLUMN")
    table.add_argument("--separator", default=";", help="between several names in one cell (default: semicolon)")
    table.add_argument("--records", action="store_true", help="a row with neither id nor name continues the one above")
    graph = formats.add_parser("skos", help="a SKOS file")
    graph.add_argument("--language", action="append", metavar="CODE", help="of the names to show (default: en)")
    graph.add_argument("--native-language", action="append", default=[], metavar="CODE", help="of the native name")
    graph.add_argument("--syntax", help="format as rdflib calls it, where the file's ending does not tell")
    for one in (query, table, graph):
        one.add_argument("--kind", default="", choices=KINDS, help="of what the file says nothing about")
        one.add_argument("--kinds", action="append", default=[], metavar="VALUE=KIND", type=_meaning)
        one.add_argument("input", type=Path)
        one.add_argument("output", type=Path)
    return parser.parse_args(arguments)


def _meaning(pair: str) -> str:
    if pair.rpartition("=")[2] not in KINDS:
        raise argparse.ArgumentTypeError(f"{pair!r} should look like Q515=place, with one of {', '.join(KINDS)}")
    return pair


if __name__ == "__main__":
    sys.exit(main())
