"""Stack Exchange dumps: rows, threads, companions, and what is refused alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers import Post, Refusal
from pipelines.readers.ids import NameOf, NumberOf
from pipelines.readers.rows import attributes, resolve, rows
from tests.readers.samples import COMMENTS, POSTS, USERS, read_folder, write

DUMP = {"Posts.xml": POSTS.encode(), "Comments.xml": COMMENTS.encode(), "Users.xml": USERS.encode()}


def test_questions_answers_and_comments(tmp_path: Path) -> None:
    write(tmp_path, DUMP)
    seen = read_folder(tmp_path)
    question, answer, orphan = seen.posts("Posts.xml")
    assert question == Post(
        "question",
        "Who was Korolev & why?",
        "row 1",
        key="1",
        thread_key="1",
        title="The designer",
        author="Tomáš R.",
        created_at="2013-04-12T09:15:21.300",
        tags="space-race;ussr",
        score=16,
    )
    assert (answer.kind, answer.text, answer.parent_key, answer.thread_key, answer.author) == (
        "answer",
        "An engineer.\n\n    x = 1",
        "1",
        "1",
        "gone",
    )
    assert (orphan.parent_key, orphan.thread_key) == ("", "3")
    comment, stray = seen.posts("Comments.xml")
    assert (comment.kind, comment.text, comment.author) == ("comment", "See this & that.", "Tomáš R.")
    assert (comment.parent_path, comment.parent_key, comment.thread_key) == ("Posts.xml", "2", "1")
    assert (stray.parent_path, stray.parent_key, stray.thread_key) == ("", "", "8")
    assert not seen.records["Users.xml"] and not seen.source("Users.xml").refused


def test_without_companions(tmp_path: Path) -> None:
    write(tmp_path, {"Posts.xml": DUMP["Posts.xml"], "sub/Comments.xml": DUMP["Comments.xml"]})
    seen = read_folder(tmp_path)
    assert [post.author for post in seen.posts("Posts.xml")] == [None, "gone", None]
    assert [post.parent_key for post in seen.posts("sub/Comments.xml")] == ["", ""]


@pytest.mark.parametrize("table", ["votes", "badges", "tags", "posthistory", "postlinks"])
def test_other_tables_are_refused(tmp_path: Path, table: str) -> None:
    write(tmp_path, {"X.xml": f'<?xml version="1.0"?>\n<{table}>\n  <row Id="1" />\n</{table}>'.encode()})
    assert [refusal.reason for refusal in read_folder(tmp_path).refusals("X.xml")] == ["no-text-table"]


def _posts(*rows: str) -> bytes:
    return ("<posts>\n" + "\n".join(f"  {row}" for row in rows) + "\n</posts>").encode()


GOOD = '<row Id="{}" PostTypeId="1" Body="&lt;p&gt;Text.&lt;/p&gt;" />'


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('<row Id="5" Body="&lt;p&gt;Cut off', "bad-markup"),
        ('<row Id="5" Body="&lt;p&gt;Unknown &nbsp; entity" />', "bad-markup"),
        ('<row Id="5" Body="Bare & ampersand" />', "bad-markup"),
        ('<row Id="5" Body="No character &#0;" />', "bad-markup"),
        ('<row Id="5" Body=unquoted />', "bad-markup"),
        ('<row Id="5" Body="a" Body="b" />', "bad-markup"),
        ('<row Id="5" Body="Text" Score="1,5" />', "bad-score"),
        ('<row Id="x" Body="Text" />', "bad-record"),
        ('<row Body="Text" />', "bad-record"),
        ('<row Id="5" PostTypeId="1" />', "empty-record"),
        ('<row Id="5" Body="&lt;p&gt;&amp;nbsp;&lt;/p&gt;" />', "empty-record"),
        ('<row Id="1" Body="Twice" />', "duplicate-id"),
        ('<row Id="5" Body="\udcff" />', "undecodable-record"),
        ("junk", "bad-markup"),
    ],
)
def test_a_faulty_row_is_refused_alone_with_its_bytes(tmp_path: Path, row: str, reason: str) -> None:
    row_bytes = row.encode("utf-8", "surrogateescape")
    data = _posts(GOOD.format(1), "@", GOOD.format(9).replace("Text", "Ünïcödé tëxt")).replace(b"@", row_bytes)
    write(tmp_path, {"Posts.xml": data})
    before, refused, after = read_folder(tmp_path).records["Posts.xml"]
    assert isinstance(before, Post) and isinstance(after, Post) and isinstance(refused, Refusal)
    assert (refused.reason, refused.payload.strip()) == (reason, row_bytes)


def test_entities_are_never_expanded_nor_files_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    head = b'<?xml version="1.0"?>\n<!DOCTYPE posts [\n<!ENTITY a "expanded">\n<!ENTITY b SYSTEM "secret.txt">]>\n'
    body = _posts(GOOD.format(1), GOOD.format(2).replace("Text.", "&a;"), GOOD.format(3).replace("Text.", "&b;"))
    write(tmp_path, {"Posts.xml": head + body})
    good, *bad = read_folder(tmp_path).records["Posts.xml"]
    assert (
        isinstance(good, Post)
        and [record.reason for record in bad if isinstance(record, Refusal)] == ["bad-markup"] * 2
    )


def test_answers_before_their_question_find_it(tmp_path: Path) -> None:
    answer = '<row Id="1" PostTypeId="2" ParentId="{}" Body="Text" />'
    write(tmp_path, {"Posts.xml": _posts(answer.format(2), GOOD.format(2), answer.format(3).replace('"1"', '"4"', 1))})
    assert [post.parent_key for post in read_folder(tmp_path).posts("Posts.xml")] == ["2", "", ""]


def test_a_refused_question_is_nobodys_parent(tmp_path: Path) -> None:
    empty = '<row Id="2" PostTypeId="1" Body="" />'
    write(
        tmp_path,
        {
            "Posts.xml": _posts(empty, '<row Id="3" PostTypeId="2" ParentId="2" Body="Text" />'),
            "Comments.xml": b'<comments>\n<row Id="1" PostId="2" Text="One" />\n'
            b'<row Id="2" PostId="3" Text="Two" />\n</comments>',
        },
    )
    seen = read_folder(tmp_path)
    assert [post.parent_key for post in seen.posts("Posts.xml")] == [""]
    assert [(post.parent_key, post.thread_key) for post in seen.posts("Comments.xml")] == [("", "1"), ("3", "3")]


@pytest.mark.parametrize(
    "row",
    ['<row Id="1" A="x"/>', "<row\n  Id='1'\tA = 'x' >\n</row>", '<row  Id="1"  A="x"  />', '<row Id="1" A="x" />  '],
)
def test_attributes_in_any_layout(row: str) -> None:
    assert attributes(row) == attributes(row.replace("</row>", "")) == {"Id": "1", "A": "x"}


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_escaped_attributes_come_back(text: str) -> None:
    from xml.sax.saxutils import quoteattr

    escaped = quoteattr(text, {"\n": "&#xA;"})[1:-1].replace("'", "&apos;").replace('"', "&quot;")
    assert resolve(escaped) == text
    (row,) = rows([f'<posts>\n<row Id="1" A="{escaped}" />\n</posts>'])
    assert row.attributes == {"Id": "1", "A": escaped}


@given(st.integers(1, 60), st.integers(0, 80))
def test_blocks_make_no_difference_to_rows(size: int, cut: int) -> None:
    text, start = POSTS[: len(POSTS) - cut], POSTS.index("<row")
    parts = [text[:start], *(text[at : at + size] for at in range(start, len(text), size))]
    assert [row.raw for row in rows(parts)] == [row.raw for row in rows([text])]


@given(st.dictionaries(st.one_of(st.integers(0, 5000), st.integers(0, 1 << 62)), st.integers(1, 1 << 40)))
def test_numbers_by_id(pairs: dict[int, int]) -> None:
    numbers = NumberOf()
    for key, value in pairs.items():
        numbers[key] = value
    assert {key: numbers.get(key) for key in pairs} == pairs
    assert numbers.get(5001) == pairs.get(5001, 0) and numbers.get(-1) == 0


@given(st.dictionaries(st.integers(0, 1000), st.text(min_size=1, max_size=20)))
def test_names_by_id(pairs: dict[int, str]) -> None:
    names = NameOf()
    for key, value in pairs.items():
        names[key] = value
    assert {key: names.get(key) for key in pairs} == pairs


@pytest.mark.parametrize("end", [" />", "></row>", ">\n  </row>"])
def test_rows_however_they_close(tmp_path: Path, end: str) -> None:
    two = "".join(f"  <row Id='{n}' PostTypeId='1' Body='&lt;p&gt;Text {n}&lt;/p&gt;'{end}\n" for n in (1, 2))
    write(tmp_path, {"Posts.xml": f"<posts>\n{two}</posts>".encode()})
    seen = read_folder(tmp_path)
    assert [post.text for post in seen.posts("Posts.xml")] == ["Text 1", "Text 2"]
    assert not seen.refusals("Posts.xml")
