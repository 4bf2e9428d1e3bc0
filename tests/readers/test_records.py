"""JSON Lines, JSON, CSV, TSV: records of named fields."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers import Post, Refusal
from pipelines.readers.dates import iso_date
from pipelines.readers.encoding import Encoding
from pipelines.readers.json_records import read_json
from pipelines.readers.lines import lines
from pipelines.readers.settings import Settings, SettingsError, parse_settings
from pipelines.readers.tables import read_table, sniff
from tests.readers.samples import read_folder, read_one, write


def one(tmp_path: Path, record: Any) -> list[Any]:
    return read_one(tmp_path, "a.jsonl", (json.dumps(record) + "\n").encode())


@pytest.mark.parametrize("text", ["text", "body", "answer", "content", "Answer Text", "BODY"])
@pytest.mark.parametrize(("title", "score"), [("title", "score"), ("question", "upvotes"), ("Headline", "votes")])
def test_field_names(tmp_path: Path, text: str, title: str, score: str) -> None:
    record = {
        text: "The text.",
        title: "The title?",
        score: "3",
        "author": "A",
        "created": "1956-02",
        "url": "http://x.y/z",
        "tags": ["a", "b;c"],
    }
    (post,) = one(tmp_path, record)
    assert (post.text, post.title, post.score, post.author) == ("The text.", "The title?", 3, "A")
    assert (post.created_at, post.url, post.tags) == ("1956-02", "http://x.y/z", "a;b,c")


def test_question_and_answer_in_one_record(tmp_path: Path) -> None:
    question, answer = one(
        tmp_path, {"id": 5, "title": "T", "question": "Why?\n\nTell me.", "answer": "So.", "score": 2, "author": "B"}
    )
    assert (question.kind, question.text, question.title, question.key, question.score) == (
        "question",
        "Why?\n\nTell me.",
        "T",
        "5",
        None,
    )
    assert (answer.kind, answer.text, answer.parent_key, answer.thread_key, answer.score, answer.author) == (
        "answer",
        "So.",
        "5",
        "5",
        2,
        "B",
    )


def test_answers_inside_a_record(tmp_path: Path) -> None:
    record = {"title": "Who?", "body": "Who was it?", "answers": [{"body": "He.", "score": 4}, "She.", 7, {"score": 1}]}
    question, first, second, number, empty = one(tmp_path, record)
    assert [post.kind for post in (question, first, second)] == ["question", "answer", "answer"]
    assert (first.score, first.parent_key, second.text) == (4, question.key, "She.")
    assert (number.reason, number.payload, empty.reason) == ("bad-record", b"7", "bad-record")


def test_a_short_question_is_its_own_title(tmp_path: Path) -> None:
    question, answer = one(tmp_path, {"question": "Who was it?", "answers": ["He."]})
    assert (question.text, question.title, answer.title) == ("Who was it?", "Who was it?", None)


def test_threads_and_parents_that_come_later_or_never(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "text": "An answer.", "parent_id": "q"},
        {"id": "q", "text": "The question?"},
        {"id": "b", "text": "Another.", "parent_id": "gone"},
        {"id": "c", "text": "Topic.", "thread_id": "t1"},
        {"id": "d", "text": "Same topic.", "thread_id": "t1"},
        {"id": "q", "text": "The same id again."},
        {"text": "No id."},
    ]
    data = "\n".join(json.dumps(row) for row in rows).encode()
    posts = [post for post in read_one(tmp_path, "a.jsonl", data) if isinstance(post, Post)]
    assert [(post.key, post.parent_key, post.thread_key) for post in posts] == [
        ("a", "q", "q"),
        ("q", "", "q"),
        ("b", "", "b"),
        ("c", "", "c"),
        ("d", "", "c"),
        ("q#6", "", "q#6"),
        ("#7", "", "#7"),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "cut', "bad-markup"),
        (b"[1]", "bad-record"),
        (b'{"text": ""}', "empty-record"),
        ('{"text": "\u200b \ufeff"}'.encode(), "empty-record"),
        (b'{"text": 4}', "bad-record"),
        (b'{"foo": "x"}', "bad-record"),
        (b'{"text": "x", "score": "many"}', "bad-score"),
        (b'{"text": "\\ud800"}', "undecodable-record"),
        (b'{"text": "\xff"}', "undecodable-record"),
        (b"[" * 100_000, "bad-markup"),
        (b'{"text": "x", "score": 1' + b"0" * 5000 + b"}", "bad-markup"),
    ],
)
def test_a_faulty_line_is_refused_alone(tmp_path: Path, line: bytes, reason: str) -> None:
    first, refused, last = read_one(
        tmp_path, "a.jsonl", b'{"text": "\xc3\xa9ins"}\r\n' + line + b'\r\n\r\n{"text": "drei"}'
    )
    assert isinstance(first, Post) and isinstance(last, Post) and isinstance(refused, Refusal)
    assert (refused.reason, refused.payload, refused.locator, last.locator) == (reason, line, "L2", "L4")


@pytest.mark.parametrize(
    ("value", "score"),
    [
        (3, 3),
        ("3", 3),
        (" -4 ", -4),
        ("1,234", 1234),
        (3.0, 3),
        (3.7, None),
        ("0.83", None),
        (None, None),
        ("", None),
        ("NULL", None),
        ("NaN", None),
        (True, None),
    ],
)
def test_scores_in_records(tmp_path: Path, value: Any, score: int | None) -> None:
    assert [post.score for post in one(tmp_path, {"text": "x", "score": value})] == [score]


def test_html_in_records(tmp_path: Path) -> None:
    assert [post.text for post in one(tmp_path, {"text": "<p>One &amp; <b>two</b>.</p><p>Three.</p>"})] == [
        "One & two.\n\nThree."
    ]
    assert [post.text for post in one(tmp_path, {"text": "a < b and b > c"})] == ["a < b and b > c"]


def test_titles_beside_html_are_html(tmp_path: Path) -> None:
    (post,) = one(tmp_path, {"title": "A &amp; B", "text": "<p>c</p>"})
    assert post.title == "A & B"
    (post,) = one(tmp_path, {"title": "A &amp; B", "text": "c"})
    assert post.title == "A &amp; B"


@pytest.mark.parametrize(
    ("data", "texts", "reasons"),
    [
        (b'[{"text": "a"},\n {"text": "b"}]', ["a", "b"], []),
        (b'{"meta": {"n": [1]}, "posts": [{"text": "a"}, {"text": "b"}]}', ["a", "b"], []),
        (b'{"text": "a"}', ["a"], []),
        (b'{"text": "a"}\n{"text": "b"}\n', ["a", "b"], []),
        (
            b'[{"text": "a"}, {"text": }, {"text": "b"}, oops, {"text": "c"}]',
            ["a", "b", "c"],
            ["bad-markup", "bad-markup"],
        ),
        (b'[{"text": "a"}, {"text": "b"', ["a"], ["bad-markup", "bad-markup"]),
        (b'[{"text": "a"}] more', ["a"], ["bad-markup"]),
        (b"[]", [], ["empty-file"]),
        (b'["a", 3]', [], ["bad-record", "bad-record"]),
        (b"null", [], ["bad-record"]),
    ],
)
def test_json_files(tmp_path: Path, data: bytes, texts: list[str], reasons: list[str]) -> None:
    records = read_one(tmp_path, "a.json", data)
    assert [record.text for record in records if isinstance(record, Post)] == texts
    assert [record.reason for record in records if isinstance(record, Refusal)] == reasons


@given(
    st.lists(st.text(min_size=1, max_size=30).filter(str.strip), min_size=1, max_size=8),
    st.integers(1, 40),
    st.booleans(),
)
def test_json_in_any_blocks(texts: list[str], size: int, indent: bool) -> None:
    texts = [text.strip() for text in texts]
    raw = json.dumps([{"text": text, "markup": 0} for text in texts], ensure_ascii=False, indent=2 if indent else None)
    settings = Settings(markup="plain")
    found = list(
        read_json(lambda: (raw[at : at + size] for at in range(0, len(raw), size)), Encoding("utf-8"), settings)
    )
    whole = list(read_json(lambda: [raw], Encoding("utf-8"), settings))
    assert found == whole and len(found) == len(texts)


def test_a_list_inside_an_object_by_its_path(tmp_path: Path) -> None:
    data = b'{"a": [{"x": 1}], "b": {"c": "]", "items": [{"t": {"long": "one"}},\n {"t": {"long": "two"}}]}, "z": [{}]}'
    write(tmp_path, {"a.json": data, "variorum.toml": b'records = "b.items"\n[fields]\ntext = "t.long"'})
    assert [(post.text, post.locator) for post in read_folder(tmp_path).posts("a.json")] == [
        ("one", "L1 item 1"),
        ("two", "L2 item 2"),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_tables(tmp_path: Path, delimiter: str, end: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    writer.writerows(
        [
            ["id", "text", "votes"],
            ["1", f'He said "no"{delimiter} twice;{end}and left.', "3"],
            ["2", "Plain, text", "-1"],
        ]
    )
    posts = read_one(tmp_path, "a.tsv" if delimiter == "\t" else "a.csv", out.getvalue().encode())
    assert [(post.text, post.score, post.locator) for post in posts if isinstance(post, Post)] == [
        (f'He said "no"{delimiter} twice;{end}and left.', 3, "row 2"),
        ("Plain, text", -1, "row 3"),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,b,c", "ragged-row"),
        ("a", "ragged-row"),
        ('"open,1', "bad-markup"),
        ('"a"b,1', "bad-markup"),
        (",1", "empty-record"),
        ("a,x", "bad-score"),
        ("\udcff,1", "undecodable-record"),
    ],
)
def test_a_faulty_row_takes_no_other_with_it(tmp_path: Path, row: str, reason: str) -> None:
    raw = row.encode("utf-8", "surrogateescape")
    data = 'text,score\nföre,1\n@\n"náchher, ""ja""",2\n'.encode().replace(b"@", raw)
    before, refused, after = read_one(tmp_path, "a.csv", data)
    assert isinstance(before, Post) and isinstance(after, Post) and isinstance(refused, Refusal)
    assert (refused.reason, refused.payload, refused.locator) == (reason, raw + b"\n", "row 3")
    assert "ine 3" in refused.detail and after.text == 'náchher, "ja"'


