"""Finished work appears whole or not at all, and is not made twice."""

from pathlib import Path

import pytest

from pipelines.work import Store, code_version, digest, make


def test_work_is_made_once(tmp_path: Path) -> None:
    made = []
    for _ in range(2):
        make(tmp_path / "step" / "key", lambda folder: made.append((folder / "file").write_text("x")))
    assert len(made) == 1
    assert (tmp_path / "step" / "key" / "file").read_text() == "x"


def test_work_that_fails_leaves_nothing_finished_and_its_rest_is_swept(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise OSError("disk full")

    store = Store(tmp_path)
    with pytest.raises(OSError, match="disk full"):
        make(store.place("step", "key"), fail)
    assert not store.has("step", "key")
    store.sweep_unfinished()
    assert list((tmp_path / "step").iterdir()) == []


def test_a_sweep_keeps_what_is_named(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for key in ("old", "new"):
        make(store.place("step", key), lambda folder: None)
    store.sweep(lambda key: key == "new")
    assert [piece.name for piece in (tmp_path / "step").iterdir()] == ["new"]


def test_a_worker_that_comes_second_leaves_the_first_ones_work(tmp_path: Path) -> None:
    place = tmp_path / "step" / "key"

    def slow(folder: Path) -> None:
        (folder / "file").write_text("second")
        place.mkdir()
        (place / "file").write_text("first")

    make(place, slow)
    assert (place / "file").read_text() == "first"
    assert [piece.name for piece in place.parent.iterdir()] == ["key"]


def test_a_digest_tells_where_parts_end() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("ab") == digest(b"ab")


def test_the_code_version_is_of_the_rooms_that_are_named() -> None:
    assert code_version("text") != code_version("readers")
    with pytest.raises(FileNotFoundError):
        code_version("no_such_room.py")
