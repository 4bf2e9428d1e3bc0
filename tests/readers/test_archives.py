"""Compressed files and archives: members, damage, bombs, names that lead out."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import zipfile
from pathlib import Path

import pytest
import zstandard

from pipelines.readers.archives import _Zip
from pipelines.readers.compressed import BombError, Budget, spool
from pipelines.readers.sevenzip import SevenZip
from tests.readers.samples import CSV, PLAIN, POSTS, THREAD, USERS, docx, read_folder, seven_zipped, write, zipped

BYTES = THREAD.encode()
PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstandard.compress}


@pytest.mark.parametrize("suffix", PACKERS)
def test_one_compressed_stream_is_one_source_under_its_own_name(tmp_path: Path, suffix: str) -> None:
    data = PACKERS[suffix](BYTES)
    write(tmp_path, {f"a.txt.{suffix}": data, f"t.csv.{suffix}": PACKERS[suffix](CSV.encode())})
    seen = read_folder(tmp_path)
    assert [post.score for post in seen.posts(f"a.txt.{suffix}")] == [None, 12, -3]
    source = seen.source(f"a.txt.{suffix}")
    assert (source.format, source.size_bytes, source.sha256) == (
        "upvote-thread",
        len(data),
        hashlib.sha256(data).hexdigest(),
    )
    assert seen.source(f"t.csv.{suffix}").format == "csv"


@pytest.mark.parametrize("suffix", PACKERS)
def test_a_cut_off_stream_is_refused(tmp_path: Path, suffix: str) -> None:
    data = PACKERS[suffix](BYTES)[:-9]
    write(tmp_path, {f"a.txt.{suffix}": data})
    (refusal,) = read_folder(tmp_path).refusals(f"a.txt.{suffix}")
    assert (refusal.reason, refusal.payload) == ("damaged-archive", data)


@pytest.mark.parametrize("suffix", PACKERS)
def test_several_streams_in_a_row_are_one_text(tmp_path: Path, suffix: str) -> None:
    pack = PACKERS[suffix]
    write(tmp_path, {f"a.txt.{suffix}": pack(b"Upvote:1\nOne.\n") + pack(b"Upvote:2\nTwo.\n")})
    assert [post.text for post in read_folder(tmp_path).posts(f"a.txt.{suffix}")] == ["One.", "Two."]


@pytest.mark.parametrize("suffix", PACKERS)
def test_bombs_are_refused(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.readers.compressed.RATIO_FROM", 1 << 20)
    write(tmp_path, {f"a.txt.{suffix}": PACKERS[suffix](b"a" * (8 << 20))})
    assert [refusal.reason for refusal in read_folder(tmp_path).refusals(f"a.txt.{suffix}")] == ["archive-bomb"]


def test_a_bomb_among_members_is_refused_and_those_before_it_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.readers.compressed.RATIO_FROM", 1 << 20)
    files = {"a.txt": BYTES, "bomb.txt": b"a" * (8 << 20)}
    write(tmp_path, {"a.zip": zipped(files), "b.7z": seven_zipped(files)})
    seen = read_folder(tmp_path)
    for archive in ("a.zip", "b.7z"):
        assert len(seen.posts(f"{archive}!a.txt")) == 3
        assert [refusal.reason for refusal in seen.refusals(f"{archive}!bomb.txt")] == ["archive-bomb"]


def test_the_budget_is_shared_and_absolute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.readers.compressed.MAX_BYTES", 100)
    budget = Budget(10**9)
    spool(io.BytesIO(b"a" * 60).read, budget).close()
    with pytest.raises(BombError):
        spool(io.BytesIO(b"a" * 60).read, budget)


METHODS = ["lzma", "lzma2", "x86+lzma2", "bzip2", "deflate", "copy"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("encoded", [True, False])
def test_7z_methods(tmp_path: Path, method: str, encoded: bool) -> None:
    files = {"one.txt": BYTES * 500, "empty.txt": b"", "ünï/two.txt": PLAIN.encode()}
    write(tmp_path, {"a.7z": seven_zipped(files, method=method, encoded=encoded)})
    seen = read_folder(tmp_path)
    assert [source.path for source in seen.sources] == ["a.7z!one.txt", "a.7z!empty.txt", "a.7z!ünï/two.txt"]
    assert len(seen.posts("a.7z!one.txt")) == 1001 and len(seen.posts("a.7z!ünï/two.txt")) == 1
    assert [refusal.reason for refusal in seen.refusals("a.7z!empty.txt")] == ["empty-file"]
    assert seen.source("a.7z!one.txt").sha256 == hashlib.sha256(BYTES * 500).hexdigest()


@pytest.mark.parametrize(("method", "reason"), [("ppmd", "unsupported-compression"), ("aes", "encrypted")])
def test_7z_methods_that_are_not_read(tmp_path: Path, method: str, reason: str) -> None:
    write(
        tmp_path,
        {
            "a.7z": seven_zipped({"one.txt": BYTES}, method=method),
            "b.7z": seven_zipped({"one.txt": BYTES}, method=method),
        },
    )
    seen = read_folder(tmp_path)
    assert [refusal.reason for refusal in seen.refusals("a.7z!one.txt")] == [reason]
    assert seen.refusals("a.7z!one.txt")[0].payload == BYTES


@pytest.mark.parametrize("cut", [10, 31, 40, 200])
def test_a_damaged_7z_is_refused(tmp_path: Path, cut: int) -> None:
    data = seven_zipped({"one.txt": BYTES})
    write(tmp_path, {"a.7z": data[:cut]})
    (refusal,) = read_folder(tmp_path).refusals("a.7z")
    assert (refusal.reason, refusal.payload) == ("damaged-archive", data[:cut])


def test_a_wrong_checksum_in_7z_refuses_from_there_on(tmp_path: Path) -> None:
    data = bytearray(seven_zipped({"one.txt": BYTES, "two.txt": b"x" * 50, "three.txt": b"y" * 9}, method="copy"))
    data[32 + len(BYTES) + 10] ^= 1
    write(tmp_path, {"a.7z": bytes(data)})
    seen = read_folder(tmp_path)
    assert len(seen.posts("a.7z!one.txt")) == 3
    assert [seen.refusals(f"a.7z!{name}.txt")[0].reason for name in ("two", "three")] == ["damaged-archive"] * 2


def test_7z_random_access_gives_the_same_bytes(tmp_path: Path) -> None:
    files = {f"{n}.txt": bytes([65 + n]) * 100_000 for n in range(5)}
    archive = SevenZip(io.BytesIO(seven_zipped(files)))
    for wanted in archive.entries:
        for entry, read in archive.contents(only=wanted):
            if entry is wanted:
                assert b"".join(iter(lambda read=read: read(1000), b"")) == files[entry.name]


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/passwd.txt", "a/../../b.txt", "C:\\x.txt", "..\\x.txt"])
def test_names_that_lead_out_are_refused_with_their_bytes(tmp_path: Path, name: str) -> None:
    write(
        tmp_path,
        {"a.zip": zipped({name: BYTES, "good.txt": BYTES}), "b.7z": seven_zipped({name: BYTES, "good.txt": BYTES})},
    )
    seen = read_folder(tmp_path)
    for archive in ("a.zip", "b.7z"):
        (refusal,) = seen.refusals(f"{archive}!{name}".replace("\\", "/"))
        assert (refusal.reason, refusal.payload) == ("unsafe-path", BYTES)
        assert len(seen.posts(f"{archive}!good.txt")) == 3
    assert sorted(path.name for path in tmp_path.parent.iterdir()) == sorted(
        path.name for path in tmp_path.parent.iterdir() if path.name != "evil.txt"
    )


def test_links_in_archives_are_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("link.txt")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    write(tmp_path, {"a.zip": out.getvalue(), "b.7z": seven_zipped({"link.txt": b"/etc/passwd"}, links=("link.txt",))})
    seen = read_folder(tmp_path)
    for path in ("a.zip!link.txt", "b.7z!link.txt"):
        assert [(refusal.reason, refusal.payload) for refusal in seen.refusals(path)] == [
            ("symbolic-link", b"/etc/passwd")
        ]


def test_encrypted_members_are_refused_with_what_is_stored(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": BYTES, "b.txt": BYTES}, zipfile.ZIP_STORED))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    write(tmp_path, {"a.zip": bytes(data)})
    seen = read_folder(tmp_path)
    assert [(refusal.reason, refusal.payload) for refusal in seen.refusals("a.zip!a.txt")] == [("encrypted", BYTES)]
    assert len(seen.posts("a.zip!b.txt")) == 3


def test_a_damaged_member_takes_no_other_with_it(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": BYTES * 9, "b.txt": BYTES}))
    data[60] ^= 0xFF
    write(tmp_path, {"a.zip": bytes(data)})
    seen = read_folder(tmp_path)
    assert [refusal.reason for refusal in seen.refusals("a.zip!a.txt")] == ["damaged-archive"]
    assert len(seen.posts("a.zip!b.txt")) == 3


def test_one_level_of_nesting_is_read_and_no_more(tmp_path: Path) -> None:
    inner = zipped({"c.txt": BYTES})
    write(
        tmp_path,
        {
            "one.zip": zipped(
                {"b.zip": inner, "d.txt.gz": gzip.compress(BYTES), "e.7z": seven_zipped({"f.txt": BYTES})}
            ),
            "two.zip": zipped({"b.zip": zipped({"c.zip": inner, "ok.txt": BYTES})}),
            "three.zip.gz": gzip.compress(inner),
            "four.gz": gzip.compress(gzip.compress(gzip.compress(BYTES))),
        },
    )
    seen = read_folder(tmp_path)
    for path in (
        "one.zip!b.zip!c.txt",
        "one.zip!d.txt.gz",
        "one.zip!e.7z!f.txt",
        "two.zip!b.zip!ok.txt",
        "three.zip.gz!c.txt",
    ):
        assert len(seen.posts(path)) == 3
    assert [seen.refusals(path)[0].reason for path in ("two.zip!b.zip!c.zip", "four.gz")] == ["nested-archive"] * 2


def test_a_document_in_a_zip_is_no_archive_of_seeds(tmp_path: Path) -> None:
    write(tmp_path, {"a.zip": zipped({"notes.docx": docx()})})
    assert [(source.path, source.format) for source in read_folder(tmp_path).sources] == [("a.zip!notes.docx", "docx")]


@pytest.mark.parametrize(
    "data",
    [
        zipped({}),
        zipped({".DS_Store": b"x", "__MACOSX/a.txt": b"x", "d/": b""}),
        seven_zipped({"d": b""})[:0] or zipped({"x/": b""}),
    ],
)
def test_an_archive_without_seeds_is_refused(tmp_path: Path, data: bytes) -> None:
    write(tmp_path, {"a.zip": data})
    (refusal,) = read_folder(tmp_path).refusals("a.zip")
    assert (refusal.reason, refusal.payload) == ("empty-archive", data)


def test_names_that_come_twice_are_told_apart(tmp_path: Path) -> None:
    out = io.BytesIO()
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(out, "w") as archive:
        for score in (1, 2, 3):
            archive.writestr("a.txt", f"Upvote:{score}\nText.")
    write(tmp_path, {"a.zip": out.getvalue()})
    seen = read_folder(tmp_path)
    assert [(path, seen.posts(path)[0].score) for path in seen.records] == [
        ("a.zip!a.txt", 1),
        ("a.zip!a.txt#2", 2),
        ("a.zip!a.txt#3", 3),
    ]


def test_names_without_the_unicode_flag(tmp_path: Path) -> None:
    data = zipped({"Хрущёв.txt": BYTES}).replace(b"\x00\x08\x08\x00", b"\x00\x00\x08\x00")
    archive = _Zip(io.BytesIO(data))
    assert [member.name for member in archive.members] == ["Хрущёв.txt"]


def test_settings_and_users_in_and_beside_an_archive(tmp_path: Path) -> None:
    rows = b'{"words": "Text."}\n'
    write(
        tmp_path,
        {
            "a.zip": zipped({"x/a.jsonl": rows, "variorum.toml": b'[fields]\ntext = "words"'}),
            "b/b.zip": zipped({"a.jsonl": rows}),
            "b/variorum.toml": b'kind = "comment"\n[fields]\ntext = "words"',
            "c.7z": seven_zipped({"Posts.xml": POSTS.encode(), "Users.xml": USERS.encode()}),
        },
    )
    seen = read_folder(tmp_path)
    assert [post.kind for post in seen.posts("a.zip!x/a.jsonl")] == ["document"]
    assert [post.kind for post in seen.posts("b/b.zip!a.jsonl")] == ["comment"]
    assert [post.author for post in seen.posts("c.7z!Posts.xml")] == ["Tomáš R.", "gone", None]
