"""One small sound file of every format, made here; the tests change them, the fuzzer breaks them."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import zstandard

from pipelines.readers import Post, Record, Refusal, Source, list_seeds, read_seed

THREAD = (
    "Why was he dismissed?\n\nI have read two versions.\nUpvote:12\nMolotov wrote the letter himself.\n\nSo they say.\n"
    "Upvote:-3\nNobody knows; Kádár’s papers are closed.\n"
)
PLAIN = "A NOTE ON NAMES\n\nThe first paragraph names Lavrentiy Beria.\n\nThe second is about Ernő Gerő.\n"
MARKDOWN = (
    "---\ntitle: On sources\nauthor: A. Reader\ndate: 1956-02\n---\n\n# Where *Pravda* lies\n\n"
    "See [the letter](https://example.org/x_y) of "
    "**Zhdanov**.\n\n- one\n- two\n\n> quoted\n"
)
HTML = (
    "<!DOCTYPE html><html><head><title>The trial - Site</title><meta name='author' content='A. Reader'>"
    "<meta property='article:published_time' content='2015-03-01'></head><body><nav><a href='/'>Home</a></nav>"
    "<article><h1>The trial</h1><p>Vyshinsky spoke for two hours, and Bukharin listened.</p>"
    "<p>A second paragraph.</p></article>"
    "<footer>All rights reserved</footer></body></html>"
)
TEI = (
    '<?xml version="1.0" encoding="UTF-8"?><TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt>'
    "<title>Letters</title><author>A. Writer</author></titleStmt></fileDesc></teiHeader>"
    "<text><body><head>First letter</head>"
    '<p>Dear <persName ref="#kollontai">Alexandra  Kollontai</persName>, the train\nleft at nine.</p>'
    "<p>Yours</p></body></text></TEI>"
)
JSON_LINES = [
    {"id": "a", "title": "Who signed?", "body": "I ask because nobody says.", "kind": "question", "score": 4},
    {
        "id": "b",
        "parent_id": "a",
        "answer": "Litvinov did.",
        "votes": "7",
        "author": {"name": "petra"},
        "created": "1939-05-03",
    },
]
CSV = 'id,question,answer,votes\n1,"Who, then?","He said ""no"" twice,\nand left.",3\n2,And later?,Nothing.,-1\n'
POSTS = """<?xml version="1.0" encoding="utf-8"?>
<posts>
  <row Id="1" PostTypeId="1" CreationDate="2013-04-12T09:15:21.300" Score="16" Body="&lt;p&gt;Who was &lt;em&gt;Korolev&lt;/em&gt; &amp;amp; why?&lt;/p&gt;&#xA;" OwnerUserId="2" Title="The designer" Tags="&lt;space-race&gt;&lt;ussr&gt;" />
  <row Id="2" PostTypeId="2" ParentId="1" CreationDate="2013-04-13T09:15:21.300" Score="-2" Body="&lt;p&gt;An engineer.&lt;/p&gt;&lt;pre&gt;&lt;code&gt;x = 1&lt;/code&gt;&lt;/pre&gt;" OwnerDisplayName="gone" />
  <row Id="3" PostTypeId="2" ParentId="99" Body="&lt;p&gt;An orphan.&lt;/p&gt;" Score="0" />
</posts>
"""  # noqa: E501
COMMENTS = """<?xml version="1.0" encoding="utf-8"?>
<comments>
  <row Id="7" PostId="2" Score="1" Text="See [this](https://example.org/a_b) &amp; *that*." CreationDate="2013-04-14T00:00:00.000" UserId="2" />
  <row Id="8" PostId="77" Score="0" Text="Nobody's." />