def test_quotes_in_tsv_may_be_plain_characters(tmp_path: Path) -> None:
    posts = read_one(tmp_path, "a.tsv", b'text\tscore\n"No", he said\t1\n"unclosed\t2\nplain\t3\n')
    assert [post.text for post in posts if isinstance(post, Post)] == ['"No", he said', '"unclosed', "plain"]


def test_a_table_without_header(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"a.csv": b"5,Text one\n6,Text two\n", "variorum.toml": b'header = false\n[fields]\ntext = 2\nscore = "1"'},
    )
    assert [(post.text, post.score) for post in read_folder(tmp_path).posts("a.csv")] == [
        ("Text one", 5),
        ("Text two", 6),
    ]


def test_a_table_whose_first_row_names_no_text_loses_no_row(tmp_path: Path) -> None:
    refused = read_one(tmp_path, "a.csv", b"5,Text one\n6,Text two\n")
    assert [(one.locator, one.reason, one.payload) for one in refused if isinstance(one, Refusal)] == [
        ("row 1", "bad-record", b"5,Text one\n"),
        ("row 2", "bad-record", b"6,Text two\n"),
    ]


def test_rows_with_the_same_question_are_a_thread(tmp_path: Path) -> None:
    posts = read_one(tmp_path, "a.csv", b"question,answer\nWhy?,One\nWhy?,Two\nWho?,Three\n")
    assert [post.thread_key for post in posts if isinstance(post, Post)] == ["#2", "#2", "#4"]


