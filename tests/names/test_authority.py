"""Reference files: what is read, and that every mistake is refused with its place."""

from pathlib import Path

import pytest

from pipelines.names.authority import DECISION_COLUMNS, REVIEW_COLUMNS, ReferenceFileError, load, load_decisions

HEADER = "entity_id,kind,name,native_name,aliases,born,died,description,party\n"
STALIN = 'p:1,person,Joseph Stalin,Иосиф Сталин,"Djugashvili; Koba ;Koba",1878,1953,"Soviet leader, 1924-1953",CPSU\n'


def write(folder: Path, text: str | bytes, name: str = "people.csv") -> Path:
    data = text.encode() if isinstance(text, str) else text
    (folder / name).write_bytes(data)
    return folder


def test_reads_all_columns(tmp_path: Path) -> None:
    authority = load(write(tmp_path, HEADER + STALIN))
    row = authority.entities.iloc[0]
    assert (row["born"], row["died"], row["party"]) == (1878, 1953, "CPSU")
    assert authority.names["name"].tolist() == ["Joseph Stalin", "Иосиф Сталин", "Djugashvili", "Koba"]
    assert authority.names["is_alias"].tolist() == [False, False, True, True]
    assert authority.names["is_native"].tolist() == [False, True, False, False]


def test_reads_several_files_in_order_and_none(tmp_path: Path) -> None:
    assert load(tmp_path / "missing").entities.empty
    assert load(tmp_path).names.empty
    write(tmp_path, "entity_id,kind,name\nl:1,place,Kyiv\n", "b.csv")
    write(tmp_path, b"\xef\xbb\xbf" + b"entity_id,kind,name,born\np:1,person,Gaius Julius Caesar,-100\n", "a.csv")
    authority = load(tmp_path)
    assert authority.entities["entity_id"].tolist() == ["p:1", "l:1"]
    assert authority.entities["born"].tolist()[0] == -100


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER + "p:1,persn,Joseph Stalin,,,,,,\n", "line 2, column 'kind'"),
        (HEADER + STALIN + STALIN, "line 3, column 'entity_id'"),
        (HEADER + "p:1,person,,,,,,,\n", "line 2, column 'name'"),
        (HEADER + ",person,Joseph Stalin,,,,,,\n", "line 2, column 'entity_id'"),
        (HEADER + "p:1,person,Joseph Stalin,,,about 1878,,,\n", "line 2, column 'born'"),
        (HEADER + "p:1,person,Joseph Stalin,,,,99999999999,,\n", "line 2, column 'died'"),
        (HEADER + "p:1,person,Stalin, Joseph,,,,,,\n", "line 2"),
        (HEADER + "new:1,person,Joseph Stalin,,,,,,\n", "line 2, column 'entity_id'"),
        (HEADER + "not-a-name,person,Joseph Stalin,,,,,,\n", "line 2, column 'entity_id'"),
        ("entity_id,kind\np:1,person\n", "line 1, column 'name'"),
        ("entity_id,kind,name,name\np:1,person,a,b\n", "line 1, column 'name'"),
        (HEADER + 'p:1,person,"Joseph Stalin,,,,,,\n', "line 2"),
        (b"entity_id,kind,name\np:1,person,Gero\np:2,person,Ger\xf5\n", "line 3"),
    ],
)
def test_refuses_with_the_place(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(ReferenceFileError, match=r"people\.csv") as error:
        load(write(tmp_path, text))
    assert said in str(error.value)


def test_decisions(tmp_path: Path) -> None:
    authority = load(write(tmp_path, HEADER + STALIN))
    header = "surface,post_id,entity_id,reason,decided_by,decided_on\n"
    path = tmp_path / "decisions.csv"
    path.write_text(header + "Koba,,p:1,pen name,A. B.,2026-01-01\nKoba,x-1,unknown-person,,,\nSoso,,,,,\n", "utf-8")
    rows = load_decisions(path, authority).rows
    assert rows["surface"].tolist() == ["Koba", "Koba"]  # the third is an open row of the review queue
    assert rows["line"].tolist() == ["2", "3"]
    assert load_decisions(tmp_path / "none.csv", authority).rows.empty
    path.write_text(header + "Koba,,p:1,,,\n" * 2, "utf-8")
    assert load_decisions(path, authority).rows["line"].tolist() == ["2"]
    for bad, said in [
        ("Koba,,p:2,,,\n", "'p:2' is in no authority"),
        (",,p:1,,,\n", "'surface'"),
        ("Koba,,p:1,,,\nKoba,,unknown-person,,,\n", "line 2 already, as 'p:1'"),
        ("Koba,,p:1,a reason, with a comma,,\n", "has 7 cells"),
    ]:
        path.write_text(header + bad, "utf-8")
        with pytest.raises(ReferenceFileError, match=said):
            load_decisions(path, authority)


@pytest.mark.parametrize("header", [DECISION_COLUMNS, REVIEW_COLUMNS])
def test_rows_of_a_review_queue_go_under_either_header(tmp_path: Path, header: tuple[str, ...]) -> None:
    path = tmp_path / "decisions.csv"
    copied = 'Koba,s-1,new:1234,,,,new:1234,Koba Koba,0.5,2,1,"A reason, with a comma."\n'
    path.write_text(",".join(header) + "\n" + copied + "Soso,,unknown-person,,A.,2026-01-01\n", "utf-8")
    rows = load_decisions(path, load(tmp_path / "authority")).rows
    assert rows["surface"].tolist() == ["Koba", "Soso"]
    assert rows["entity_id"].tolist() == ["new:1234", "unknown-person"]
    assert rows["decided_by"].tolist() == ["", "A."]
