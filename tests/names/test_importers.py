"""Authorities from elsewhere arrive whole: Wikidata queries, OpenRefine exports, SKOS files.

The fixtures are small files of our own in the three formats; ids in them are examples.
"""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.names import authority, importers, skos
from pipelines.names.authority import ReferenceFileError
from pipelines.names.imported import COLUMNS, Collector, Imported, short_id, write, year_of

WIKIDATA = """\
item,itemLabel,itemAltLabel,native,birth,death,itemDescription
http://www.wikidata.org/entity/Q900001,Pyotr Ivanov,"P. Ivanov, Peter Ivanov",Пётр Иванов,1894-04-15T00:00:00Z,1971,x
http://www.wikidata.org/entity/Q900002,Anna Nováková,,,1901-01-01T00:00:00Z,,"Czech writer, essayist"
http://www.wikidata.org/entity/Q900003,Q900003,,,,,
"""


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8"))
    return path


def by_id(imported: Imported) -> dict[str, dict[str, str]]:
    return {row["entity_id"]: row for row in imported.rows}


def test_wikidata_rows_become_entities(tmp_path: Path) -> None:
    imported = importers.wikidata(file(tmp_path, "q.csv", WIKIDATA))
    assert imported.rows[0] == {
        "entity_id": "Q900001", "kind": "person", "name": "Pyotr Ivanov", "native_name": "Пётр Иванов",
        "aliases": "P. Ivanov;Peter Ivanov", "born": "1894", "died": "1971", "description": "x",
        "source": "http://www.wikidata.org/entity/Q900001",
    }  # fmt: skip
    assert imported.rows[1]["description"] == "Czech writer, essayist"
    assert len(imported.rows) == 2
    assert imported.left_out == ["line 4: Q900003 has no label in the language asked for"]


def test_wikidata_rows_of_one_item_are_one_entity(tmp_path: Path) -> None:
    text = (
        "person,personLabel,alias,native,dateOfBirth\n"
        "http://www.wikidata.org/entity/Q1,Ivan Petrov,Vanya,Иван Петров,1870-01-01T00:00:00Z\n"
        "http://www.wikidata.org/entity/Q1,Ivan Petrov,Petroff,Иван Петров,1871-01-01T00:00:00Z\n"
        "http://www.wikidata.org/entity/Q1,Ivan Petrov,Иван Петров,,\n"
    )
    imported = importers.wikidata(file(tmp_path, "q.csv", text))
    assert [row["aliases"] for row in imported.rows] == ["Vanya;Petroff"]
    assert imported.rows[0]["born"] == ""
    assert imported.left_out == ["Q1: born in 1870 or 1871; left empty"]


def test_wikidata_kinds_and_separator(tmp_path: Path) -> None:
    text = (
        "item,itemLabel,altLabels,instanceOf,inception\n"
        "http://www.wikidata.org/entity/Q1,Lviv,Lwów|Lemberg,http://www.wikidata.org/entity/Q515,1256\n"
        "http://www.wikidata.org/entity/Q2,Ivan Petrov,,http://www.wikidata.org/entity/Q5,\n"
        "http://www.wikidata.org/entity/Q3,Party,,,\n"
    )
    kinds = {"Q515": "place", "Q5": "person"}
    imported = importers.wikidata(file(tmp_path, "q.csv", text), kind="organisation", kinds=kinds, separator="|")
    assert [row["kind"] for row in imported.rows] == ["place", "person", "organisation"]
    assert by_id(imported)["Q1"]["aliases"] == "Lwów;Lemberg"
    assert by_id(imported)["Q1"]["born"] == "1256"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,born\nIvan,1870\n", "line 2: has no address of a Wikidata item"),
        ("item\nhttp://www.wikidata.org/entity/Q1\n", "line 1, column 'itemLabel': is missing"),
        ("item,itemLabel,birth\nhttp://www.wikidata.org/entity/Q1,I,May\n", "line 2, column 'birth': 'May' is no date"),
        (
            "item,itemLabel\nhttp://www.wikidata.org/entity/Q1,A\nhttp://www.wikidata.org/entity/Q1,B\n",
            "line 3, column 'itemLabel': calls Q1 'B'",
        ),
        (
            "item,itemLabel\nhttp://www.wikidata.org/entity/Q1,A\nhttp://example.org/2,B\n",
            "line 3, column 'item': 'http://example.org/2' is the address of no Wikidata item",
        ),
        (
            "item,itemLabel,kind\nhttp://www.wikidata.org/entity/Q1,A,dog\n",
            "line 2, column 'kind': 'dog' is of no known",
        ),
        (
            "item,itemLabel,kind\nhttp://www.wikidata.org/entity/Q1,A,person\n"
            "http://www.wikidata.org/entity/Q1,A,place\n",
            "line 3, column 'kind': calls Q1 'place'",
        ),
        ("item,itemLabel\nhttp://www.wikidata.org/entity/Q1\n", "line 2: has 1 cells, the header 2"),
        ('item,itemLabel\nhttp://www.wikidata.org/entity/Q1,"A"B\n', "line 2: cannot be read as a table"),
        ("item,item\n", "line 1: needs a header row"),
        ("", "line 1: needs a header row"),
    ],
)
def test_wikidata_errors_name_the_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ReferenceFileError) as error:
        importers.wikidata(file(tmp_path, "q.csv", text))
    assert f"q.csv, {message}" in str(error.value)


