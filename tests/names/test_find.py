"""Spans of names in text: what is found, what is cut off, what is left alone."""

import gc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.names.candidates import Candidate
from pipelines.names.find import find, find_all
from pipelines.text.sentences import split
from pipelines.text.together import Together

SHARED = Path(__file__).resolve().parents[3] / "shared"


def candidates(text: str) -> list[Candidate]:
    return find(text, [start for start, _ in split(text, "en")])


def names(text: str) -> list[str]:
    return [text[c.start : c.end] for c in candidates(text)]


def hints(text: str) -> list[str]:
    return [c.hint for c in candidates(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # full names, initials, particles, hyphens, apostrophes
        ("then Nikita Sergeyevich Khrushchev spoke", ["Nikita Sergeyevich Khrushchev"]),
        ("then N. S. Khrushchev spoke", ["N. S. Khrushchev"]),
        ("then N.S. Khrushchev spoke", ["N.S. Khrushchev"]),
        ("then N.S.Khrushchev spoke", ["N.S.Khrushchev"]),
        ("then Yu. V. Andropov spoke", ["Yu. V. Andropov"]),
        ("then Georgy M.K. Malenkov spoke", ["Georgy M.K. Malenkov"]),
        ("then George W. Bush spoke", ["George W. Bush"]),
        ("then N. S. KHRUSHCHEV spoke", ["N. S. KHRUSHCHEV"]),
        ("then Tadeusz Bór-Komorowski spoke", ["Tadeusz Bór-Komorowski"]),
        ("then Chiang Kai-shek and Kim Il-sung spoke", ["Chiang Kai-shek", "Kim Il-sung"]),
        ("then Count Claus von Stauffenberg spoke", ["Claus von Stauffenberg"]),
        ("then de Gaulle and von der Schulenburg spoke", ["de Gaulle", "von der Schulenburg"]),
        ("then De Gaulle spoke", ["De Gaulle"]),
        ("They left.\n\nde Gaulle stayed.", ["de Gaulle"]),
        ("then Hafez al-Assad and al-Sa'ud spoke", ["Hafez al-Assad", "al-Sa'ud"]),
        ("then Fidel de la Cruz spoke", ["Fidel de la Cruz"]),
        ("then Conor O'Brien and Gabriele D'Annunzio spoke", ["Conor O'Brien", "Gabriele D'Annunzio"]),
        ("then Valéry Giscard d'Estaing spoke", ["Valéry Giscard d'Estaing"]),
        ("then Muḥammad ʿAbduh and ʿAbd al-Nasir spoke", ["Muḥammad ʿAbduh", "ʿAbd al-Nasir"]),
        ("then Martin Luther King, Jr. spoke", ["Martin Luther King, Jr."]),
        ("then Adlai Stevenson II spoke", ["Adlai Stevenson II"]),
        ("Of Ramesses I's tomb little is left.", ["Ramesses I"]),
        ("In Moscow I met Lenin.", ["Moscow", "Lenin"]),
        ("then Хрущёв and Ερνστ Τέλμαν spoke", ["Хрущёв", "Ερνστ Τέλμαν"]),
        ("then Leon\nTrotsky spoke", ["Leon\nTrotsky"]),
        ("Boris Yeltsin\nMikhail Gorbachev", ["Boris Yeltsin", "Mikhail Gorbachev"]),
        ("It was Leon\n\nTrotsky left.", ["Leon", "Trotsky"]),
        # what is left out
        ("Stalin's and Rákosi’s days, the Ceaușescus' palace", ["Stalin", "Rákosi", "Ceaușescus"]),
        ("then President Truman, Comrade Stalin and Marshal Zhukov met", ["Truman", "Stalin", "Zhukov"]),
        ("then General Secretary Leonid Brezhnev spoke", ["Leonid Brezhnev"]),
        ("then Soviet Foreign Minister Vyacheslav Molotov flew", ["Vyacheslav Molotov"]),
        ("then Sir Stafford Cripps, Dr. Sorge and Col. Penkovsky met", ["Stafford Cripps", "Sorge", "Penkovsky"]),
        ("then Ing. Antonín Zápotocký spoke", ["Antonín Zápotocký"]),
        ("then Viscount Halifax spoke", ["Halifax"]),
        ("then Vice-Admiral Kolchak and Major-General Vlasov met", ["Kolchak", "Vlasov"]),
        ("then Reza Shah Pahlavi spoke", ["Reza Shah Pahlavi"]),
        # what stands small, or by rank, between the parts of one name
        ("then Ferenc jr Kovacs and Mikhail sr Orlov spoke", ["Ferenc jr Kovacs", "Mikhail sr Orlov"]),
        ("then Miroslav Jun Novak spoke", ["Miroslav Jun Novak"]),
        ("then Sevda Elman qizi Guliyeva spoke", ["Sevda Elman qizi Guliyeva"]),
        ("then Elchin Rauf ogli Guliyev spoke", ["Elchin Rauf ogli Guliyev"]),
        ("then Martin Ing Novak and Dr Novak spoke", ["Martin Ing Novak", "Novak"]),
        ("then Jan Palach and Jan Smetkova spoke", ["Jan Palach", "Jan Smetkova"]),
        ("It fell in Feburary 1917, on a Wendesday; by Septmber Lenin was back.", ["Lenin"]),
        ("By Jan 5 Stalin had left; in Jan Monday comes early.", ["Stalin"]),
        ("then Said Seymur Aliyev spoke", ["Said Seymur Aliyev"]),
        ("Said Stalin to Beria.", ["Stalin", "Beria"]),
        ("then Sir Edward Beverley Duke spoke", ["Edward Beverley Duke"]),
        ("then Anna Beth Prince and Kenneth Ward Marshall spoke", ["Anna Beth Prince", "Kenneth Ward Marshall"]),
        ("then Charles McC. Harper and Alfred deR. Moss spoke", ["Charles McC. Harper", "Alfred deR. Moss"]),
        ("then Alfred leS. Moss spoke", ["Alfred leS. Moss"]),
        ("then Pierre duPont and Pierre deL. Moss spoke", ["Pierre duPont", "Pierre deL. Moss"]),
        ("The end of WWI. Moss spoke.", ["WWI", "Moss"]),
        ("then Hafiz al- Masri and Afif al–Masri spoke", ["Hafiz al- Masri", "Afif al–Masri"]),
        ("then Abdullah Al- Masri spoke", ["Abdullah Al- Masri"]),
        ("then Molotov–Ribbentrop and Stalin – Beria", ["Molotov", "Ribbentrop", "Stalin", "Beria"]),
        ("then Mu′ammar Hadi and Larry O‘Neill spoke", ["Mu′ammar Hadi", "Larry O‘Neill"]),
        ("By then Boris Yeltsin had left.", ["Boris Yeltsin"]),
        ("Yesterday Stalin spoke.", ["Stalin"]),
        ("What Beria's friends said.", ["Beria"]),
        ("It was Kirov who came.", ["Kirov"]),
        ("According to the diary, Bukharin wept.", ["Bukharin"]),
        ("In May Stalin spoke; on Monday Trotsky answered.", ["Stalin", "Trotsky"]),
        ("Historian Robert Conquest wrote it.", ["Robert Conquest"]),
        ("the Hungarian Imre Nagy and the Communist Gerő", ["Imre Nagy", "Gerő"]),
        ("Will Stalin come? Will Rogers came.", ["Stalin", "Will Rogers"]),
        ("In Moscow Ivan Maisky waited.", ["Moscow", "Ivan Maisky"]),
        ("In New York Trotsky wrote.", ["New York", "Trotsky"]),
        ("In Prague University she taught.", ["Prague University"]),
        ("Brook Lee won. Butch Cassidy fled.", ["Brook Lee", "Butch Cassidy"]),
        ("Suppose Stalin had lived. Poor Nagy wept.", ["Stalin", "Nagy"]),
        ("Old Kennedy wept. Ash Kennedy laughed.", ["Kennedy", "Ash Kennedy"]),
        # lists
        ("Lenin, Stalin and Trotsky", ["Lenin", "Stalin", "Trotsky"]),
        ("Khrushchev and Bulganin flew", ["Khrushchev", "Bulganin"]),
        ("the letter (Zinoviev's) and “Kamenev”", ["Zinoviev", "Kamenev"]),
        # names of several words
        ("the 20th Congress of the Communist Party", ["20th Congress of the Communist Party"]),
        ("the Communist Party of the Soviet Union", ["Communist Party of the Soviet Union"]),
        ("the Warsaw Pact and the Hungarian Revolution", ["Warsaw Pact", "Hungarian Revolution"]),
        ("in Great Britain and New Zealand", ["Great Britain", "New Zealand"]),
        ("since World War II. Then Stalin", ["World War II", "Stalin"]),
        ("since World War I. Then Stalin", ["World War I", "Stalin"]),
        ("the Council of People's Commissars met", ["Council of People's Commissars"]),
        ("the Treaty of Brest-Litovsk was signed", ["Treaty of Brest-Litovsk"]),
        ("in the Queen Elizabeth Hospital", ["Queen Elizabeth Hospital"]),
        ("the USSR, the CPSU, the NKVD and the U.S. Navy", ["USSR", "CPSU", "NKVD", "U.S. Navy"]),
        ("the Politburo met in St. Petersburg", ["Politburo", "St. Petersburg"]),
        # a place, an office or an institution before a full name is no part of it
        ("the President of Finland C. G. E. Mannerheim wrote", ["Finland", "C. G. E. Mannerheim"]),
        ("the President of the United States Bill Clinton came", ["United States", "Bill Clinton"]),
        ("In New York Nikita Khrushchev spoke", ["New York", "Nikita Khrushchev"]),
        ("In New York City Nikita Khrushchev spoke", ["New York City", "Nikita Khrushchev"]),
        ("the US Secretary of State John Foster Dulles", ["US", "John Foster Dulles"]),
        ("People's Commissar for Foreign Affairs Maxim Litvinov", ["Maxim Litvinov"]),
        ("the Chief of Staff Boris Shaposhnikov", ["Boris Shaposhnikov"]),
        ("First Secretary of the Communist Party Antonín Novotný", ["Communist Party", "Antonín Novotný"]),
        ("the University of Vienna Paul Feyerabend left", ["University of Vienna", "Paul Feyerabend"]),
        ("the Archbishop of Canterbury William Temple", ["William Temple"]),
        (
            "Virginia Woolf and Israel Epstein met Jordan Peterson",
            ["Virginia Woolf", "Israel Epstein", "Jordan Peterson"],
        ),
        ("in George Washington University", ["George Washington University"]),
        # what is named after somebody is an institution or a place of its own
        ("the Friedrich-Ebert-Stiftung in the Karl-Marx-Allee", ["Friedrich-Ebert-Stiftung", "Karl-Marx-Allee"]),
        ("the Kim-Il-sung-Universität paid", ["Kim-Il-sung-Universität"]),
        # whole words only
        ("in Stalingrad, in the Stalin-era, under Stalinabad", ["Stalingrad", "Stalin", "Stalinabad"]),
    ],
)
def test_found(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("the Friedrich-Ebert-Stiftung", "organisation"),
        ("the Karl-Marx-Allee", "place"),
        ("then Anna Meyer-Berg", "person"),
        ("then Hans Bergmann-Haus", "person"),
        ("the Gutenberg EBook", ""),
        ("the Villa Somalia", ""),
        ("then Jack London", "person"),
        ("by Vanilla ASCII", ""),
        ("then Lavrenty BERIA", "person"),
        ("the King of the SCA", ""),
        ("the Duke of Kent", "person"),
    ],
)
def test_what_its_own_words_say_of_a_name(text: str, kind: str) -> None:
    assert hints(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "He was a Communist. Always. The Soviet and Western papers, the Russians and the Hungarians.",
        "a Stalinist, a Trotskyite, of Leninism, in Khrushchevite style",
        "after de-Stalinization, anti-Soviet, pro-Western",
        "On Monday, in October and in February 1956.",
        "Don't. I'm sure. It's late. They've gone. However, nobody knew. Perhaps.",
        "Sino-Soviet, Marxist-Leninist, Austro-Hungarian",
        "THE GREAT SPEECH AND ITS CONSEQUENCES",
        "the President, the General Secretary, His Excellency, the Prime Minister",
        "no capitals here at all",
        "an AK-47 and a T-34; from here to AK, 99712.",
        "",
    ],
)
def test_no_names(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("The Rise of Stalin and the Great Terror", ["Stalin", "Great Terror"]),
        ("Trotsky Attacks Stalin in New Pamphlet", ["Trotsky", "Stalin"]),
        ("Sir John Dill and Lord Alan Brooke", ["John Dill", "Alan Brooke"]),
        ("WHO WAS N. S. KHRUSHCHEV REALLY", ["N. S. KHRUSHCHEV"]),
    ],
)
def test_headings_are_no_names_as_a_whole(heading: str, expected: list[str]) -> None:
    assert names(f"{heading}\n\nand so it began") == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("then Comrade Sverdlov spoke", "person"),
        ("then Ludvík Svoboda spoke", "person"),
        ("then P. Togliatti spoke", "person"),
        ("the historian Zubok was there", "person"),
        ("when Mikoyan said no", "person"),
        ("when Mikoyan, who knew", "person"),
        ("then Anastas Hovhannesovich spoke", "person"),
        ("the Bulgarian Communist Party split", "organisation"),
        ("the Academy of Sciences", "organisation"),
        ("the Institute for World Literature", "organisation"),
        ("the Duke of Wellington", "person"),
        ("the NKVD", "organisation"),
        ("the Kronstadt Rebellion", "event"),
        ("the Battle of Kursk", "event"),
        ("the Black Sea", "place"),
        ("to Lake Baikal", "place"),
        ("in Vorkuta", "place"),
        ("at Razliv", "place"),
        ("from Czechoslovakia", "place"),
        ("about Furtseva", ""),
    ],
)
def test_hints(text: str, hint: str) -> None:
    assert hints(text) == [hint]


