"""The shipped authority can be trusted: no duplicates, no impossible years, native names that fold to the Latin ones.

Belongs here: what a machine can check of `seeds/reference`. Not here: whether a fact is true; SOURCES.yml says how the
rows were made. Every check is a function from rows to complaints, and was seen failing on a broken row.
"""

import csv
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from rigour.text import ascii_text, jaro_winkler

from pipelines.names import authority, romanise

REFERENCE = Path(__file__).parents[2] / "seeds" / "reference"
FILES = {"people.csv": "person", "places.csv": "place", "organisations.csv": "organisation", "events.csv": "event"}
COLUMNS = ["entity_id", "kind", "name", "native_name", "aliases", "born", "died", "description", "source"]
PREFIXES = {"person": "p:", "place": "l:", "organisation": "o:", "event": "e:"}
FLOORS = {"person": 320, "place": 60, "organisation": 40, "event": 40}
THIS_YEAR = 2026
OLDEST = 115
SPACED_SCRIPTS = ("CYRILLIC", "GREEK", "GEORGIAN", "ARMENIAN", "LATIN")
"""Scripts that part the names of a person; Chinese and Korean are compared as a whole."""
ALIKE = 0.87
"""How alike (Jaro-Winkler) a plain transliteration must be: Aleksandr and Alexander are, Kirov and Kornilov are not."""

Row = dict[str, str]
Check = Callable[[Sequence[Row]], list[str]]


@cache
def rows_of(file: str) -> list[Row]:
    with (REFERENCE / "authority" / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def shipped() -> list[Row]:
    return [row for file in FILES for row in rows_of(file)]


def names_of(row: Row) -> list[str]:
    return [row["name"], *filter(None, row["aliases"].split(";"))]


def plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", ascii_text(name).lower()).strip()


def repeated_ids(rows: Sequence[Row]) -> list[str]:
    return [entity for entity, times in Counter(row["entity_id"] for row in rows).items() if times > 1]


def repeated_names(rows: Sequence[Row]) -> list[str]:
    seen = Counter((plain(row["name"]), row["kind"]) for row in rows)
    return [f"{name} ({kind})" for (name, kind), times in seen.items() if times > 1]


def shared_names(rows: Sequence[Row]) -> list[str]:
    """Names, canonical or other, that two entities claim, however they are accented or capitalised."""
    bearers: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for name in names_of(row):
            bearers[plain(name)].add(row["entity_id"])
    return [f"{name}: {', '.join(sorted(ids))}" for name, ids in bearers.items() if len(ids) > 1]


def repeated_aliases(rows: Sequence[Row]) -> list[str]:
    return [row["entity_id"] for row in rows if max(Counter(map(plain, names_of(row))).values()) > 1]


def impossible_years(rows: Sequence[Row]) -> list[str]:
    return [f"{row['entity_id']}: {row['born']}-{row['died']}" for row in rows if not _possible(row)]


def _possible(row: Row) -> bool:
    years = [row["born"], row["died"]]
    if any(year and not re.fullmatch(r"-?[1-9][0-9]{0,3}", year) for year in years):
        return False
    known = [int(year) for year in years if year]
    if any(not -3000 <= year <= THIS_YEAR for year in known):
        return False
    if len(known) < 2:
        return True
    span = known[1] - known[0]
    return 0 < span <= OLDEST if row["kind"] == "person" else span >= 0


def untidy_cells(rows: Sequence[Row]) -> list[str]:
    """Cells with outer or double white space, decomposed letters, control or invisible signs."""
    return [
        f"{row['entity_id']}, {column}: {value!r}"
        for row in rows
        for column, value in row.items()
        if " ".join(value.split()) != value
        or not unicodedata.is_normalized("NFC", value)
        or any(unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cn") for sign in value)
    ]


def untidy_lists(rows: Sequence[Row]) -> list[str]:
    """Alias and source lists with an empty part or white space beside a separator."""
    lists = [(row, column) for row in rows for column in ("aliases", "source") if row[column]]
    return [
        f"{row['entity_id']}, {column}: {row[column]!r}"
        for row, column in lists
        if any(not part or part != part.strip() for part in row[column].split(";"))
    ]


def odd_signs(rows: Sequence[Row]) -> list[str]:
    """Names and aliases that are not written in Latin letters, or mix in a look-alike of another script."""
    return [
        f"{row['entity_id']}: {name!r}"
        for row in rows
        for name in names_of(row)
        if any(sign.isalpha() and "LATIN" not in unicodedata.name(sign) for sign in name)
    ]


def wrong_ids(rows: Sequence[Row]) -> list[str]:
    return [
        row["entity_id"]
        for row in rows
        if not re.fullmatch(re.escape(PREFIXES[row["kind"]]) + r"[a-z0-9]+(-[a-z0-9]+)*", row["entity_id"])
    ]


def out_of_order(rows: Sequence[Row]) -> list[str]:
    return [after["entity_id"] for before, after in pairwise(rows) if before["entity_id"] >= after["entity_id"]]


def undescribed(rows: Sequence[Row]) -> list[str]:
    return [row["entity_id"] for row in rows if not row["description"]]


def unexplained_sources(rows: Sequence[Row]) -> list[str]:
    known = _sources()["sources"]
    return [row["entity_id"] for row in rows if not all(key in known for key in row["source"].split(";"))]


def unfolding_natives(rows: Sequence[Row]) -> list[str]:
    """Native names in a script other than Latin of which no Latin name of the row is a romanisation, part by part."""
    return [
        f"{row['entity_id']}: {row['native_name']}"
        for row in rows
        if row["native_name"] and not any(_romanises(name, row["native_name"]) for name in names_of(row))
    ]


def _romanises(latin: str, native: str) -> bool:
    """Whether every part of the Latin name is a part of the native one, by sound or by plain transliteration."""
    if not any(unicodedata.name(sign).startswith(SPACED_SCRIPTS) for sign in native):
        return jaro_winkler(_joined(latin), _joined(native)) >= ALIKE
    heard = set().union(*_sounds(native).values())
    written = [plain(part) for part in _parts(native)]
    return all(
        sounds & heard or any(jaro_winkler(plain(part), one) >= ALIKE for one in written)
        for part, sounds in _sounds(latin).items()
    )


def _joined(name: str) -> str:
    return plain(name).replace(" ", "")


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"[\s\-]+", name) if any(map(str.isalpha, part))]