def test_files_that_are_no_utf8_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_bytes("item,itemLabel\nhttp://www.wikidata.org/entity/Q1,Kádár\n".encode("latin-1"))
    with pytest.raises(ReferenceFileError, match="line 2: is not UTF-8"):
        importers.wikidata(path)


OPENREFINE = (
    "Name as written\tQID\tLabel\tBirth\n"
    "Krushchev\tQ1\tNikita Khrushchev\t1894\n"
    "Hruscsov\tQ1\tNikita Khrushchev\t\n"
    "Somebody\t\t\t\n"
    "Imre Nagy\thttps://www.wikidata.org/wiki/Q2\tImre Nagy\t1896-06-07\n"
)


def test_openrefine_rows_become_entities(tmp_path: Path) -> None:
    imported = importers.openrefine(
        file(tmp_path, "names.tsv", OPENREFINE), id_column="QID", name_column="Label",
        alias_columns=["Name as written"], columns={"born": "Birth"},
    )  # fmt: skip
    assert [(row["entity_id"], row["name"], row["aliases"], row["born"]) for row in imported.rows] == [
        ("Q1", "Nikita Khrushchev", "Krushchev;Hruscsov", "1894"),
        ("Q2", "Imre Nagy", "", "1896"),
    ]
    assert imported.left_out == ["line 4: 'Somebody' was matched with nothing"]


def test_openrefine_first_name_is_canonical(tmp_path: Path) -> None:
    text = "id,name\ngnd:1,Ernő Gerő\ngnd:1,Ernst Singer\n"
    imported = importers.openrefine(file(tmp_path, "n.csv", text), id_column="id", name_column="name")
    assert [(row["name"], row["aliases"]) for row in imported.rows] == [("Ernő Gerő", "Ernst Singer")]


def test_openrefine_records_continue(tmp_path: Path) -> None:
    text = "id,name,other\nQ1,Lviv,Lwów\n,,Lemberg\nQ2,Riga,\n"
    path = file(tmp_path, "n.csv", text)
    imported = importers.openrefine(
        path, id_column="id", name_column="name", alias_columns=["other"], kind="place", records=True
    )
    assert [row["aliases"] for row in imported.rows] == ["Lwów;Lemberg", ""]
    imported = importers.openrefine(path, id_column="id", name_column="name", alias_columns=["other"], kind="place")
    assert [row["aliases"] for row in imported.rows] == ["Lwów", ""]
    assert imported.left_out == ["line 3: 'Lemberg' was matched with nothing"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,label\nQ1,A\n", "line 1, column 'name': is no column of this file; it has id, label"),
        ("id,name\nQ1,\n", "line 2, column 'name': is empty; Q1 needs a name"),
        ("id,name,kind\nQ1,A,dog\n", "line 2, column 'kind': 'dog' is of no known kind"),
        ("id,name,kind\nQ1,A,person\nQ1,A,place\n", "line 3, column 'kind': calls Q1 'place'"),
    ],
)
def test_openrefine_errors_name_the_place(tmp_path: Path, text: str, message: str) -> None:
    columns = {"kind": "kind"} if "kind" in text else {}
    with pytest.raises(ReferenceFileError) as error:
        importers.openrefine(file(tmp_path, "n.csv", text), id_column="id", name_column="name", columns=columns)
    assert f"n.csv, {message}" in str(error.value)


