"""Which encoding a file is in; bytes that no encoding allows."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers import Post, Refusal
from pipelines.readers.encoding import Encoding
from pipelines.readers.legacy import legacy_codec, out_of_place
from tests.readers.samples import read_folder, read_one, write

LATIN = {
    "de": "Die Prüfung der Akten zeigte später, daß Ulbricht die Sperrung schon im März verlangt hatte.",
    "fr": "Après la mort de Staline, les détenus commencèrent à rentrer des camps. Où étaient les témoins ?",
    "es": "El embajador español llegó a Moscú en otoño, después de la revolución; según él, los niños pasaban hambre.",
    "sv": "Kriget började på hösten och slutade först när våren kom; många frågade sig varför.",
    "en": "The conference was opened by André Malraux, who met Béla Kun’s widow – “an old friend”, as Müller wrote.",
}
CENTRAL = {
    "cs": "Únorový převrat připravila strana dlouho předem. Gottwald řekl na náměstí, že prezident přijal demisi.",
    "pl": "Gomułka przyjął gości na lotnisku, lecz rozmowy były trudne. Chruszczow groził pięścią i żądał wyjaśnień.",
    "hu": "A forradalom októberben tört ki, amikor a diákok az utcára vonultak; Gerő Ernő beszéde után lőttek.",
    "en": "The delegation was led by Dubček, with Černík and Svoboda beside him; Władysław Gomułka sent a message.",
}
CYRILLIC = {
    "ru": "После смерти Сталина началась борьба за власть. Хрущёв сумел привлечь на свою сторону маршала Жукова.",
    "bg": "След войната столицата беше разрушена. Георги Димитров се върна от Москва и оглави правителството.",
}
SAMPLES = [
    *((text, codec) for text in LATIN.values() for codec in ("cp1252", "mac-roman")),
    *((text, codec) for text in CENTRAL.values() for codec in ("cp1250", "iso8859-2", "cp852")),
    *((text, codec) for text in CYRILLIC.values() for codec in ("cp1251", "iso8859-5", "cp866")),
    (CYRILLIC["ru"], "koi8-r"),
    ("Ο εμφύλιος πόλεμος άρχισε στην Αθήνα τον Δεκέμβριο, και ο Στάλιν δεν αντέδρασε.", "cp1253"),
    ("Büyükelçi İstanbul'dan ayrıldığında görüşmeler henüz başlamamıştı.", "cp1254"),
    ("Po karo daugelis žmonių buvo ištremti į Sibirą; miškuose dar ilgai kovojo partizanai.", "cp1257"),
]


@pytest.mark.parametrize(("text", "codec"), SAMPLES)
def test_a_sentence_is_enough(tmp_path: Path, text: str, codec: str) -> None:
    data = f"Upvote:3\n{text}\n".encode(codec, "ignore")
    (post,) = read_one(tmp_path, "a.txt", data)
    assert isinstance(post, Post)
    assert post.text.encode(codec, "ignore") == text.encode(codec, "ignore") and post.text == text.encode(
        codec, "ignore"
    ).decode(codec)


@pytest.mark.parametrize(
    "codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig", "utf-8"]
)
@pytest.mark.parametrize("text", [LATIN["fr"], CYRILLIC["ru"], "One line.\nAnother."])
def test_unicode_with_and_without_a_mark(tmp_path: Path, codec: str, text: str) -> None:
    write(tmp_path, {"a.txt": text.encode(codec)})
    seen = read_folder(tmp_path)
    assert [post.text for post in seen.posts("a.txt")] == [text]
    assert seen.source("a.txt").encoding == codec


def test_the_encoding_recorded_decodes_the_file(tmp_path: Path) -> None:
    write(
        tmp_path, {f"{codec}.txt": LATIN["de"].encode(codec) for codec in ("cp1252", "utf-16", "utf-32", "utf-8-sig")}
    )
    for source in read_folder(tmp_path).sources:
        assert (tmp_path / source.path).read_bytes().decode(source.encoding) == LATIN["de"]


NOISE = random.Random(7)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty-file"),
        (b" \n\t\r\n", "empty-file"),
        (b"\xef\xbb\xbf\n", "empty-file"),
        ("\u200b\n\xa0\n".encode(), "empty-file"),
        (b"abc\0def", "binary-file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40), "binary-file"),
        (bytes(NOISE.randrange(256) for _ in range(3000)), "binary-file"),
        (bytes(NOISE.randrange(128, 256) for _ in range(3000)), "undecodable-file"),
        (b"\x81\x8d\x8f\x90\x9d" * 20, "undecodable-file"),
        (b"\xff\xfe\x00\xd8a", "undecodable-file"),
    ],
)
def test_what_is_no_text_is_refused_with_its_bytes(tmp_path: Path, data: bytes, reason: str) -> None:
    write(tmp_path, {"a.txt": data})
    seen = read_folder(tmp_path)
    (refusal,) = seen.refusals("a.txt")
    assert (
        (refusal.reason, refusal.payload) == (reason, data) and seen.source("a.txt").refused and not seen.posts("a.txt")
    )


def test_a_large_refused_file_keeps_its_first_mebibyte(tmp_path: Path) -> None:
    import hashlib

    data = b"\0" * 3_000_000
    (refusal,) = read_one(tmp_path, "a.bin", data)
    assert isinstance(refusal, Refusal)
    assert (
        refusal.payload == data[: 1 << 20]
        and "3000000" in refusal.detail
        and hashlib.sha256(data).hexdigest() in refusal.detail
    )


@pytest.mark.parametrize(
    ("data", "codec"),
    [
        ("größe und weiß".encode() + b" \xff ", "utf-8"),
        ("Привет мир".encode()[:-1], "utf-8"),
        (b"hello \xe2\x80", "utf-8"),
        (b"caf\xe9", "cp1252"),
        (b"price \xa310", "cp1252"),
        (b"It\x92s a \x93test\x94 \x96 yes", "cp1252"),
        (b"It costs \x80 5, \xe0 la carte", "cp1252"),
        (b"Valid text \xff\xfe and more", "utf-8"),
        (b"Valid text \xc3\x28 and more", "utf-8"),
        (b"Valid text \xff\xff\xff\xff and more", "utf-8"),
        (b"Valid text \x81 and more", "utf-8"),
        (b"Valid text \xc0\xaf and more", "utf-8"),
        (bytes(range(128, 256)) * 20, ""),
    ],
)
def test_damaged_utf8_is_told_from_other_encodings(data: bytes, codec: str) -> None:
    assert legacy_codec(data) == codec


def test_letters_out_of_place() -> None:
    assert out_of_place("Après l’été, “Müller” – 20°C à Łódź; №5, £10 и Хрущёв.") == 0
    assert out_of_place("grÃ¶Ã\x9fe") > 0.5 and out_of_place("êóëüò ëè÷íîñòè") > 0.5 and out_of_place("caféЯ") > 0.5


@given(st.binary(max_size=300), st.sampled_from(["utf-8", "cp1252", "koi8-r", "iso8859-2", "utf-8-sig"]))
def test_decoding_is_undone_exactly(data: bytes, codec: str) -> None:
    encoding = Encoding(codec, b"", "utf-8" if codec == "utf-8-sig" else "")
    blocks = [data[start : start + 3] for start in range(0, len(data), 3)]
    assert encoding.encode("".join(encoding.decode(blocks))) == data


def test_an_encoding_given_in_the_settings_wins_over_statistics(tmp_path: Path) -> None:
    write(tmp_path, {"variorum.toml": b'encoding = "cp866"', "a.txt": "Ленин".encode("cp866")})
    assert [post.text for post in read_folder(tmp_path).posts("a.txt")] == ["Ленин"]