# Signs that are not seen (Cf) make no text: a row of a soft hyphen is an empty one.
CELL = st.text(st.characters(exclude_categories=["Cs", "Cf"], exclude_characters="\0\r"), max_size=15)


@given(st.lists(st.tuples(CELL, CELL), max_size=8), st.sampled_from(",;|\t"), st.integers(1, 30))
def test_what_csv_writes_is_read_back(cells: list[tuple[str, str]], delimiter: str, size: int) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([("text", "x"), *cells])
    raw = out.getvalue()
    found = list(
        read_table(
            lambda: (raw[at : at + size] for at in range(0, len(raw), size)),
            Encoding("utf-8"),
            Settings(markup="plain"),
            delimiter,
        )
    )
    texts = [record.text.strip() for record in found if isinstance(record, Post)]
    assert len(found) == len(cells) and texts == [text.strip() for text, _ in cells if text.strip()]


@given(st.text(alphabet="a\n\r", max_size=30), st.integers(1, 7))
def test_lines_join_to_the_text(text: str, size: int) -> None:
    found = list(lines(text[at : at + size] for at in range(0, len(text), size)))
    assert "".join(found) == text and all(len(line.rstrip("\r\n")) >= len(line) - 2 for line in found)
    assert found == list(lines([text] if text else []))