def _sounds(name: str) -> dict[str, set[bytes]]:
    parts = _parts(name)
    result: dict[str, set[bytes]] = {part: set() for part in parts}
    sounds = romanise.sounds(parts)
    for token, sound in zip(sounds.token.tolist(), sounds.sound.tolist(), strict=True):
        result[parts[token]].add(sound)
    return result


@cache
def _sources() -> dict[str, dict[str, object]]:
    loaded: dict[str, dict[str, object]] = yaml.safe_load((REFERENCE / "SOURCES.yml").read_text("utf-8"))
    return loaded


CHECKS: list[Check] = [
    repeated_ids, repeated_names, shared_names, repeated_aliases, impossible_years, untidy_cells, untidy_lists,
    odd_signs, wrong_ids, undescribed, unexplained_sources, unfolding_natives,
]  # fmt: skip


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_shipped_authority_passes(check: Check) -> None:
    assert check(shipped()) == []


GOOD: Row = {
    "entity_id": "p:petrov-petr", "kind": "person", "name": "Petr Petrov", "native_name": "Пётр Иванович Петров",
    "aliases": "Petr Ivanovich Petrov;Petrenko", "born": "1880", "died": "1940", "description": "Example",
    "source": "general",
}  # fmt: skip
OTHER: Row = GOOD | {"entity_id": "p:sidorov-sidor", "name": "Sidor Sidorov", "native_name": "", "aliases": ""}

