"""Threads of `Upvote:N` answers, plain text, and the cutting of what is too long."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers import Post, Refusal
from pipelines.readers.cut import CUT_FROM, CUT_TO, LONGEST, Piece, Place, bounded, count_line_ends, paragraphs
from pipelines.readers.encoding import Encoding
from pipelines.readers.prose import read_plain, read_thread
from tests.readers.samples import read_one

UTF8 = Encoding("utf-8")
NOISE = st.text(alphabet="ab.\n\r \tUupvotes:+-0123é\u2028\x85", max_size=400)


def test_question_and_answers_of_a_thread(tmp_path: Path) -> None:
    text = "Why so late?\r\n\r\nI wonder.\r\n\r\nUpvote:5\r\n\r\nOne.\r\n\r\nTwo.\r\nupvotes : -2\r\nThree.  \r\n\r\n"
    question, first, second = read_one(tmp_path, "a.txt", text.encode())
    assert isinstance(question, Post) and isinstance(first, Post) and isinstance(second, Post)
    assert (question.kind, question.text, question.title) == (
        "question",
        "Why so late?\r\n\r\nI wonder.",
        "Why so late?",
    )
    assert (question.locator, first.locator, second.locator) == ("L1-L3", "L7-L9", "L11-L11")
    assert (first.kind, first.text, first.score, first.parent_key) == ("answer", "One.\r\n\r\nTwo.", 5, question.key)
    assert (second.text, second.score, second.thread_key) == ("Three.  ", -2, "")


@pytest.mark.parametrize(
    ("line", "score"),
    [
        ("Upvote:0", 0),
        ("UPVOTE: 12", 12),
        ("Upvotes:7", 7),
        ("  Upvote:3  ", 3),
        ("Upvote:-4", -4),
        ("Upvote:\u22124", -4),
        ("Upvote:+4", 4),
        ("Upvote:1,234", 1234),
        ("up-vote:8", 8),
    ],
)
def test_scores(tmp_path: Path, line: str, score: int) -> None:
    assert [
        post.score for post in read_one(tmp_path, "a.txt", f"{line}\nText.\n".encode()) if isinstance(post, Post)
    ] == [score]


@pytest.mark.parametrize(
    "line",
    ["Upvote:", "Upvote:many", "Upvote:1.5", "Upvote:1e3", "Upvote:12,34", "Upvote:not a number", "Upvote: 5 of 7"],
)
def test_a_score_that_is_no_number_is_refused_alone(tmp_path: Path, line: str) -> None:
    data = f"Upvote:1\nFine.\n{line}\nLost?\n\nNo.\nUpvote:2\nFine too.".encode()
    before, refused, after = read_one(tmp_path, "a.txt", data)
    assert isinstance(before, Post) and isinstance(after, Post) and isinstance(refused, Refusal)
    assert (refused.reason, refused.locator) == ("bad-score", "L3-L6")
    assert refused.payload == f"{line}\nLost?\n\nNo.\n".encode()


@pytest.mark.parametrize(
    "line", ["Upvote: I would, if I could.", "He said Upvote:5", "Upvotes are free.", "Downvote:3"]
)
def test_sentences_open_no_answer(tmp_path: Path, line: str) -> None:
    data = f"Upvote:1\nText.\n{line}\n".encode()
    assert [post.text for post in read_one(tmp_path, "a.txt", data) if isinstance(post, Post)] == [f"Text.\n{line}"]


def test_an_empty_answer_is_refused_with_its_marker(tmp_path: Path) -> None:
    first, second = read_one(tmp_path, "a.txt", b"Upvote:1\n\n\nUpvote:2\nText.")
    assert isinstance(first, Refusal) and isinstance(second, Post)
    assert (first.reason, first.payload) == ("empty-record", b"Upvote:1\n\n\n")


def test_damage_takes_one_answer(tmp_path: Path) -> None:
    data = "Upvote:1\nKádár came.\nUpvote:2\nRákosi \xff went.\nUpvote:3\nGerő stayed.".encode().replace(
        b"\xc3\xbf", b"\xff"
    )
    first, second, third = read_one(tmp_path, "a.txt", data)
    assert isinstance(first, Post) and isinstance(second, Refusal) and isinstance(third, Post)
    assert second.reason == "undecodable-record"
    assert second.payload == "Upvote:2\nRákosi ".encode() + b"\xff went.\n"


def test_a_cut_off_character_at_the_end(tmp_path: Path) -> None:
    data = "Upvote:1\nKádár came.\nUpvote:2\nThe end é".encode()[:-1]
    first, second = read_one(tmp_path, "a.txt", data)
    assert isinstance(first, Post) and isinstance(second, Refusal)
    assert second.payload.endswith(b"end \xc3")


def test_damage_takes_one_paragraph_of_plain_text(tmp_path: Path) -> None:
    data = "Első bekezdés.\n\nMásodik ".encode() + b"\xc3\x28 \xff" + "\n\nHarmadik bekezdés itt.\n".encode()
    first, second, third = read_one(tmp_path, "a.txt", data)
    assert isinstance(first, Post) and isinstance(second, Refusal) and isinstance(third, Post)
    assert (first.text, third.text, third.locator) == ("Első bekezdés.", "Harmadik bekezdés itt.", "L5-L5")
    assert second.payload == "Második ".encode() + b"\xc3\x28 \xff\n\n"


def test_a_title_needs_a_line_of_its_own(tmp_path: Path) -> None:
    titles = [
        next(post.title for post in read_one(tmp_path, "a.txt", data) if isinstance(post, Post))
        for data in (
            b"A Title\n\nText.",
            b"A sentence that\ngoes on.",
            b"x" * 300 + b"\n\nText.",
            b"No title.\n\nText.",
            b"17\n\nA page of a book.",
            b"# A Question?\n\nText.\nUpvote:1\nAn answer.",
        )
    ]
    assert titles == ["A Title", None, None, None, None, "A Question?"]


def _blocks(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


@given(NOISE, st.integers(1, 50))
def test_how_a_file_is_cut_into_blocks_makes_no_difference(text: str, size: int) -> None:
    whole = [text] if text else []
    for read in (read_thread, read_plain):
        assert list(read(_blocks(text, size), UTF8)) == list(read(whole, UTF8))


@given(NOISE)
def test_no_character_of_a_thread_is_lost(text: str) -> None:
    kept = "".join(
        record.text if isinstance(record, Post) else record.payload.decode()
        for record in read_thread([text] if text else [], UTF8)
    )
    rest = list("".join(kept.split()))
    for char in "".join(text.split()):
        if rest and rest[0] == char:
            rest.pop(0)
        else:
            assert char in "Uupvotes:+-0123456789"  # a marker's line
    assert not rest


@given(NOISE)
def test_paragraphs_join_to_the_text_and_know_their_lines(text: str) -> None:
    parts = list(paragraphs(Piece(text, Place())))
    assert "".join(part.text for part in parts) == text
    done = 0
    for part in parts:
        assert part.place.line == 1 + count_line_ends(text[:done])
        done += len(part.text)


@pytest.mark.parametrize(
    "unit", ["word ", "A sentence here. ", "line\n", "A paragraph.\n\n", "x", "HEADING\n\ntext\n\n", "e\u0301"]
)
def test_long_texts_are_cut_and_nothing_is_lost(unit: str) -> None:
    text = unit * ((LONGEST + 3 * CUT_TO) // len(unit))
    pieces = list(bounded(_blocks(text, 100_000), Place()))
    assert "".join(piece.text for piece in pieces) == text
    assert len(pieces) > 4 and all(CUT_FROM <= len(piece.text) <= CUT_TO + 1 for piece in pieces[:-1])
    assert [piece.text for piece in pieces] == [piece.text for piece in bounded(_blocks(text, 77_777), Place())]
    if unit != "x":
        assert all(piece.text.startswith(unit[0]) for piece in pieces)


def test_cut_pieces_of_one_line_have_columns_in_their_locator() -> None:
    first, second, *_ = bounded(["word " * (LONGEST // 4)], Place())
    assert first.locator == f"L1:1-L1:{len(first.text)}"
    assert second.locator.startswith(f"L1:{len(first.text) + 1}-L1:")


def test_a_long_answer_stays_one_answer_of_several_posts(tmp_path: Path) -> None:
    data = ("Upvote:1\nShort.\nUpvote:9\n" + "A long paragraph of words.\n\n" * 100_000 + "Upvote:2\nLast.").encode()
    posts = [post for post in read_one(tmp_path, "a.txt", data) if isinstance(post, Post)]
    assert {post.score for post in posts[1:-1]} == {9} and len(posts) > 5
    assert (posts[-1].score, posts[-1].text) == (2, "Last.")


def test_markdown_suffix_does_not_hide_a_thread(tmp_path: Path) -> None:
    assert [type(record).__name__ for record in read_one(tmp_path, "a.md", b"Upvote:2\n*Text*")] == ["Post"]
