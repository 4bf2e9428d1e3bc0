"""Gathers the entities of another authority's file into the rows of `authority/*.csv`.

Belongs here: what every importer needs, whatever it reads: one entry an identifier, years out of dates, short ids, the
file that is written. Not here: the formats (`importers`, `skos`).
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.names.authority import KINDS, OPTIONAL, REQUIRED, ReferenceFileError

COLUMNS = (*REQUIRED, *OPTIONAL, "source")
SCHEMES = (
    (re.compile(r"https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/(Q[0-9]+)"), ""),
    (re.compile(r"https?://d-nb\.info/gnd/([0-9X-]+)"), "gnd:"),
    (re.compile(r"https?://(?:www\.)?viaf\.org/viaf/([0-9]+)/?"), "viaf:"),
    (re.compile(r"https?://id\.loc\.gov/authorities/names/(n[a-z]*[0-9]+)"), "lcnaf:"),
    (re.compile(r"https?://(?:sws|www)\.geonames\.org/([0-9]+)(?:/.*)?"), "geonames:"),
    (re.compile(r"https?://vocab\.getty\.edu/tgn/([0-9]+)"), "tgn:"),
    (re.compile(r"https?://vocab\.getty\.edu/ulan/([0-9]+)"), "ulan:"),
)
"""Addresses of well-known authorities and the short form in which their ids are usually cited."""
_DATE = re.compile(r"([+-]?[0-9]{1,6})(-[0-9]{2}(-[0-9]{2}(T.*)?)?)?")
_UNKNOWN = re.compile(r"_:.*|t[0-9]+|https?://www\.wikidata\.org/\.well-known/genid/.*")


@dataclass(slots=True)
class Entry:
    """One entity while its rows are gathered; `years` holds all that were found for born and died."""

    entity_id: str
    kind: str
    name: str
    source: str
    native_name: str = ""
    description: str = ""
    aliases: dict[str, None] = field(default_factory=dict)
    years: dict[str, dict[str, None]] = field(default_factory=lambda: {"born": {}, "died": {}})

    def add_names(self, names: Iterable[str]) -> None:
        """Makes aliases of the names that are not the entity's own yet."""
        for name in (one.strip() for one in names):
            if name and name != self.name:
                self.aliases.setdefault(name)

    def add_year(self, meaning: str, date: str, path: Path, line: int, column: str) -> None:
        """Notes the year of a date of birth or death.

        Raises:
            ReferenceFileError: It is no date.
        """
        year = year_of(date)
        if year is None:
            raise ReferenceFileError(path, line, column, f"{date!r} is no date; it should look like 1894 or 1894-04-15")
        if year:
            self.years[meaning].setdefault(year)


@dataclass(frozen=True, slots=True)
class Imported:
    """The rows for an authority file in the order of the input, and in words what was left out of them."""

    rows: list[dict[str, str]]
    left_out: list[str]


class Collector:
    """Gathers the entries of a file in the order in which they first appear."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.left_out: list[str] = []

    def entry(self, identifier: str, kind: str, name: str, source: str) -> Entry:
        """The entry of this identifier, made when it is first met."""
        return self.entries.setdefault(identifier, Entry(identifier, kind, name, source))

    def finished(self) -> Imported:
        """All entries as rows."""
        return Imported([self._row(entry) for entry in self.entries.values()], self.left_out)

    def _row(self, entry: Entry) -> dict[str, str]:
        aliases = [alias for alias in entry.aliases if ";" not in alias and alias != entry.native_name]
        broken = [alias for alias in entry.aliases if ";" in alias]
        self.left_out += [f"{entry.entity_id}: other name {alias!r} holds a semicolon" for alias in broken]
        for meaning, years in entry.years.items():
            if len(years) > 1:
                self.left_out.append(f"{entry.entity_id}: {meaning} in {' or '.join(years)}; left empty")
        born, died = (next(iter(years)) if len(years) == 1 else "" for years in entry.years.values())
        values = (entry.entity_id, entry.kind, entry.name, entry.native_name, ";".join(aliases), born, died)
        return dict(zip(COLUMNS, (*values, entry.description, entry.source), strict=True))


def kind_of(path: Path, line: int, column: str, value: str, default: str, kinds: Mapping[str, str]) -> str:
    """The kind that a value of the file means.

    Raises:
        ReferenceFileError: It means none.
    """
    found = kinds.get(value) or kinds.get(short_id(value)) or value or default
    if found not in KINDS:
        problem = f"{value!r} is of no known kind; say what it means: --kinds {value}=person ({', '.join(KINDS)})"
        raise ReferenceFileError(path, line, column, problem)
    return found


def write(imported: Imported, path: Path) -> None:
    """An authority file at `path`; one that is there is replaced."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(imported.rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode("utf-8"))


def short_id(address: str) -> str:
    """The id as usually cited (`Q855`, `gnd:118642499`) if the address is of a well-known authority, else as given."""
    for pattern, prefix in SCHEMES:
        if found := pattern.fullmatch(address):
            return prefix + found.group(1)
    return address


def year_of(date: str) -> str | None:
    """The year of a date (1894, 1894-04-15, 1894-04-15T00:00:00Z), empty if unknown, None if it is no date.

    In full dates years before Christ are counted as in XSD 1.1, where the year 0 is 1 BC; here -1 is 1 BC.
    """
    if not date or _UNKNOWN.fullmatch(date):
        return ""
    found = _DATE.fullmatch(date)
    if not found:
        return None
    year = int(found.group(1))
    return str(year - 1 if year <= 0 and found.group(4) else year)