@pytest.mark.parametrize("word", ["Comrade Stalin ", "de la Cruz ", "A. ", "Party of the ", "Mr. ", "THE SPEECH "])
def test_walls_of_capitals_are_read(word: str) -> None:
    text = "then " + word * 5000
    last = 0
    for start, end, _ in find(text, [0]):
        assert last <= start < end
        assert text[start:end] == text[start:end].strip()
        last = end


def test_sentence_starts_cut_runs() -> None:
    text = "He feared Stalin\nLenin was dead."
    assert [c[:2] for c in find(text, [0])] == [(10, 22)]
    assert [c[:2] for c in find(text, [0, 17])] == [(10, 16), (17, 22)]


WORDS = (
    *(
        "Stalin",
        "N.",
        "S.",
        "Yu.V.",
        "Khrushchev's",
        "de",
        "la",
        "von",
        "al-Assad",
        "O'Brien",
        "d'Estaing",
        "of",
        "the",
    ),
    *(
        "The",
        "In",
        "May",
        "President",
        "Dr.",
        "Kai-shek",
        "I",
        "II",
        "Jr.",
        "Хрущёв",
        "KGB",
        "Soviet",
        "who",
        "said",
        "and",
    ),
    *("ʿAbd", "People's", "20th", "Congress", "-era", "\n", "\n\n", ".", ",", "(", ")", "“", "’", "'", "-", "–"),
)
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(WORDS),
        st.text(max_size=6),
    ),
    max_size=25,
).map(" ".join)