</comments>
"""  # noqa: E501
USERS = '<?xml version="1.0" encoding="utf-8"?>\n<users>\n  <row Id="2" DisplayName="Tomáš R." />\n</users>\n'


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), data, compression)
    return out.getvalue()


def seven_zipped(
    files: dict[str, bytes], links: tuple[str, ...] = (), method: str = "lzma2", encoded: bool = False
) -> bytes:
    """A 7z archive with one solid folder, as 7-Zip writes it."""
    plain = b"".join(files.values())
    packed, coder = _packed(plain, method)
    full = {name: data for name, data in files.items() if data}
    sizes = [len(data) for data in full.values()]
    streams = b"\x04" + _pack_info(0, packed) + _folder_info(coder, len(plain))
    streams += b"\x08\x0d" + _number(len(full)) + b"\x09" + b"".join(map(_number, sizes[:-1]))
    streams += b"\x0a\x01" + b"".join(struct.pack("<I", zlib.crc32(data)) for data in full.values()) + b"\x00\x00"
    names = b"\x00" + b"".join(name.encode("utf-16-le") + b"\0\0" for name in files)
    entries = b"\x05" + _number(len(files)) + b"\x11" + _number(len(names)) + names
    if len(full) < len(files):
        entries += b"\x0e" + _sized(_bits([not data for data in files.values()]))
        entries += b"\x0f" + _sized(_bits([True] * (len(files) - len(full))))
    attributes = b"".join(struct.pack("<I", 0xA1FF8000 | 0x400 if name in links else 0x20) for name in files)
    entries += b"\x15" + _sized(b"\x01\x00" + attributes) + b"\x00"
    header = b"\x01" + streams + entries + b"\x00"
    body = packed
    if encoded:
        packed_header, header_coder = _packed(header, "lzma")
        plain_header, header = header, b"\x17" + _pack_info(len(body), packed_header)
        header += _folder_info(header_coder, len(plain_header)) + b"\x00"
        body += packed_header
    start = struct.pack("<QQI", len(body), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(start)) + start + body + header


def _packed(plain: bytes, method: str) -> tuple[bytes, bytes]:
    if method == "lzma2":
        chain = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
        return lzma.compress(plain, lzma.FORMAT_RAW, filters=chain), b"\x01\x21\x21\x01\x10"
    if method == "lzma":
        chain = [{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 20}]
        return lzma.compress(plain, lzma.FORMAT_RAW, filters=chain), b"\x01\x23\x03\x01\x01\x05\x5d\x00\x00\x10\x00"
    if method == "x86+lzma2":
        chain = [{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
        coders = b"\x02\x04\x03\x03\x01\x03\x21\x21\x01\x10\x00\x01"
        return lzma.compress(plain, lzma.FORMAT_RAW, filters=chain), coders
    if method == "bzip2":
        return bz2.compress(plain), b"\x01\x03\x04\x02\x02"
    if method == "deflate":
        packer = zlib.compressobj(wbits=-15)
        return packer.compress(plain) + packer.flush(), b"\x01\x03\x04\x01\x08"
    if method == "ppmd":
        return plain, b"\x01\x23\x03\x04\x01\x05\x06\x00\x00\x00\x01"
    if method == "aes":
        return plain, b"\x01\x24\x06\xf1\x07\x01\x02\x13\x00"
    return plain, b"\x01\x01\x00"


def _pack_info(position: int, packed: bytes) -> bytes:
    return b"\x06" + _number(position) + b"\x01\x09" + _number(len(packed)) + b"\x00"


def _folder_info(coder: bytes, size: int) -> bytes:
    sizes = _number(size) * coder[0]
    return b"\x07\x0b\x01\x00" + coder + b"\x0c" + sizes + b"\x00"


def _number(value: int) -> bytes:
    for extra in range(8):
        if value < 1 << (7 * (extra + 1)):
            first = (0xFF00 >> extra & 0xFF) | value >> (8 * extra)
            return bytes((first,)) + (value & ((1 << (8 * extra)) - 1)).to_bytes(extra, "little")
    return b"\xff" + value.to_bytes(8, "little")


def _bits(values: list[bool]) -> bytes:
    out = bytearray((len(values) + 7) // 8)
    for place, value in enumerate(values):
        out[place >> 3] |= (0x80 >> (place & 7)) if value else 0
    return bytes(out)


def _sized(data: bytes) -> bytes:
    return _number(len(data)) + data


def epub() -> bytes:
    return zipped(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": b'<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            b'<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/>'
            b"</rootfiles></container>",
            "OEBPS/book.opf": b'<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            b"<metadata><dc:title>A Book</dc:title><dc:creator>A. Writer</dc:creator><dc:date>1919</dc:date></metadata>"
            b'<manifest><item id="two" href="two.xhtml" media-type="application/xhtml+xml"/>'
            b'<item id="one" href="one%20a.xhtml" media-type="application/xhtml+xml"/>'
            b'<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/></manifest>'
            b'<spine><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/></spine></package>',
            "OEBPS/one a.xhtml": b"<html><head><title>x</title></head><body>"
            b"<h1>Chapter One</h1><p>Radek wrote it.</p></body></html>",
            "OEBPS/two.xhtml": b"<html><body><h2>Chapter Two</h2><p>Kerensky fled.</p></body></html>",
            "OEBPS/nav.xhtml": b"<html><body><nav>Contents</nav></body></html>",
        }
    )


def docx() -> bytes:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    paragraphs = (
        "The first paragraph.",
        "",
        "Yagoda, then <w:del>gone</w:del>".replace("<w:del>gone</w:del>", "Yezhov."),
    )
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    document = f'<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>'
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>Notes</dc:title>'
        "<dc:creator>A. Writer</dc:creator><dcterms:created>2019-01-02T03:04:05Z</dcterms:created></cp:coreProperties>"
    )
    return zipped(
        {"[Content_Types].xml": b"<Types/>", "word/document.xml": document.encode(), "docProps/core.xml": core.encode()}
    )


def pdf(text: str = "Bela Kun came to Budapest.") -> bytes:
    """A PDF of one page; without text for an empty string."""
    stream = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET".encode() if text else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Title (A short paper) /Author (A. Writer) >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size 7 /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return out + b"xref\n0 7\n0000000000 65535 f \n" + table + trailer


def json_lines() -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in JSON_LINES).encode()


def every_format() -> dict[str, bytes]:
    """File name → bytes, each read without a refusal."""
    return {
        "thread.txt": THREAD.encode(),
        "plain.txt": PLAIN.encode(),
        "latin.txt": "Die Prüfung der Akten zeigte später, daß Gespräche geführt würden.".encode("cp1252"),
        "cyrillic.txt": "После смерти Сталина началась борьба за власть, и Берия был арестован.".encode("koi8-r"),
        "wide.txt": THREAD.encode("utf-16"),
        "notes.md": MARKDOWN.encode(),
        "page.html": HTML.encode(),
        "letters.xml": TEI.encode(),
        "lines.jsonl": json_lines(),
        "list.json": json.dumps(JSON_LINES, ensure_ascii=False, indent=1).encode(),
        "table.csv": CSV.encode(),
        "table.tsv": b'text\tscore\nFirst row.\t1\nSecond "row".\t2\n',
        "Posts.xml": POSTS.encode(),
        "Comments.xml": COMMENTS.encode(),
        "Users.xml": USERS.encode(),
        "variorum.toml": b'kind = "answer"\n[fields]\ntext = ["body", "answer"]\n',
        "book.epub": epub(),
        "notes.docx": docx(),
        "paper.pdf": pdf(),
        "thread.txt.gz": gzip.compress(THREAD.encode(), mtime=0),
        "plain.txt.bz2": bz2.compress(PLAIN.encode()),
        "table.csv.xz": lzma.compress(CSV.encode()),
        "lines.jsonl.zst": zstandard.compress(json_lines()),
        "pack.zip": zipped({"a/thread.txt": THREAD.encode(), "b.md": MARKDOWN.encode()}),
        "dump.7z": seven_zipped(
            {"Comments.xml": COMMENTS.encode(), "Posts.xml": POSTS.encode(), "Users.xml": USERS.encode()}
        ),
    }


@dataclass
class Seen:
    """What reading a folder of seeds gave."""

    sources: list[Source] = field(default_factory=list)
    records: dict[str, list[Record]] = field(default_factory=dict)

    def posts(self, path: str) -> list[Post]:
        return [record for record in self.records[path] if isinstance(record, Post)]

    def refusals(self, path: str) -> list[Refusal]:
        return [record for record in self.records[path] if isinstance(record, Refusal)]

    def source(self, path: str) -> Source:
        return next(source for source in self.sources if source.path == path)


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def read_folder(folder: Path) -> Seen:
    """Everything that lies in a folder, read as a build reads it."""
    seen = Seen()
    seeds = list_seeds(folder)
    for path in seeds:
        for source in read_seed(folder, path, seeds):
            seen.records[source.path] = list(source.records())
            seen.sources.append(source)
    return seen


def read_one(folder: Path, name: str, data: bytes) -> list[Record]:
    """The records of one file that lies alone."""
    write(folder, {name: data})
    return list(_all(folder, name))


def _all(folder: Path, name: str) -> Iterator[Record]:
    for source in read_seed(folder, name, [name]):
        yield from source.records()
