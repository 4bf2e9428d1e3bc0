"""Clean text: what is changed, what is left, and that cleaning twice changes nothing."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.clean import _may_change, clean
from pipelines.text.edits import Edit, apply, invert

KINDS = {"unicode", "whitespace", "punctuation"}


def cleaned(text: str) -> str:
    return apply(text, clean(text))


@pytest.mark.parametrize(
    ("written", "expected", "rule"),
    [
        ("MÃ¡tyÃ¡s RÃ¡kosi resigned.", "Mátyás Rákosi resigned.", "mojibake"),
        ("Stalinâ€™s reputation", "Stalin's reputation", "mojibake+quotes"),
        ("РџСЂРёРІРµС‚", "Привет", "mojibake"),
        ("the name Õðóùåâ in the file", "the name Хрущев in the file", "mojibake"),
        ("äîêëàä â Ìîñêâå", "доклад в Москве", "mojibake"),
        ("Marx &amp;amp;amp; Engels", "Marx & Engels", "entity"),
        ("&amp;lt;", "<", "entity"),
        ("the so-called \x93thaw\x94", 'the so-called "thaw"', "mojibake+quotes"),
        ("Erno\u030b Gero\u030b", "Ernő Gerő", "nfc"),
        ("\u212bngström", "Ångström", "nfc"),
        ("\ufeffUpvoted", "Upvoted", "invisible"),
        ("Khru\u00adshchev", "Khrushchev", "invisible"),
        ("zero\u200bwidth", "zerowidth", "invisible"),
        ("bell\x07", "bell", "control"),
        ("in\u00a01956", "in 1956", "spaces"),
        ("two  spaces   here", "two spaces here", "spaces"),
        ("tab\there", "tab here", "spaces"),
        ("line \nend", "line\nend", "trailing-space"),
        ("line\n  end", "line\nend", "indent"),
        ("one\n\n\n\ntwo", "one\n\ntwo", "blank-lines"),
        ("one\r\ntwo", "one\ntwo", "line-break"),
        ("one\rtwo", "one\ntwo", "line-break"),
        ("one\u2028two", "one\ntwo", "line-break"),
        ("one\u2029two", "one\n\ntwo", "line-break"),
        ("page\n\fpage", "page\npage", "line-break"),
        ("\n\n text \n", "text", "outer-space"),
        ("the o\ufb03ce", "the office", "ligature"),
        ("\u201cclosed\u201d", '"closed"', "quotes"),
        ("\u201eSpiegel\u201c", '"Spiegel"', "quotes"),
        ("\u00abPravda\u00bb", '"Pravda"', "quotes"),
        ("\u00ab\u00a0Pravda\u00a0\u00bb", '"Pravda"', "quotes"),
        ("Stalin\u2019s", "Stalin's", "quotes"),
        ("don\u00b4t", "don't", "quotes"),
        ("Marx &amp; Engels", "Marx & Engels", "entity"),
        ("&quot;no&quot;", '"no"', "entity"),
        ("it&#39;s", "it's", "entity"),
        ("K&aacute;d&aacute;r", "Kádár", "entity"),
        ("Commu\u00ad\nnist", "Communist", "hyphenation"),
        ("the Communist Party\nand every Commu-\nnist", "the Communist Party\nand every Communist", "hyphenation"),
    ],
)
def test_what_is_cleaned(written: str, expected: str, rule: str) -> None:
    edits = clean(written)
    assert apply(written, edits) == expected
    assert rule in {edit.rule for edit in edits}


@pytest.mark.parametrize(
    "text",
    [
        "Plain prose, with nothing to mend: 1956-02-25.",
        "Dashes stay \u2013 both \u2014 of them, and an ellipsis\u2026",
        "Mátyás Rákosi, Ernő Gerő, Đilas, Żukow, Ångström, Œuvre, Ĳssel",
        "Хрущёв и Сталин",
        "می\u200cخواهم",
        "क्\u200dष",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "one\n\ntwo\nthree",
        "AT&T; Q&A &c; &unknown;",
        "Vasil\u02b9ev and Vasil\u2032ev",
        "École Éclair à la",
        "the letters éèêë àâ",
        "ÀÁÂÃÄÅ",
        "Õðóùåâ ÅÄÖÅÄ",
        "été, à, où",
        "a well-\nknown man",
        "co-\noperation, and again co-operation, cooperation",
    ],
)
def test_what_is_left(text: str) -> None:
    assert clean(text) == []


def test_edits_are_minimal() -> None:
    text = "\u201cIn  1956\u201d he said"
    assert clean(text) == [
        Edit(0, 1, '"', "punctuation", "quotes"),
        Edit(4, 5, "", "whitespace", "spaces"),
        Edit(9, 10, '"', "punctuation", "quotes"),
    ]


def test_one_bad_line_leaves_its_neighbours_alone() -> None:
    text = "Kádár “spoke”\nKÃ¡dÃ¡r and Gerő listened"
    mended = [edit for edit in clean(text) if edit.rule == "mojibake"]
    assert [(text[e.start : e.end], e.after) for e in mended] == [("Ã¡", "á"), ("Ã¡", "á")]


def book(pages: int, first: int, cut: str, line: str = "{}") -> str:
    """A book whose page numbers stand between two halves of a sentence, or between two sentences."""
    body = "The party had met again that winter. " * 30
    return "".join(f"{body}{cut}\n\n{line.format(first + n)}\n\n" for n in range(pages)) + body


def test_page_numbers_within_sentences_go() -> None:
    text = cleaned(
        "It began so "
        + book(6, 41, "and it went on from the first day to the").replace("\n\nThe party", "\n\nthe party")
    )
    assert not any(str(41 + n) in text for n in range(6))
    assert "day to the\nthe party" in text


@pytest.mark.parametrize("first", [1, 1951])
def test_numbered_chapters_and_years_stay(first: int) -> None:
    assert clean(book(6, first, "It was over.").rstrip()) == []


@pytest.mark.parametrize("pages", [1, 3])
def test_a_few_numbers_are_no_pages(pages: int) -> None:
    text = book(pages, 41, "and so to the").replace("\n\nThe", "\n\nthe").rstrip()
    assert clean(text) == []


def test_numbers_in_no_sequence_are_no_pages() -> None:
    text = book(6, 41, "and so to the").replace("\n\nThe", "\n\nthe").rstrip()
    for number in range(41, 47):
        text = text.replace(f"\n{number}\n", f"\n{number * 7 % 100}\n")
    assert clean(text) == []


def test_running_heads_go_with_their_pages() -> None:
    text = book(6, 41, "and so to the", "THE CRISIS IN RUSSIA\n{}").replace("\n\nThe", "\n\nthe")
    assert "CRISIS" not in cleaned(text)


_SINGLE = (
    "aeno \n\t\r\f\v-&;#19\u00a0\u00ad\u200c\u200d\u2019\u201c\u00ab\u00bb\u00c3\u00a9\u00e2\u20ac\u2122"
    "\u0301\u0323\ufb01\ufb03\x85\x92\u2028"
)
_LONGER = [
    "&amp;",
    "&#8217;",
    "Ã¡",
    "â€™",
    "-\n",
    "\u1100\u1161\u11a8",
    "\u0f73",
    "aa-\naa",
    "n't",
    "Õðóùåâ",
    "&amp;amp;",
]
awkward = st.lists(
    st.one_of(st.sampled_from(_SINGLE), st.sampled_from(_LONGER), st.characters(exclude_categories=["Cs"])), max_size=40
).map("".join)


@given(awkward)
def test_cleaning_is_idempotent_normal_and_undone(text: str) -> None:
    edits = clean(text)
    result = apply(text, edits)
    assert clean(result) == []
    assert unicodedata.is_normalized("NFC", result)
    assert apply(result, invert(text, edits)) == text


@given(awkward)
def test_edits_are_sorted_apart_and_of_the_contract(text: str) -> None:
    position = -1
    for edit in clean(text):
        assert position < edit.start or edit.start == edit.end
        assert edit.start <= edit.end <= len(text)
        assert text[edit.start : edit.end] != edit.after
        assert edit.kind in KINDS
        assert edit.rule
        position = max(position, edit.end - 1)


@given(st.lists(st.sampled_from(["Stalin spoke.", "“Yes”  he said", "a\tb", ""]), min_size=1, max_size=6))
def test_paragraphs_are_kept(paragraphs: list[str]) -> None:
    kept = [p for p in paragraphs if p]
    result = cleaned("\n\n".join(kept))
    assert len(result.split("\n\n")) == max(len(kept), 1)


def test_characters_that_change_in_normal_form_are_known() -> None:
    assigned = [c for c in map(chr, range(0x110000)) if unicodedata.category(c) not in {"Cn", "Cs", "Co"}]
    composed = [unicodedata.decomposition(c).split() for c in assigned]
    second = {chr(int(parts[1], 16)) for parts in composed if len(parts) == 2 and not parts[0].startswith("<")}
    marks = {c for c in assigned if unicodedata.combining(c)}
    others = {c for c in assigned if c >= "\u0300" and not unicodedata.is_normalized("NFC", c)}
    assert len(second) > 60
    assert [c for c in second | marks | others if not _may_change(c)] == []
    assert not any(map(_may_change, "aé–“ЖשаЇ日한"))
