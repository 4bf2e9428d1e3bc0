"""Which files are seeds, and files that cannot be read at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from pipelines.readers import REASONS, SeedChangedError, companions, list_seeds, read_seed
from tests.permissions import permissions_hold
from tests.readers.samples import every_format, read_folder, write


def test_hidden_and_temporary_files_are_no_seeds(tmp_path: Path) -> None:
    names = [
        "b/a.txt",
        "a.txt",
        "B.txt",
        "é.txt",
        ".DS_Store",
        ".git/x.txt",
        "a.txt~",
        "x.part",
        "x.tmp",
        "x.swp",
        "~$a.docx",
        "Thumbs.db",
    ]
    write(tmp_path, dict.fromkeys(names, b"text"))
    assert list_seeds(tmp_path) == ["B.txt", "a.txt", "b/a.txt", "é.txt"]


def test_every_sample_is_read_without_a_refusal(tmp_path: Path) -> None:
    files = every_format()
    write(tmp_path, files)
    seen = read_folder(tmp_path)
    assert {path: seen.refusals(path) for path in seen.records if seen.refusals(path)} == {}
    assert {source.path.partition("!")[0] for source in seen.sources} == set(files)
    for source in seen.sources:
        if "!" not in source.path:
            data = files[source.path]
            assert (source.size_bytes, source.sha256) == (len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("thread.txt", "upvote-thread"),
        ("plain.txt", "text"),
        ("notes.md", "markdown"),
        ("page.html", "html"),
        ("letters.xml", "tei"),
        ("lines.jsonl", "jsonl"),
        ("list.json", "json"),
        ("table.csv", "csv"),
        ("table.tsv", "tsv"),
        ("Posts.xml", "stackexchange"),
        ("variorum.toml", "settings"),
        ("book.epub", "epub"),
        ("notes.docx", "docx"),
        ("paper.pdf", "pdf"),
    ],
)
@pytest.mark.parametrize("rename", [True, False])
def test_the_content_says_the_format(tmp_path: Path, name: str, format_: str, rename: bool) -> None:
    by_name = ("plain.txt", "notes.md", "list.json", "table.csv", "table.tsv", "variorum.toml")
    shown = name.rpartition(".")[0] if rename and name not in by_name else name
    write(tmp_path, {shown: every_format()[name]})
    assert [source.format for source in read_folder(tmp_path).sources] == [format_]


def test_links_are_refused_and_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": b"text"})
    for name, target in (("b.txt", "a.txt"), ("c.txt", "/nowhere/at/all"), ("d", ".")):
        (tmp_path / name).symlink_to(target)
    seen = read_folder(tmp_path)
    assert {path: seen.refusals(path)[0].reason for path in ("b.txt", "c.txt", "d")} == dict.fromkeys(
        ("b.txt", "c.txt", "d"), "symbolic-link"
    )
    assert seen.refusals("c.txt")[0].payload == b"/nowhere/at/all"


def test_pipes_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert [refusal.reason for refusal in read_folder(tmp_path).refusals("pipe.txt")] == ["not-a-file"]


def test_files_and_folders_without_permission_are_refused(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": b"text", "b/c.txt": b"text"})
    (tmp_path / "a.txt").chmod(0)
    (tmp_path / "b").chmod(0)
    with permissions_hold():
        seen = read_folder(tmp_path)
    (tmp_path / "b").chmod(0o700)
    assert {path: seen.refusals(path)[0].reason for path in seen.records} == {
        "a.txt": "unreadable-file",
        "b": "unreadable-file",
    }


def test_a_file_that_vanished_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(SeedChangedError, match=r"gone\.txt"):
        list(read_seed(tmp_path, "gone.txt", ["gone.txt"]))


def test_a_file_that_changes_while_it_is_read_stops_the_build(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": b"Upvote:1\nText."})
    with pytest.raises(SeedChangedError, match=r"a\.txt"):
        for source in read_seed(tmp_path, "a.txt", ["a.txt"]):
            (tmp_path / "a.txt").write_bytes(b"Upvote:1\nText, and more.")
            list(source.records())


def test_a_companion_that_vanished_stops_the_build(tmp_path: Path) -> None:
    write(tmp_path, {"Posts.xml": every_format()["Posts.xml"]})
    with pytest.raises(SeedChangedError, match=r"Users\.xml"):
        for source in read_seed(tmp_path, "Posts.xml", ["Posts.xml", "Users.xml"]):
            list(source.records())


def test_names_that_are_no_unicode_are_shown_escaped(tmp_path: Path) -> None:
    name = os.fsdecode(b"a\xff.txt")
    (tmp_path / name).write_bytes(b"text")
    (source,) = read_folder(tmp_path).sources
    assert source.path == "a\\xff.txt"


@pytest.mark.parametrize(
    ("path", "seeds", "expected"),
    [
        ("a/Posts.xml", ["a/Posts.xml", "a/Users.xml", "b/Users.xml", "a/Comments.xml"], ["a/Users.xml"]),
        ("a/Comments.xml", ["a/Posts.xml", "a/Users.xml", "a/Comments.xml"], ["a/Posts.xml", "a/Users.xml"]),
        ("s-Comments.xml.gz", ["s-Posts.xml.zst", "Users.xml", "s-Comments.xml.gz"], ["s-Posts.xml.zst"]),
        ("a/b/c.csv", ["variorum.toml", "a/variorum.toml", "a/c/variorum.toml"], ["a/variorum.toml"]),
        ("a/variorum.toml", ["variorum.toml"], []),
        ("Users.xml", ["Posts.xml"], []),
        ("myposts.xml", ["myusers.xml"], []),
    ],
)
def test_companions(path: str, seeds: list[str], expected: list[str]) -> None:
    assert companions(path, seeds) == expected


def test_reasons_are_sentences() -> None:
    assert all(meaning.endswith(".") and " " in meaning for meaning in REASONS.values())