@pytest.mark.parametrize("first", ["sep=;\r\n", '"sep=;"\r\n', "\ufeffSEP=;\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_spreadsheet_says_its_delimiter_on_the_first_line(tmp_path: Path, first: str, encoding: str) -> None:
    table = f'{first}Title;Text;Score\r\nOn Tito;"He said ""no""; then\nleft.";5\r\n'
    (post,) = read_one(tmp_path, "a.csv", table.encode(encoding))
    assert isinstance(post, Post)
    assert (post.title, post.text, post.locator) == ("On Tito", 'He said "no"; then\nleft.', "row 2")


@pytest.mark.parametrize("data", [b'[\n{"text": "a"},\n{"text": "b"}\n]\n', b'[{"text": "a"}, {"text": "b"}]'])
def test_a_json_list_that_is_called_json_lines(tmp_path: Path, data: bytes) -> None:
    assert [post.text for post in read_one(tmp_path, "a.jsonl", data) if isinstance(post, Post)] == ["a", "b"]


def test_a_list_among_json_lines_takes_no_other_with_it(tmp_path: Path) -> None:
    refusal, post = read_one(tmp_path, "a.jsonl", b'[1, 2]\n{"text": "a"}\n')
    assert isinstance(refusal, Refusal) and isinstance(post, Post) and post.text == "a"


def test_sniffing() -> None:
    assert [sniff(f"a{d}b{d}c\n1{d}2, 3{d}4\n") for d in ",;\t|"][1:] == [";", "\t", "|"]
    assert sniff("a,b\n1,2\n") == ","


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("1956", "1956"),
        ("1956-02", "1956-02"),
        ("1956-02-25", "1956-02-25"),
        ("1956-02-25T10:00:00Z", "1956-02-25T10:00:00Z"),
        ("1956-02-25 10:00", "1956-02-25T10:00"),
        ("2013-04-12T09:15:21.300", "2013-04-12T09:15:21.300"),
        ("19560225", "1956-02-25"),
        ("25 February 1956", "1956-02-25"),
        ("February 25, 1956", "1956-02-25"),
        ("Feb. 1956", "1956-02"),
        ("25 Feb 1956", "1956-02-25"),
        ("Tue, 15 Nov 1994 08:12:31 GMT", "1994-11-15T08:12:31Z"),
        (1364800000, "2013-04-01T07:06:40Z"),
        ("1364800000000", "2013-04-01T07:06:40Z"),
        (1956, "1956"),
        ("02/03/1956", None),
        ("1956/2/25", "1956-02-25"),
        ("25.2.1956", "1956-02-25"),
        ("05. 12. 1990", "1990-12-05"),
        ("2.25.1956", None),
        ("1956-13-01", None),
        ("1956-02-31", None),
        ("yesterday", None),
        (None, None),
        (True, None),
        ("31 February 1956", None),
        (float("nan"), None),
        ("2013-04-12T25:00", None),
    ],
)
def test_dates(value: object, date: str | None) -> None:
    assert iso_date(value) == date


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("encoding = 5", "encoding must be a text"),
        ('encoding = "klingon"', "no encoding that Python knows"),
        ("colour = 1", "'colour' is no setting"),
        ('kind = "essay"', "kind must be one of"),
        ("[fields]\nbody = 'x'", "'body' is no field"),
        ("[fields]\ntext = 1.5", "fields.text"),
        ("= 3", "no valid TOML"),
        ("header = 1", "true or false"),
        ('delimiter = "::"', "delimiter must be one of"),
        ("fields = 3", "[fields]"),
        ('encoding = "rot13"', "no encoding of text"),
    ],
)
def test_faulty_settings_say_what_to_change(tmp_path: Path, text: str, part: str) -> None:
    with pytest.raises(SettingsError, match=part.replace("[", r"\[")):
        parse_settings(text)
    write(tmp_path, {"variorum.toml": text.encode(), "a.txt": b"Text."})
    seen = read_folder(tmp_path)
    (refusal,) = seen.refusals("variorum.toml")
    assert refusal.reason == "bad-settings" and part in refusal.detail and refusal.payload == text.encode()
    assert len(seen.posts("a.txt")) == 1
