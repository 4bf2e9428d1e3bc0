"""Writing conventions: spellings of one name under different ones sound alike, and other names do not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.names import index, romanise


def heard(*tokens: str) -> list[set[str]]:
    sounds = romanise.sounds(tokens)
    result: list[set[str]] = [set() for _ in tokens]
    for token, sound in zip(sounds.token.tolist(), sounds.sound.tolist(), strict=True):
        result[token].add(sound.decode())
    return result


# English, German, French, Polish, Czech, Hungarian, Romanian, Spanish, Dutch, Swedish, Latvian, Cyrillic ...
SPELLINGS = [
    "Khrushchev Krushchev Chruschtschow Khrouchtchev Chruszczow Chruščov Hruscsov Hrușciov Jruschov Chroesjtsjov "
    "Chrusjtjov "
    "Hruščovs Хрущёв Хрущев Хрущов",
    "Trotsky Trotzki Trotski Trocki Trockij Trockij Trotskij Trotskii Trotskiy Троцкий",
    "Zhukov Schukow Joukov Żukow Žukov Zsukov Jukov Zjukov Zjoekov Žukovs Жуков Жукаў",
    "Gorbachev Gorbatschow Gorbatchev Gorbaczow Gorbačov Gorbacsov Gorbaciov Gorbatsjov Gorbatjov Горбачёв Горбачов",
    "Yeltsin Jelzin Eltsine Jelcyn Jelcin Ieltsin Jeltsin Yeltsin Ельцин",
    "Zinoviev Zinovjev Sinowjew Zinovyev Zinovjevs Зиновьев",
    "Tchaikovsky Tschaikowski Tchaïkovski Czajkowski Čajkovskij Csajkovszkij Ceaikovski Chaikovski "
    "Tsjaikovski Чайковский",
    "Brezhnev Breschnew Brejnev Breżniew Brežněv Brezsnyev Brejnev Bresjnev Брежнев",
    "Dzhugashvili Djugashvili Jughashvili Dschugaschwili Džugašvili Джугашвили ჯუღაშვილი",
    "Venizelos Βενιζέλος",
    "Mikoyan Mikojan Mikoian Микоян Միկոյան",
    "Lukashenko Loukachenko Lukaschenko Lukasjenko Łukaszenko Лукашенко",
    "Kovalev Kavaliou Kowaljow Kovaliov",
    "Fyodorov Feodorov Fjodorow Фёдоров",
    "Marina Mar’ina Marʹina Марьина",
]


@pytest.mark.parametrize("spellings", SPELLINGS, ids=lambda one: one.split()[0])
def test_spellings_of_one_name_meet(spellings: str) -> None:
    tokens = spellings.split()
    sounds = heard(*tokens)
    known = romanise.coarse(romanise.sounds(tokens[:1]).sound)
    alike = {bytes(one).decode() for one in known}
    for token, own in zip(tokens, sounds, strict=True):
        coarse = {bytes(one).decode() for one in romanise.coarse(romanise.sounds([token]).sound)}
        assert own & sounds[0] or coarse & alike, f"{token}: {sorted(own)} against {sorted(sounds[0])}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Karlov", "Kharlov"),
        ("Petrov", "Pavlov"),
        ("Lenin", "Yanin"),
        ("Beria", "Borja"),
        ("Kirov", "Kurov"),
        ("Radek", "Redick"),
    ],
)
def test_other_names_do_not(one: str, other: str) -> None:
    first, second = heard(one, other)
    assert not first & second


def test_a_convention_never_read_into_letters_it_lacks() -> None:
    assert "krushkov" not in heard("Khrushchev")[0]  # neither Polish nor Hungarian writes sh or kh
    assert heard("Khrushchev")[0] == {"kruWov", "kruSCov"}


TOKENS = st.lists(st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=12), max_size=8)


@given(TOKENS)
def test_neighbours_make_no_difference(tokens: list[str]) -> None:
    together = heard(*tokens)
    assert together == [heard(token)[0] for token in tokens]


@given(TOKENS)
def test_case_makes_no_difference_and_sounds_are_distinct(tokens: list[str]) -> None:
    plain = [token.lower() for token in tokens if token.lower().upper().lower() == token.lower()]
    assert heard(*plain) == heard(*[token.upper() for token in plain])
    sounds = romanise.sounds(tokens)
    pairs = list(zip(sounds.token.tolist(), sounds.sound.tolist(), strict=True))
    assert len(pairs) == len(set(pairs)) and sounds.token.tolist() == sorted(sounds.token.tolist())
    assert all(len(sound) <= romanise.LONGEST and sound for _, sound in pairs)


@given(st.text(alphabet="aeioukhpmnrlstSZCTW", min_size=5, max_size=12), st.data())
def test_sounds_that_differ_in_one_sign_share_a_number(sound: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(sound) - 1))
    other = sound[:place] + sound[place + 1 :]
    numbers = []
    for one in (sound, other):
        _, number = index.numbers(np.array([one], dtype=f"S{romanise.LONGEST}"))
        numbers.append(set(number.tolist()))
    assert numbers[0] & numbers[1]


def test_fold() -> None:
    assert romanise.fold(["Gerő", "O'Neill", "Łódź", "ĐORĐE", "Хрущёв", "Straße"]) == [
        "gero", "oneill", "lodz", "dorde", "хрущёв", "strasse"]  # fmt: skip
    assert romanise.fold([]) == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Sergejewitsch", "Sergeyevich"), ("Solschenizyn", "Solzhenitsyn"), ("Akhmedov", "Əhmədov"),
        ("Hakobyan", "Akopian"), ("Hagopian", "Akopyan"), ("Gorbatšov", "Gorbachov"), ("lvanov", "Ivanov"),
        ("Ivanovici", "Ivanovich"), ("Usatchij", "Usachyi"), ("Haikal", "Haykal"),
    ],
)  # fmt: skip
def test_conventions_of_the_caucasus_and_of_slips(left: str, right: str) -> None:
    heard = [set(romanise.sounds([one]).sound.tolist()) for one in (left, right)]
    assert heard[0] & heard[1]


@pytest.mark.parametrize(
    ("left", "right"), [("Hanson", "Anson"), ("Karlov", "Kharlov"), ("Lloyd", "Floyd"), ("Petrov", "Petrovich")]
)
def test_other_names_sound_otherwise(left: str, right: str) -> None:
    heard = [set(romanise.sounds([one]).sound.tolist()) for one in (left, right)]
    assert not heard[0] & heard[1]