BROKEN: list[tuple[Check, list[Row]]] = [
    (repeated_ids, [GOOD, OTHER | {"entity_id": "p:petrov-petr"}]),
    (repeated_names, [GOOD, OTHER | {"name": "Pétr PETROV"}]),
    (shared_names, [GOOD, OTHER | {"aliases": "petrenko"}]),
    (shared_names, [GOOD, OTHER | {"kind": "place", "aliases": "Petrenko"}]),
    (repeated_aliases, [GOOD | {"aliases": "Petrenko;Pétrenko"}]),
    (repeated_aliases, [GOOD | {"aliases": "Petr Petrov"}]),
    (impossible_years, [GOOD | {"born": "1940", "died": "1880"}]),
    (impossible_years, [GOOD | {"died": "1880"}]),
    (impossible_years, [GOOD | {"died": "1996"}]),
    (impossible_years, [GOOD | {"born": "c. 1880"}]),
    (impossible_years, [GOOD | {"born": "-4000", "died": ""}]),
    (impossible_years, [GOOD | {"died": "2040", "born": ""}]),
    (impossible_years, [GOOD | {"kind": "event", "born": "1917", "died": "1905"}]),
    (untidy_cells, [GOOD | {"description": "Example "}]),
    (untidy_cells, [GOOD | {"name": "Petr  Petrov"}]),
    (untidy_cells, [GOOD | {"name": "Petr\u00a0Petrov"}]),
    (untidy_cells, [GOOD | {"name": "Petr\u200bPetrov"}]),
    (untidy_cells, [GOOD | {"name": "Gero\u030b"}]),
    (untidy_lists, [GOOD | {"aliases": "Petrenko;;Petrak"}]),
    (untidy_lists, [GOOD | {"aliases": "Petrenko; Petrak"}]),
    (untidy_lists, [GOOD | {"source": "general;"}]),
    (odd_signs, [GOOD | {"name": "Petr Рetrov"}]),
    (wrong_ids, [GOOD | {"entity_id": "l:petrov-petr"}]),
    (wrong_ids, [GOOD | {"entity_id": "p:Petrov"}]),
    (undescribed, [GOOD | {"description": ""}]),
    (unexplained_sources, [GOOD | {"source": "hearsay"}]),
    (unexplained_sources, [GOOD | {"source": ""}]),
    (unfolding_natives, [GOOD | {"native_name": "Сидор Иванович Сидоров"}]),
    (unfolding_natives, [GOOD | {"native_name": "毛泽东"}]),
    (out_of_order, [OTHER, GOOD]),
    (out_of_order, [GOOD, GOOD]),
]


@pytest.mark.parametrize("check", [*CHECKS, out_of_order], ids=lambda check: check.__name__)
def test_checks_accept_good_rows(check: Check) -> None:
    assert check([GOOD, OTHER]) == []


@pytest.mark.parametrize(("check", "rows"), BROKEN)
def test_checks_complain_about_broken_rows(check: Check, rows: list[Row]) -> None:
    assert check(rows)


def test_every_check_was_seen_failing() -> None:
    assert {check for check, _ in BROKEN} == {*CHECKS, out_of_order}


@pytest.mark.parametrize(("file", "kind"), FILES.items())
def test_file_holds_enough_of_its_kind_in_order(file: str, kind: str) -> None:
    rows = rows_of(file)
    assert list(rows[0]) == COLUMNS
    assert {row["kind"] for row in rows} == {kind}
    assert out_of_order(rows) == []
    assert len(rows) >= FLOORS[kind]


def test_authority_loads() -> None:
    loaded = authority.load(REFERENCE / "authority")
    assert len(loaded.entities) == len(shipped()) >= 500


def test_files_are_plain_csv() -> None:
    for file in FILES:
        data = (REFERENCE / "authority" / file).read_bytes()
        assert data.endswith(b"\n")
        assert b"\r" not in data
        assert not data.startswith(b"\xef\xbb\xbf")