TURTLE = """\
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix schema: <https://schema.org/> .
@prefix xl: <http://www.w3.org/2008/05/skos-xl#> .
@prefix ex: <http://example.org/> .

ex:people a skos:Concept ; skos:prefLabel "People"@en .
ex:communists a skos:Concept ; skos:prefLabel "Communists"@en ; skos:broader ex:people .
ex:places a skos:ConceptScheme .
<https://d-nb.info/gnd/118500001> a skos:Concept ; skos:broader ex:communists ;
  skos:prefLabel "Pyotr Ivanov"@en , "Pjotr Iwanow"@de , "Пётр Иванов"@ru ;
  skos:altLabel "Petja"@de ; skos:definition "Example of a person"@en ;
  schema:birthDate "1894-04-15" ; schema:deathDate "1971" .
ex:lviv a skos:Concept ; skos:inScheme ex:places ; xl:prefLabel [ xl:literalForm "Lviv"@en ] ;
  skos:altLabel "Lwów"@pl , "Lemberg"@de .
"""
KINDS = {"http://example.org/people": "person", "http://example.org/places": "place"}


def test_skos_concepts_become_entities(tmp_path: Path) -> None:
    imported = skos.read(file(tmp_path, "t.ttl", TURTLE), kinds=KINDS, native_languages=["ru"])
    rows = by_id(imported)
    assert rows["gnd:118500001"] == {
        "entity_id": "gnd:118500001", "kind": "person", "name": "Pyotr Ivanov", "native_name": "Пётр Иванов",
        "aliases": "Pjotr Iwanow;Petja", "born": "1894", "died": "1971", "description": "Example of a person",
        "source": "https://d-nb.info/gnd/118500001",
    }  # fmt: skip
    assert rows["http://example.org/lviv"]["kind"] == "place"
    assert rows["http://example.org/lviv"]["aliases"] == "Lemberg;Lwów"
    assert "http://example.org/people" not in rows
    assert rows["http://example.org/communists"]["kind"] == "person"


def test_skos_language_of_the_name_is_chosen(tmp_path: Path) -> None:
    imported = skos.read(file(tmp_path, "t.ttl", TURTLE), kinds=KINDS, languages=["de", "en"])
    assert by_id(imported)["gnd:118500001"]["name"] == "Pjotr Iwanow"
    assert "Пётр Иванов" in by_id(imported)["gnd:118500001"]["aliases"]


def test_skos_loops_of_broader_end(tmp_path: Path) -> None:
    text = TURTLE + "ex:people skos:broader ex:communists .\n"
    text += "ex:a a skos:Concept ; skos:prefLabel 'A' ; skos:broader ex:b .\n"
    text += "ex:b a skos:Concept ; skos:prefLabel 'B' ; skos:broader ex:a .\n"
    imported = skos.read(file(tmp_path, "t.ttl", text), kinds=KINDS, kind="event")
    assert by_id(imported)["http://example.org/a"]["kind"] == "event"


@pytest.mark.parametrize(
    ("name", "text", "kinds", "message"),
    [
        ("t.ttl", "this is no turtle", {}, "t.ttl, line 1: is no valid turtle"),
        ("t.rdf", "<a>\n</b>", {}, "t.rdf, line 2: is no valid xml"),
        ("t.jsonld", "{", {}, "t.jsonld, line 1: is no valid json-ld"),
        ("t.docx", "", {}, "t.docx, line 1: has an ending of no known RDF format"),
        ("t.ttl", "", {}, "t.ttl, line 1: has no skos:Concept"),
        ("t.ttl", TURTLE, {}, "is of no kind; name its type, scheme or broader concept"),
        ("t.ttl", TURTLE.replace('"Lviv"@en', '"Lviv"@uk'), KINDS, "/lviv is in uk; choose with --language"),
        ("t.ttl", TURTLE + "ex:lviv skos:broader ex:people .", KINDS, "would be person and place"),
        ("t.ttl", TURTLE.replace('"1971"', '"May"'), KINDS, "'May' is no date"),
    ],
)
def test_skos_errors_name_the_place(tmp_path: Path, name: str, text: str, kinds: dict[str, str], message: str) -> None:
    with pytest.raises(ReferenceFileError) as error:
        skos.read(file(tmp_path, name, text), kinds=kinds)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("1894", "1894"), ("1894-04", "1894"), ("1894-04-15", "1894"), ("1894-04-15T00:00:00Z", "1894"), ("-44", "-44"),
        ("-0043-03-15T00:00:00Z", "-44"), ("0000-01-01T00:00:00Z", "-1"), ("+1894-04-15T00:00:00Z", "1894"), ("", ""),
        ("t123456", ""), ("_:b0", ""), ("http://www.wikidata.org/.well-known/genid/ab12", ""),
        ("15 April 1894", None), ("1894/95", None), ("1894-4-5", None),
    ],
)  # fmt: skip
def test_years_are_read_from_dates(date: str, year: str | None) -> None:
    assert year_of(date) == year


