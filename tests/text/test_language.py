"""Language: English is told from little text, other languages from a sentence, and what can't be told is left open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.language import UNDETERMINED, detect


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Great answer, thanks a lot for taking the time to write it all down!", "en"),
        ("Source? Citation needed, this sounds like pure speculation to me.", "en"),
        ("Zinovjev, Kamenev, Trotsky and Bukharin were expelled, and later shot.", "en"),
        ("By then Ioan-Iulian Taras had already left the capital of Romania.", "en"),
        ("He was there then.", "en"),
        ("Сталин умер в марте 1953 года на даче под Москвой.", "ru"),
        ("Це дуже добре питання, але відповіді на нього ще немає.", "uk"),
        ("Als Stalin starb, war der Führer der Partei nicht im Haus.", "de"),
        ("Le maréchal était absent ce jour-là et personne ne le savait.", "fr"),
        ("Rákosi Mátyás lemondott a pártfőtitkári posztjáról, és elutazott.", "hu"),
        ("Kiedy zmarł Stalin, w Warszawie nikt nie wiedział, co będzie dalej.", "pl"),
        ("Když Stalin zemřel, v Praze nikdo nevěděl, co bude dál.", "cs"),
        ("La muerte de Stalin fue anunciada por la radio de Moscú.", "es"),
        ("Nessuno sapeva che cosa sarebbe successo dopo la morte di Stalin.", "it"),
    ],
)
def test_a_sentence_is_enough(text: str, code: str) -> None:
    assert detect(text) == code


@pytest.mark.parametrize("text", ["", "Stalin", "1956-02-25", "Ok!", "(1) [2] 3.", "Хрущёв"])
def test_what_cannot_be_told_is_left_open(text: str) -> None:
    assert detect(text) == UNDETERMINED


@given(st.text(max_size=200))
def test_the_answer_is_a_code_and_the_same_twice(text: str) -> None:
    code = detect(text)
    assert code == UNDETERMINED or (len(code) == 2 and code.isascii() and code.islower())
    assert detect(text) == code