ALONE = {
    "Stalin": "p:stalin-joseph", "Lenin": "p:lenin-vladimir", "Trotsky": "p:trotsky-leon", "Kamenev": "p:kamenev-lev",
    "Zinoviev": "p:zinoviev-grigory", "Bukharin": "p:bukharin-nikolai", "Khrushchev": "p:khrushchev-nikita",
    "Molotov": "p:molotov-vyacheslav", "Beria": "p:beria-lavrentiy", "Vyshinsky": "p:vyshinsky-andrei",
    "Brezhnev": "p:brezhnev-leonid", "Gorbachev": "p:gorbachev-mikhail", "Rákosi": "p:rakosi-matyas",
    "Gerő": "p:gero-erno", "Nagy": "p:nagy-imre", "Kádár": "p:kadar-janos", "Tito": "p:tito-josip-broz",
    "Gomułka": "p:gomulka-wladyslaw", "Hitler": "p:hitler-adolf", "Churchill": "p:churchill-winston",
    "Roosevelt": "p:roosevelt-franklin-d", "Kennedy": "p:kennedy-john-f", "Castro": "p:castro-fidel",
}  # fmt: skip


@pytest.mark.parametrize(("surname", "entity"), ALONE.items())
def test_famous_surname_has_one_bearer(surname: str, entity: str) -> None:
    """As SOURCES.yml promises: a lone surname that nearly always means one person has no second bearer."""
    assert _bearers(plain(surname)) == {entity}


@pytest.mark.parametrize("surname", ["Kuznetsov", "Medvedev", "Smirnov", "Ivanov", "Orlov", "Masaryk", "Dulles"])
def test_common_surname_has_several_bearers(surname: str) -> None:
    assert len(_bearers(plain(surname))) > 1


def _bearers(surname: str) -> set[str]:
    people = rows_of("people.csv")
    return {row["entity_id"] for row in people if any(plain(name).split()[-1] == surname for name in names_of(row))}


def test_no_part_of_a_person_is_a_place() -> None:
    """Where a person is named in full, each lone part of that name means the person: no `Boris III of Bulgaria`."""
    places = {plain(name): row["entity_id"] for row in rows_of("places.csv") for name in names_of(row)}
    clashes = {
        (row["entity_id"], places[plain(part)])
        for row in rows_of("people.csv")
        for name in names_of(row)
        for part in _parts(name)
        if plain(part) in places
    }
    assert clashes == {("p:lvov-georgy", "l:lviv")}


@pytest.mark.parametrize(
    ("name", "entity"),
    [("Petrograd", "l:saint-petersburg"), ("Leningrad", "l:saint-petersburg"), ("Lwów", "l:lviv"), ("Lvov", "l:lviv"),
     ("Djugashvili", "p:stalin-joseph"), ("Lev Bronstein", "p:trotsky-leon"),
     ("CPSU", "o:communist-party-of-the-soviet-union")],
)  # fmt: skip
def test_other_names_lead_to_one_entity(name: str, entity: str) -> None:
    assert [row["entity_id"] for row in shipped() if name in names_of(row)] == [entity]


def test_every_source_is_used_and_explained() -> None:
    sources = _sources()["sources"]
    assert set(sources) == {key for row in shipped() for key in row["source"].split(";")}
    assert all(isinstance(text, dict) and {"title", "what"} <= text.keys() for text in sources.values())


def header_and_rows(file: str) -> tuple[list[str], Iterable[Row]]:
    with (REFERENCE / file).open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        return list(reader.fieldnames or []), list(reader)


def test_spelling_rules_change_no_name_and_agree() -> None:
    header, rows = header_and_rows("spelling.csv")
    rules = {row["written"]: row["preferred"] for row in rows}
    assert header == ["written", "preferred", "note"]
    assert all(word == word.lower() and word not in rules.values() for word in rules)
    names = {plain(name) for row in shipped() for name in names_of(row)}
    assert not names & {plain(word) for word in [*rules, *rules.values()]}
