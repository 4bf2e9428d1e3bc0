"""HTML, Markdown, TEI, EPUB, DOCX, PDF."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers import Post, Refusal
from pipelines.readers.markdown import inline_text
from pipelines.readers.markup import fragment_text, unescape
from pipelines.readers.page import read_page
from pipelines.readers.tei import read_tei
from pipelines.text.clean import clean
from pipelines.text.edits import apply
from tests.readers.samples import HTML, MARKDOWN, TEI, docx, epub, pdf, read_one, zipped


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain", "plain"),
        ("<p>One\n two.</p>\n<p>Three <em>four</em>.</p>", "One two.\n\nThree four."),
        ("<p>a<br>b<br/>c</p>", "a\nb\nc"),
        ("<p>See <a href='x>y'>this</a>.</p>".replace("x>y", "x"), "See this."),
        ("<ul><li>one</li><li><p>two</p></li></ul><ol><li>x</li><li>y</li></ol>", "- one\n- two\n\n1. x\n2. y"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ("<p>a</p><blockquote><p>b</p><p>c</p></blockquote><p>d</p>", "a\n\n> b\n>\n> c\n\nd"),
        ("<p>a</p><pre><code>if x &lt; 1:\n    y\n</code></pre><p>b</p>", "a\n\n    if x < 1:\n        y\n\nb"),
        ("<h2>Head</h2>text", "Head\n\ntext"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a | b\nc"),
        ("<p>a</p><script>alert(1 < 2)</script><style>p{}</style><!-- no -->", "a"),
        ("Stalin&#39;s &quot;line&quot; &amp; &eacute;t&eacute;", 'Stalin\'s "line" & été'),
        ("a < b and c > d", "a < b and c > d"),
        ("<p>unclosed <b>bold", "unclosed bold"),
        ("<p>Stalin<sup><a href='#n1'>1</a></sup>, m<sup>2</sup></p>", "Stalin[1], m2"),
        ("<p>Stalin<a href='#n1'><sup> * </sup></a></p>", "Stalin[*]"),
        ("<p></p><p>&nbsp;</p>", "\xa0"),
    ],
)
def test_fragments(html: str, text: str) -> None:
    assert fragment_text(html) == text


@given(st.text(alphabet="<>/&;pbreliuocdq =\"' \n#x0123", max_size=200))
def test_no_fragment_breaks_it(html: str) -> None:
    assert "\ufffd" not in fragment_text(html)


def test_references_to_no_character_stay() -> None:
    assert unescape("&#0; &#xD800; &amp; &#65;") == "&#0; &#xD800; & A"


BODY = "".join(
    f"<p>{text}</p>"
    for text in ("Vyshinsky spoke for two hours at the trial.", "Bukharin listened, and said nothing.", "Short.")
)
TEXT = "Vyshinsky spoke for two hours at the trial.\n\nBukharin listened, and said nothing.\n\nShort."


@pytest.mark.parametrize(
    "page",
    [
        f"<html><body>{BODY}</body></html>",
        f"<!DOCTYPE html><body><nav><a href=/>Home</a></nav><main>{BODY}</main><footer>Imprint</footer></body>",
        f"<body><div class='site-menu'><a>x</a></div><div id=content>{BODY}</div><div class='widget'>More</div></body>",
        f"<body><table><tr><td><a>Index</a><br><a>Next</a><br><a>Back</a></td><td>{BODY}</td></tr></table></body>",
        f"<body><header><h2>Site</h2></header><article>{BODY}</article><aside>More</aside><script>x()</script></body>",
        f"<body><div><a>Home</a> | <a>About</a> | <a>Contact</a></div><div>{BODY}</div><div>© 2001 Site</div></body>",
        f"<body><p hidden>secret</p><form><label>Search</label></form>{BODY}</body>",
    ],
)
def test_main_text_of_pages(page: str) -> None:
    post = read_page(page, "page")
    assert post is not None and post.text == TEXT


def test_about_a_page(tmp_path: Path) -> None:
    (post,) = read_one(tmp_path, "a.html", HTML.encode())
    assert isinstance(post, Post)
    assert (post.title, post.author, post.created_at, post.kind) == ("The trial", "A. Reader", "2015-03-01", "document")


def test_a_page_declares_its_encoding(tmp_path: Path) -> None:
    html = '<html><head><meta charset="windows-1251"></head><body><p>Ленин</p></body></html>'
    assert [post.text for post in read_one(tmp_path, "a.html", html.encode("cp1251")) if isinstance(post, Post)] == [
        "Ленин"
    ]


def test_markdown(tmp_path: Path) -> None:
    (post,) = read_one(tmp_path, "a.md", MARKDOWN.encode())
    assert isinstance(post, Post)
    assert (post.title, post.author, post.created_at) == ("On sources", "A. Reader", "1956-02")
    assert post.text == "Where Pravda lies\n\nSee the letter of Zhdanov.\n\n- one\n- two\n\n> quoted"


@pytest.mark.parametrize("tags", ["[war, 'cold war']", "war, cold war", '\n  - war\n  - "cold war"'])
def test_tags_in_front_matter(tmp_path: Path, tags: str) -> None:
    (post,) = read_one(tmp_path, "a.md", f"---\ntitle: On it\ntags: {tags}\n---\nText of {{the}} post.\n".encode())
    assert isinstance(post, Post)
    assert (post.title, post.tags, post.text) == ("On it", "war;cold war", "Text of {the} post.")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('See [this](https://x.y/a_(b)_c "t").', "See this."),
        ("*a* and **b** and _c_ and __d__", "a and b and c and d"),
        ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
        ("`x*y*z` and ``a`b``", "x*y*z and a`b"),
        (r"\*not\*", "*not*"),
        ("[a] (b)", "[a] (b)"),
        ("***x***", "***x***"),
        ("![pic](u)", "pic"),
    ],
)
def test_inline_markdown(text: str, plain: str) -> None:
    assert inline_text(text) == plain


def test_tei(tmp_path: Path) -> None:
    (post,) = read_one(tmp_path, "a.xml", TEI.encode())
    assert isinstance(post, Post)
    assert (post.title, post.author) == ("Letters", "A. Writer")
    assert post.text == "First letter\n\nDear Alexandra Kollontai, the train left at nine.\n\nYours"
    assert [(post.text[hint.start : hint.end], hint.kind, hint.ref) for hint in post.hints] == [
        ("Alexandra Kollontai", "person", "#kollontai")
    ]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<placeName key='k'>Lwów</placeName>", [("Lwów", "place", "k")]),
        ("<settlement>Lwów</settlement>", [("Lwów", "place", "")]),
        ("<orgName>NKVD</orgName>", [("NKVD", "organisation", "")]),
        ("<name type='place'>Lwów</name>", [("Lwów", "place", "")]),
        ("<name>Lwów</name>", [("Lwów", "", "")]),
        ("<rs type='person' ref='#p'>the boss</rs>", [("the boss", "person", "#p")]),
        ("<rs type='person'>the boss</rs>", []),
        ("<persName> Anna  Z. </persName>", [("Anna Z.", "person", "")]),
        ("<persName ref='#k' key='Q1'>Koba</persName>", [("Koba", "person", "#k Q1")]),
        (
            "<persName>Anna<note>wife of <persName>Ivan</persName></note></persName> Z.",
            [("Anna", "person", ""), ("Ivan", "person", "")],
        ),
    ],
)
def test_tei_names(markup: str, expected: list[tuple[str, str, str]]) -> None:
    (post,) = read_tei([f"<TEI><text><p>in {markup}</p></text></TEI>".encode()])
    assert [(post.text[hint.start : hint.end], hint.kind, hint.ref) for hint in post.hints] == expected


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<lg><l>One</l><l>Two</l></lg><p>Three</p>", "One\nTwo\n\nThree"),
        ("<p>a<lb/>b<lb break='no'/>c</p>", "a bc"),
        ("<p>the <choice><sic>teh</sic><corr>the</corr></choice> end<note>n</note></p>", "the the end\n\nn"),
        ("<p>a <del>b</del> c</p><figure><figDesc>x</figDesc></figure>", "a c"),
        ("<p><sic>alone</sic></p>", "alone"),
        ("<p>a <app><lem>b</lem><rdg>c</rdg></app> d</p>", "a b d"),
        ("<p>a <app><rdg>b</rdg><rdgGrp><rdg>c</rdg></rdgGrp></app> d</p>", "a b d"),
        ("<p>a<note>n <p>m</p><p>o</p></note> b.</p><p>c</p>", "a b.\n\nn\n\nm\n\no\n\nc"),
        ("<p>a<note>n<note>m</note></note> b</p>", "a b\n\nm\n\nn"),
        ("<div><note>n</note><p>a</p></div>", "n\n\na"),
        ("<table><row><cell>a<note>n</note></cell><cell>b</cell></row></table>", "ab\n\nn"),
        ("<div><head>H</head><p>a <persName>B <forename>C</forename></persName></p></div>", "H\n\na B C"),
    ],
)
def test_tei_elements(body: str, text: str) -> None:
    (post,) = read_tei([f"<TEI><text><body>{body}</body></text></TEI>".encode()])
    assert post.text == text
    assert all(post.text[hint.start : hint.end] == "B C" for hint in post.hints)


def test_each_document_of_a_tei_corpus_has_its_own_header() -> None:
    def document(title: str, author: str, dates: str, text: str) -> str:
        stated = f"<titleStmt><title>{title}</title>{author}</titleStmt>"
        return f"<TEI><teiHeader><fileDesc>{stated}{dates}</fileDesc></teiHeader><text><p>{text}</p></text></TEI>"

    printed = "<publicationStmt><date>1999</date></publicationStmt>"
    written = "<sourceDesc><bibl><date when='1922-12-24'>Christmas Eve</date></bibl></sourceDesc>"
    header = "<teiHeader><fileDesc><titleStmt><title>All</title></titleStmt></fileDesc></teiHeader>"
    first = document("One", "", printed + written, "a")
    second = document("", "<author>X</author>", printed, "b")
    posts = list(read_tei([f"<teiCorpus>{header}{first}{second}</teiCorpus>".encode()]))
    assert [(post.text, post.title, post.author, post.created_at) for post in posts] == [
        ("a", "One", None, "1922-12-24"),
        ("b", "All", "X", "1999"),
    ]


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE TEI [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><TEI><text><body><p>&b;</p></body></text></TEI>',
        b'<!DOCTYPE TEI [<!ENTITY x SYSTEM "file:///etc/passwd">]><TEI><text><body><p>&x;</p></body></text></TEI>',
        b"<TEI><text><body><p>&undefined;</p></body></text></TEI>",
        b"<TEI><text><body><p>not closed</body></text></TEI>",
        b"<TEI><text><body><p>cut",
    ],
)
def test_tei_that_is_malformed_or_has_entities_is_refused(tmp_path: Path, xml: bytes) -> None:
    (refusal,) = read_one(tmp_path, "a.xml", xml)
    assert isinstance(refusal, Refusal) and (refusal.reason, refusal.payload) == ("bad-markup", xml)


def test_unknown_xml_is_refused(tmp_path: Path) -> None:
    (refusal,) = read_one(tmp_path, "a.xml", b"<?xml version='1.0'?><invoice/>")
    assert isinstance(refusal, Refusal) and refusal.reason == "unsupported-format"


def test_epub(tmp_path: Path) -> None:
    posts = [post for post in read_one(tmp_path, "a.epub", epub()) if isinstance(post, Post)]
    assert [(post.title, post.text, post.author, post.created_at) for post in posts] == [
        ("Chapter One", "Chapter One\n\nRadek wrote it.", "A. Writer", "1919"),
        ("Chapter Two", "Chapter Two\n\nKerensky fled.", "A. Writer", "1919"),
    ]


def test_docx(tmp_path: Path) -> None:
    (post,) = read_one(tmp_path, "a.docx", docx())
    assert isinstance(post, Post)
    assert (post.text, post.title, post.author) == (
        "The first paragraph.\n\nYagoda, then Yezhov.",
        "Notes",
        "A. Writer",
    )


def test_pdf(tmp_path: Path) -> None:
    (post,) = read_one(tmp_path, "a.pdf", pdf())
    assert isinstance(post, Post)
    assert (post.text, post.title, post.author, post.locator) == (
        "Bela Kun came to Budapest.",
        "A short paper",
        "A. Writer",
        "pages 1-1",
    )


def test_a_book_with_encrypted_fonts_is_read_and_one_with_encrypted_chapters_refused(tmp_path: Path) -> None:
    def encrypted(uri: str) -> bytes:
        with zipfile.ZipFile(BytesIO(epub())) as book:
            parts = {name: book.read(name) for name in book.namelist()}
        reference = f"<CipherData><CipherReference URI='{uri}'/></CipherData>"
        return zipped(parts | {"META-INF/encryption.xml": f"<encryption>{reference}</encryption>".encode()})

    assert len(read_one(tmp_path, "a.epub", encrypted("OEBPS/font.otf"))) == 2
    (refusal,) = read_one(tmp_path, "b.epub", encrypted("OEBPS/one%20a.xhtml"))
    assert isinstance(refusal, Refusal) and refusal.reason == "encrypted"


def test_a_drawing_that_is_there_twice_is_read_once(tmp_path: Path) -> None:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    office = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    box = "<w:p><w:r><w:t>In a box.</w:t></w:r></w:p>"
    twice = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    body = f"<w:p><w:r><w:t>Before.</w:t>{twice}</w:r></w:p>"
    xml = f"<w:document xmlns:w='{word}' xmlns:mc='{office}'><w:body>{body}</w:body></w:document>"
    (post,) = read_one(tmp_path, "a.docx", zipped({"[Content_Types].xml": b"", "word/document.xml": xml.encode()}))
    assert isinstance(post, Post) and sorted(post.text.split("\n\n")) == ["Before.", "In a box."]


def test_hyphens_at_line_ends_of_a_pdf_are_left_to_the_text_room(tmp_path: Path) -> None:
    (post,) = read_one(tmp_path, "a.pdf", pdf("the revo-) Tj 0 -14 Td (lution went on and) Tj 0 -14 Td (on."))
    assert isinstance(post, Post) and post.text == "the revo-\nlution went on and\non."
    assert apply(post.text, clean(post.text)) == "the revolution went on and\non."


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", pdf(""), "no-text-layer"),
        ("a.pdf", b"%PDF-1.4 nothing", "bad-markup"),
        ("a.docx", docx()[:-30], "damaged-archive"),
        ("a.docx", zipped({"[Content_Types].xml": b"", "word/document.xml": b"<w:p"}), "damaged-file"),
        ("a.odt", zipped({"mimetype": b"", "content.xml": b"", "META-INF/manifest.xml": b""}), "unsupported-format"),
        ("a.epub", zipped({"META-INF/container.xml": b"<container/>"}), "bad-markup"),
        ("a.epub", zipped({"META-INF/container.xml": b"<c/>", "META-INF/rights.xml": b"<r/>"}), "encrypted"),
        ("a.rtf", b"{\\rtf1 text}", "unsupported-format"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "unsupported-format"),
        ("a.tar", b"a.txt".ljust(257, b"\0") + b"ustar\0" + bytes(500), "unsupported-format"),
    ],
)
def test_documents_that_are_refused(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    (refusal,) = read_one(tmp_path, name, data)
    assert isinstance(refusal, Refusal) and (refusal.reason, refusal.payload) == (reason, data)
