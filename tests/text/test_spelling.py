"""Spelling: what is corrected, what never is, and that corrections keep capitals, names and quotations."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text import lexicon, spelling
from pipelines.text.corrections import Finder, find, places
from pipelines.text.edits import apply, invert
from pipelines.text.rules import Rule
from pipelines.text.spelling import Correction, Settings, WordCount, judge, unknown_words


def corrected(texts: Sequence[str], rules: Sequence[Rule] = (), settings: Settings | None = None) -> list[str]:
    n = Counter(word for text in texts for word in unknown_words(text))
    n_posts = Counter(word for text in texts for word in set(unknown_words(text)))
    found = judge({word: WordCount(n[word], n_posts[word]) for word in n}, rules, settings)
    finder = Finder(found, settings)
    return [apply(text, finder.find(text)) for text in texts]


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("goverment", "government"),
        ("beleived", "believed"),
        ("recieve", "receive"),
        ("occured", "occurred"),
        ("definately", "definitely"),
        ("seperately", "separately"),
        ("independant", "independent"),
        ("arguement", "argument"),
        ("untill", "until"),
        ("adress", "address"),
        ("whcih", "which"),
        ("thier", "their"),
        ("becuase", "because"),
        ("succesful", "successful"),
        ("parliment", "parliament"),
        ("occassionally", "occasionally"),
        ("responsability", "responsibility"),
        ("practicaly", "practically"),
        ("didnt", "didn't"),
    ],
)
def test_slips_are_corrected(word: str, right: str) -> None:
    frame = "At that time the old chairman {} wrote that nothing of the kind was known."
    assert corrected([frame.format(word)]) == [frame.format(right)]


@pytest.mark.parametrize(
    "word",
    [
        "bijective",
        "monophyly",
        "pikemen",
        "apparatchiks",
        "dekulakization",
        "agitprop",
        "kolkhoz",
        "nomenklatura",
        "revisionism",
        "untermensch",
        "colour",
        "color",
        "realise",
        "connexion",
        "shew",
        "whilst",
        "fiance",
        "voluntarist",
        "undecodable",
        "nimbers",
        "electride",
        "macroprocessor",
        "mmap",
        "noone",
        "postwar",
        "counterespionage",
        "interwar",
    ],
)
def test_rare_technical_and_regional_words_stay(word: str) -> None:
    text = f"At that time the old chairman wrote that {word} was well known to all of them."
    assert corrected([text]) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "The report on Goverment Street was read to all of them in the evening.",
        "He called it a 'goverment' when he spoke to all of them in the evening.",
        'He called it a "goverment" when he spoke to all of them in the evening.',
        "He called it a state (goverment) when he spoke to all of them in the evening.",
        "They sang of qwzxyt goverment in the hall of the old house that evening.",
        "He called it the _goverment_ when he spoke to all of them in the evening.",
        "See the page at http://example.org/goverment/list for what they said.",
        "See goverment.txt in the folder, or the goverment@example.org list they had.",
        "It was a goverment-owned house, and all of them knew it in the evening.",
        "Les membres du goverment ont été arrêtés par les soldats de la garde.",
        "They sang and ate goverment con pollo in the hall of the old house that evening.",
        "They read the history of the bourse de goverment in the hall of the old house.",
        "He hath given to the goverment all that was in the house, and the fields of it.",
        "como ha sido goverment en los tiempos que corren y nada mas se sabe",
        "the value of x_goverment = goverment{y} is set by the code in that file",
        'He read: "the sayd goverment of the towne was verily sore afrayd" and sat down.',
    ],
)
def test_names_marks_addresses_and_foreign_company_stay(text: str) -> None:
    corrections = judge({"goverment": WordCount(1, 1)})
    assert "goverment" in corrections
    assert find(text, corrections) == []


def test_old_quotations_can_be_corrected() -> None:
    text = 'He read: "the word of the goverment was that they will be afrayd of it" and sat down.'
    corrections = judge({"goverment": WordCount(1, 1)})
    assert find(text, corrections) == []
    assert len(find(text, corrections, settings=Settings(old_quotations=True))) == 1


def test_texts_of_older_english_can_be_corrected() -> None:
    text = "He hath given to the goverment all that was in the house."
    corrections = judge({"goverment": WordCount(1, 1)})
    assert find(text, corrections) == []
    assert len(find(text, corrections, settings=Settings(old_quotations=True))) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It fell. Goverment was left to others.", "It fell. Government was left to others."),
        ("Goverment was left to others.", "Government was left to others."),
        ("He read of J. Goverment in the paper.", "He read of J. Goverment in the paper."),
        ("It was left to the goverment's friends.", "It was left to the government's friends."),
        ("It was left to the goverment, and to others.", "It was left to the government, and to others."),
        ("It was left to the GOVERMENT of others.", "It was left to the GOVERMENT of others."),
    ],
)
def test_capitals_and_endings_are_kept(text: str, expected: str) -> None:
    assert apply(text, find(text, judge({"goverment": WordCount(1, 1)}))) == expected


@given(st.text(max_size=30), st.text(max_size=30))
def test_nothing_protected_ever_changes(before: str, after: str) -> None:
    text = f"{before} it was the goverment of them all, dont you see {after}"
    start = text.index("goverment")
    corrections = judge({"goverment": WordCount(1, 1), "dont": WordCount(1, 1)})
    edits = find(text, corrections, [(start, start + 9)])
    assert not any(edit.start < start + 9 and start < edit.end for edit in edits)
    assert apply(apply(text, edits), invert(text, edits)) == text


def test_only_english_is_corrected() -> None:
    text = "It was left to the goverment of others."
    corrections = judge({"goverment": WordCount(1, 1)})
    assert find(text, corrections, language="en")
    assert not find(text, corrections, language="fr")


def test_edits_say_what_they_are() -> None:
    (edit,) = find("It was left to the goverment of others.", judge({"goverment": WordCount(1, 1)}))
    assert (edit.start, edit.end, edit.after, edit.kind, edit.rule) == (19, 28, "government", "spelling", "slip")
    assert edit.score is not None
    assert 0.9 <= edit.score <= 1


def test_a_word_that_many_write_is_no_slip() -> None:
    few, many = judge({"voluntourism": WordCount(1, 1)}), judge({"nimbers": WordCount(400, 90)})
    assert "voluntourism" in few
    assert "voluntourism" not in many


def test_strictness_only_takes_away() -> None:
    words = {word: WordCount(1, 1) for word in ("goverment", "singar", "skators", "occured", "combained")}
    loose, strict = judge(words), judge(words, settings=Settings(strictness=2))
    assert strict.keys() < loose.keys()


def test_every_correction_is_explained() -> None:
    found = judge({"goverment": WordCount(1, 1)})["goverment"]
    assert "goverment" in found.explanation
    assert "government" in found.explanation


# --- rules of the project --------------------------------------------------------------------------------------------

RULES = [
    Rule("perestroyka", "perestroika", "House style."),
    Rule("de-stalinisation", "de-Stalinisation"),
    Rule("Red Tzar", "Red Tsar"),
    Rule("sovkhoze", "sovkhoze", "Kept."),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the perestroyka years", "the perestroika years"),
        ("Perestroyka began.", "Perestroika began."),
        ("PERESTROYKA", "PERESTROIKA"),
        ("perestroykas", "perestroykas"),
        ("the de-stalinisation of it", "the de-Stalinisation of it"),
        ("the Red Tzar himself", "the Red Tsar himself"),
        ("the red tzar himself", "the red tzar himself"),
        ("they lived on the sovkhoze in those days", "they lived on the sovkhoze in those days"),
    ],
)
def test_rules_of_the_project(text: str, expected: str) -> None:
    edits = find(text, judge({}, RULES))
    assert apply(text, edits) == expected
    assert {edit.rule for edit in edits} <= {"project"}


def test_rules_of_the_project_hold_in_every_language_but_not_in_names() -> None:
    corrections = judge({}, RULES)
    assert find("die perestroyka war", corrections, language="de")
    assert not find("die perestroyka war", corrections, [(4, 15)], language="de")


def test_the_project_vocabulary_is_no_slip() -> None:
    word = "goverment"
    assert judge({word: WordCount(1, 1)}, [Rule(word, word)])[word].right == word
    assert find(f"It was the {word} of them all.", judge({word: WordCount(1, 1)}, [Rule(word, word)])) == []


def test_words_of_the_project_phrases_are_no_slips() -> None:
    rules = [Rule("Goverment Gazette", "Goverment Gazette")]
    assert "goverment" not in judge({"goverment": WordCount(1, 1)}, rules)


# --- dialect ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        ("keep", "The colour and color of the centre, organised or organized."),
        ("american", "The color and color of the center, organized or organized."),
        ("british", "The colour and colour of the centre, organised or organised."),
    ],
)
def test_dialect_is_a_setting(dialect: spelling.Dialect, expected: str) -> None:
    text = "The colour and color of the centre, organised or organized."
    settings = Settings(dialect=dialect)
    assert apply(text, find(text, judge({}, (), settings), settings=settings)) == expected


def test_a_word_of_two_senses_is_left() -> None:
    settings = Settings(dialect="british")
    assert find("The parking meter of the house.", judge({}, (), settings), settings=settings) == []


def test_regional_pairs_never_lead_in_circles() -> None:
    pairs = lexicon.regional()
    assert not set(pairs) & set(pairs.values())


# --- unknown words ---------------------------------------------------------------------------------------------------


def test_unknown_words_are_counted_each_time() -> None:
    text = "The goverment fell, and then the goverment rose, and the economy of it with them."
    assert list(unknown_words(text)) == ["goverment", "goverment"]


@given(st.text())
def test_unknown_words_are_lower_case_and_in_no_lexicon(text: str) -> None:
    for word in unknown_words(text):
        assert word.islower()
        assert word not in lexicon.known()


@given(st.dictionaries(st.text("abcdeilnorst", min_size=1, max_size=9), st.integers(1, 50), max_size=8))
def test_judging_does_not_depend_on_order(counts: dict[str, int]) -> None:
    words = {word: WordCount(n, 1) for word, n in counts.items()}
    backwards = dict(reversed(words.items()))
    assert judge(words) == judge(backwards)
    assert all(isinstance(found, Correction) and found.right in lexicon.targets() for found in judge(words).values())


SOUP = st.lists(
    st.sampled_from(
        ["recieve", "Recieve", "RECIEVE", "recieved", "they", "kolkhoz", "KOLKHOZ", "a_", "'", '"', ". ", " "]
    )
)


@given(SOUP)
def test_a_text_without_places_has_no_edits_and_other_words_change_nothing(pieces: list[str]) -> None:
    text = "".join(pieces)
    corrections = {
        word: Correction(word, right, 1.0, rule, "")
        for word, right, rule in [
            ("recieve", "receive", "slip"),
            ("kolkhoz", "kolkhos", "project"),
            ("absent", "present", "slip"),
            ("they .", "they.", "project"),
        ]
    }
    found = places(text, corrections)
    expected = Finder(corrections).find(text)
    assert Finder({word: corrections[word] for word in found}).find(text) == expected
    assert {edit.start for edit in expected} <= {start for starts in found.values() for start in starts}
