"""The project's spelling file: what is read, and that every fault is told with its place."""

from pathlib import Path

import pytest

from pipelines.text.rules import Rule, SpellingFileError, load_rules


def write(folder: Path, content: bytes) -> Path:
    path = folder / "spelling.csv"
    path.write_bytes(content)
    return path


def test_rules_are_read_in_their_order(tmp_path: Path) -> None:
    path = write(tmp_path, "\ufeffwritten,preferred,note\nperestroyka,perestroika,House style\n\nTzar,Tsar\n".encode())
    assert load_rules(path) == [
        Rule("perestroyka", "perestroika", "House style", 2),
        Rule("Tzar", "Tsar", "", 4),
    ]


def test_no_file_no_rules(tmp_path: Path) -> None:
    assert load_rules(tmp_path / "spelling.csv") == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "line 1"),
        (b"wrong,preferred\na,b\n", "“written”"),
        (b"written,preferred\n,b\n", "line 2, column “written”"),
        (b"written,preferred\na,b\nc,\n", "line 3, column “preferred”"),
        (b"written,preferred\na\n", "line 2, column “preferred”"),
        (b"written,preferred\na,b\na,c\n", "line 3"),
        (b"written,preferred\na,b\nb,c\n", "line 2"),
        (b"written,preferred\n\xff\xfe,b\n", "UTF-8"),
    ],
)
def test_faults_are_told_with_their_place(tmp_path: Path, content: bytes, told: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(SpellingFileError) as error:
        load_rules(path)
    assert told in str(error.value)
    assert "spelling.csv" in str(error.value)