@given(TEXTS)
def test_spans_are_ordered_and_well_formed(text: str) -> None:
    last = 0
    for start, end, hint in candidates(text):
        surface = text[start:end]
        assert last <= start < end <= len(text)
        assert surface == surface.strip()
        assert surface[-1].isalnum() or surface[-1] == "." or not surface[-1].isascii()
        assert not surface.endswith(("'s", "’s"))
        assert any(letter.isupper() for letter in surface)
        assert "\n\n" not in surface
        assert hint in {"person", "place", "organisation", "event", ""}
        last = end


@given(TEXTS, TEXTS)
def test_paragraphs_are_read_apart(one: str, other: str) -> None:
    one, other = one.strip(), other.strip()
    offset = len(one) + 2
    starts = [0] if one else []
    both = find(f"{one}\n\n{other}", sorted({*starts, offset}))
    shifted = [(start + offset, end + offset, hint) for start, end, hint in find(other, [0])]
    assert both == find(one, [0]) + shifted


@given(st.lists(st.tuples(TEXTS, st.sampled_from(["en", "de", "cs", "und"])), max_size=5))
def test_many_texts_at_once_give_what_each_gives_alone(written: list[tuple[str, str]]) -> None:
    starts = [[start for start, _ in split(text, language)] for text, language in written]
    alone = [find(text, begins, language) for (text, language), begins in zip(written, starts, strict=True)]
    texts = Together([text for text, _ in written])
    found = find_all(texts, texts.laid(starts), [language for _, language in written])
    ends = np.searchsorted(found.start, texts.base).tolist()
    bounds = zip(ends[:-1], ends[1:], texts.base.tolist(), strict=False)
    assert [found.rows(first, last).candidates(base) for first, last, base in bounds] == alone


def test_news_people_reach_the_floor() -> None:
    if not SHARED.is_dir():
        pytest.skip("the evaluation data is not beside the repository")
    from pipelines import evaluate_find

    articles = evaluate_find.read_news(SHARED / "eval/news_people.jsonl.gz")
    assert evaluate_find.news(articles).rates(range(len(articles)))[2] > 0.80


@pytest.mark.parametrize("name", ["names_chess", "names_diplomacy"])
def test_expected_surfaces_have_exact_spans(name: str) -> None:
    if not SHARED.is_dir():
        pytest.skip("the evaluation data is not beside the repository")
    from pipelines import evaluate_find

    assert evaluate_find.exact_spans(SHARED / "eval" / name)[0] > 0.995


def test_nothing_of_a_group_is_left_behind() -> None:
    """Arrays held in a cycle would stay until cycles are looked for: gigabytes, over many groups."""

    def search() -> None:
        texts = Together(["In 1921 Lev Kamenev, of Moscow, met Leon Trotsky's brother. " * 400] * 3)
        find_all(texts, texts.base[:-1], ["en"] * 3)

    search()  # which fills tables that stay
    gc.collect()
    gc.disable()
    try:
        search()
        assert gc.collect() == 0
    finally:
        gc.enable()
