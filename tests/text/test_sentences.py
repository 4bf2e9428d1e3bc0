"""Sentences: where they end, in the writing of historians and of forums; the known golden rules in our own words."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.sentences import split, split_all, unbroken
from pipelines.text.together import Together

# Each case is the list of its sentences; joined by a space they are the text.
CASES: dict[str, list[str]] = {
    "full stops": ["The congress met in the Kremlin.", "The session was closed."],
    "a question": ["Who wrote the speech?", "Historians disagree."],
    "an exclamation": ["Always right!", "Always."],
    "a name's initial": ["The paper was read by Leonid I. Brezhnev himself."],
    "two initials": ["N. S. Khrushchev spoke for four hours.", "Nobody clapped."],
    "initials without space": ["It was N.S. Khrushchev who spoke.", "A.I. Mikoyan listened."],
    "three initials": ["The note is signed J. R. R. Harper."],
    "cyrillic initials": ["Доклад сделал Н. С. Хрущёв.", "Зал молчал."],
    "a letter that ends a sentence": ["They had only plan B.", "It failed within a week."],
    "a numbered war": ["Nobody wanted another World War I.", "The treaty said so."],
    "a title": ["Here Mr. Attlee disagreed.", "Mrs. Attlee did not."],
    "a rank": ["Then Gen. Zhukov and Lt. Col. Orlov arrived."],
    "a saint": ["He lived near St. Petersburg for years."],
    "a company": ["The firm Armstrong & Co. Ltd. sold the engines."],
    "a company at the end": ["The engines came from Armstrong & Co.", "They never ran."],
    "junior": ["The envoy was John Foster Jr. of Ohio."],
    "a country inside": ["How did the U.S. government answer?"],
    "a country at the end": ["He fled to the U.S.", "There he wrote his memoirs."],
    "a country's own": ["The U.S. Embassy was silent."],
    "hours": ["At 5 a.m. Mr. Nagy spoke on the radio."],
    "hours at the end": ["Shooting began at 5 p.m.", "The radio fell silent."],
    "a number of": ["Order No. 227 was read out.", "It was short."],
    "a plain no": ["Was he there? The answer is no.", "Nobody was."],
    "pages": ["See pp. 12-14 and vol. 3 for it.", "The rest is lost."],
    "a month": ["The speech of Feb. 25 was secret."],
    "decimals": ["Output fell by 3.5 percent in a year.", "Prices rose."],
    "money": ["It cost $5.50 a day.", "Few paid."],
    "a year at the end": ["He died in March 1953.", "Beria was next."],
    "a number begins": ["He died in 1953.", "25 years later they opened the file."],
    "a latin abbreviation": ["Some towns, e.g. Győr, rose first."],
    "that is": ["The Presidium, i.e. the Politburo, met."],
    "circa": ["The icon, ca. 1410, survived."],
    "against": ["The case Smith vs. Jones was closed."],
    "and so on inside": ["Poles, Czechs etc. were told later."],
    "and so on at the end": ["They read it to Poles, Czechs etc.", "The Germans came later."],
    "and others": ["The tables follow Davies et al. in this."],
    "a web address": ["The text is at http://example.org/speech.html.", "Read it there."],
    "a file": ["The scan is page1.tiff in the folder."],
    "an e-mail address": ["Write to archive.desk@example.org for it.", "They answer."],
    "a quotation inside": ['He said "We were wrong." and sat down.'],
    "a quotation that ends": ['He said "We were wrong."', "Nobody answered."],
    "single quotes": ["He said 'We were wrong.'", "Nobody answered."],
    "a question quoted": ['"Where were you?" somebody shouted from the hall.'],
    "a speaker with a name": ['"Where were you?" Khrushchev asked.', "Nobody moved."],
    "a quotation begins": ["The hall was silent.", '"Who said that?"'],
    "two quotations": ['"I was where you are now."', '"Silent."'],
    "brackets inside": ["He taught history (He had been a miner before.) at the institute."],
    "brackets around": ["The hall was silent.", "(Nobody knew why.)", "Then it began."],
    "an ellipsis that goes on": ["Trotsky or Kamenev or ... and others."],
    "an ellipsis that ends": ["Trotsky or Kamenev or ...", "People were shocked."],
    "four dots": ["I never meant that....", "She left the room."],
    "spaced dots": ["A habit which was weakened . . . was that of silence."],
    "spaced dots and a stop": ["It was that of silence. . . .", "The practice went on."],
    "an ellipsis in brackets": ["The report [...] Molotov kept was short."],
    "an ellipsis character": ["He hesitated\u2026", "Then he read on."],
    "several marks": ["You knew?!", "We all knew!!"],
    "a footnote": ["The session was closed.[12]", "Guests had left."],
    "a name with an exclamation": ["He worked at Yahoo! and wrote at night."],
    "a degree": ["She took her Ph.D. in Moscow."],
    "semicolons": ["It was long; nobody left; nobody clapped."],
    "german quotes": ['Er sagte "Nein."', "Der Saal schwieg."],
    "an acronym": ["They joined NATO.", "Others stayed out."],
    "the era": ["The town was founded in 512 B.C. by settlers."],
    "dates with full stops": ["The act of 25.02.1956 is lost."],
    "a section": ["See sec. 4 of the act.", "Then ask again."],
}


def sentences(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in split(text, language)]


@pytest.mark.parametrize("expected", CASES.values(), ids=CASES.keys())
def test_where_sentences_end(expected: list[str]) -> None:
    parts = [part for sentence in expected for part in re.split(r"(?<=there\?) ", sentence)]
    assert sentences(" ".join(expected)) == parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One line\nAnother line", ["One line", "Another line"]),
        ("One paragraph.\n\nAnother one.", ["One paragraph.", "Another one."]),
        ("A heading\n\nThe text begins.", ["A heading", "The text begins."]),
        ("1. The first cause\n2. The second cause", ["1. The first cause", "2. The second cause"]),
        ("a. The first cause\nb. The second cause", ["a. The first cause", "b. The second cause"]),
        ("IV. The Congress\nIt met in May.", ["IV. The Congress", "It met in May."]),
        ("\u2022 the first cause \u2022 the second cause", ["\u2022 the first cause", "\u2022 the second cause"]),
        ("It ended.The next day began.", ["It ended.", "The next day began."]),
        ("", []),
        (" \n ", []),
        ("...", ["..."]),
    ],
)
def test_lines_lists_and_lost_spaces(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_wrapped_lines_are_one_sentence() -> None:
    text = (
        "One case occurs to me in which a father was an important minister in one\n"
        "of the various White Governments which had been helped by the Allies and\n"
        "Denikin, while his son was an official under the Communists. In November\n"
        "that changed."
    )
    assert [s.replace("\n", " ")[-20:] for s in sentences(text)] == [
        "nder the Communists.",
        "ovember that changed."[-20:],
    ]


def test_verse_is_not_wrapped() -> None:
    lines = [
        "Arise, ye workers from your slumber",
        "Arise, ye prisoners of want",
        "For reason in revolt now thunders loud and clear",
    ]
    assert sentences("\n".join(lines)) == lines


def test_long_lines_are_paragraphs() -> None:
    lines = ["a leading official has spoken out that " * 4, "So the speech was attacking a basic point " * 4]
    assert sentences("\n".join(line.strip() for line in lines)) == [line.strip() for line in lines]


@pytest.mark.parametrize(("language", "n_sentences"), [("de", 1), ("en", 2)])
def test_ordinals_are_a_matter_of_language(language: str, n_sentences: int) -> None:
    assert len(split("Er kam am 25. Februar nach Moskau.", language)) == n_sentences


messy = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "Mr.",
                "N.",
                "Khrushchev",
                '"',
                ".",
                "...",
                ". ",
                "\n",
                "\n\n",
                " ",
                "25",
                "the",
                "\u2022",
                "?!",
                "(",
                ")",
                "\u2026",
                "[1]",
                "\u2003",
            ]
        ),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=30,
).map("".join)


@given(messy, st.sampled_from(["en", "de", "ru", "und"]))
def test_every_character_but_space_is_in_exactly_one_sentence(text: str, language: str) -> None:
    spans = split(text, language)
    position = 0
    for start, end in spans:
        assert start >= position
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip() != ""
        position = end
    assert not text[position:].strip()


@given(st.lists(st.tuples(messy, st.sampled_from(["en", "de", "ru", "und"])), max_size=5))
def test_many_texts_at_once_are_split_as_each_alone(written: list[tuple[str, str]]) -> None:
    texts = Together([text for text, _ in written])
    starts, ends = split_all(texts, [language for _, language in written])
    base = texts.base[texts.number(starts)]
    alone = [span for text, language in written for span in split(text, language)]
    assert [*zip((starts - base).tolist(), (ends - base).tolist(), strict=True)] == alone


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He saw. . . (", ["He saw. . .", "("]),
        ("They knew Smith Jr. The", ["They knew Smith Jr. The"]),
        ("It ended.Bar", ["It ended.Bar"]),
        ("One. •", ["One.", "•"]),
    ],
)
def test_a_text_ends_as_it_would_alone(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in split(text)] == expected


@pytest.mark.parametrize(
    ("text", "name", "n_sentences"),
    [
        ("They agree that Wymberley DeR. Coerr was there. Nobody was.", "Wymberley DeR. Coerr", 2),
        ("They agree that Coerr was there. Nobody was.", "Coerr", 2),
        ("He met M. Paul DeF. Hicks at noon. Hicks left.", "Paul DeF. Hicks", 2),
    ],
)
def test_a_sentence_never_ends_within_a_name(text: str, name: str, n_sentences: int) -> None:
    start = text.index(name)
    starts, ends = np.array(split(text)).T
    joined = unbroken(starts, ends, np.array([start]), np.array([start + len(name)]))
    spans = [*zip(*(side.tolist() for side in joined), strict=True)]
    assert len(spans) == n_sentences
    assert any(first <= start and start + len(name) <= last for first, last in spans)
    assert "".join(text[s:e] for s, e in spans).replace(" ", "") == text.replace(" ", "")