@pytest.mark.parametrize(
    ("address", "cited"),
    [
        ("http://www.wikidata.org/entity/Q855", "Q855"), ("https://www.wikidata.org/wiki/Q855", "Q855"),
        ("Q855", "Q855"), ("http://www.wikidata.org/entity/P31", "http://www.wikidata.org/entity/P31"),
        ("https://d-nb.info/gnd/118642499", "gnd:118642499"), ("http://viaf.org/viaf/1234", "viaf:1234"),
        ("http://id.loc.gov/authorities/names/n79000001", "lcnaf:n79000001"),
        ("https://sws.geonames.org/524901/", "geonames:524901"), ("http://vocab.getty.edu/tgn/7012974", "tgn:7012974"),
        ("http://example.org/1", "http://example.org/1"),
    ],
)  # fmt: skip
def test_ids_are_cited_as_usual(address: str, cited: str) -> None:
    assert short_id(address) == cited


def test_a_semicolon_in_an_alias_is_left_out_and_said() -> None:
    collected = Collector()
    collected.entry("x", "person", "A", "s").add_names(["B; C", "D"])
    imported = collected.finished()
    assert imported.rows[0]["aliases"] == "D"
    assert imported.left_out == ["x: other name 'B; C' holds a semicolon"]


words = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters=";"), min_size=1, max_size=8)


@given(items=st.lists(st.tuples(words, words, st.lists(words, max_size=3)), max_size=5))
def test_what_is_written_loads_as_an_authority(
    tmp_path_factory: pytest.TempPathFactory, items: list[tuple[str, str, list[str]]]
) -> None:
    collected = Collector()
    for identifier, name, aliases in items:
        collected.entry(f"x:{identifier}", "person", name, "test").add_names(aliases)
    folder = tmp_path_factory.mktemp("authority")
    write(collected.finished(), folder / "people.csv")
    loaded = authority.load(folder)
    assert loaded.entities["entity_id"].tolist() == list(collected.entries)
    assert loaded.entities["name"].tolist() == [entry.name for entry in collected.entries.values()]


def run(*arguments: str | Path) -> int:
    return importers.main([str(argument) for argument in arguments])


def test_command_line_writes_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "authority" / "people.csv"
    assert run("wikidata", file(tmp_path, "q.csv", WIKIDATA), target) == 0
    with target.open(encoding="utf-8", newline="") as stream:
        assert csv.DictReader(stream).fieldnames == list(COLUMNS)
    assert len(authority.load(target.parent).entities) == 2
    said = capsys.readouterr().err
    assert "left out: line 4: Q900003 has no label" in said
    assert "2 entities written to" in said


def test_command_line_reads_every_format(tmp_path: Path) -> None:
    table, graph = file(tmp_path, "n.tsv", OPENREFINE), file(tmp_path, "t.ttl", TURTLE)
    columns = ("--id", "QID", "--name", "Label", "--born-column", "Birth")
    assert run("openrefine", *columns, table, tmp_path / "a" / "n.csv") == 0
    meanings = [part for key, kind in KINDS.items() for part in ("--kinds", f"{key}={kind}")]
    assert run("skos", *meanings, "--native-language", "ru", graph, tmp_path / "a" / "t.csv") == 0
    assert len(authority.load(tmp_path / "a").entities) == 5


def test_command_line_tells_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("wikidata", file(tmp_path, "q.csv", "a\n1\n"), tmp_path / "out.csv") == 2
    assert "q.csv, line 2: has no address" in capsys.readouterr().err
    assert run("wikidata", tmp_path / "missing.csv", tmp_path / "out.csv") == 2
    assert "missing.csv" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run("wikidata", "--kinds", "Q5=dog", tmp_path / "q.csv", tmp_path / "out.csv")
    assert "Q515=place" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()
