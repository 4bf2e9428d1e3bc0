"""Sounds remembered: what was heard before is heard again, whatever stood beside it then."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.names import remembered, romanise

WRITTEN = ["Chruschtschow", "Хрущёв", "Khrushchev", "Hryhoriy", "Григорий", "Grigori", "Ihor", "Игорь", "漢字"]
PARTS = st.lists(st.sampled_from(WRITTEN), unique=True)


def heard(sounds: romanise.Sounds) -> list[tuple[int, bytes]]:
    return sorted(zip(sounds.token.tolist(), sounds.sound.tolist(), strict=True))


@given(st.lists(PARTS, max_size=3), PARTS)
def test_the_same_sounds_as_heard_anew(before: list[list[str]], parts: list[str]) -> None:
    tables = [remembered.table(some, romanise.sounds(some)) for some in before]
    merged = remembered.Merged()
    for table in tables:
        merged.add(table)
    again = remembered.Remembered(merged.table()).sounds(parts)
    assert heard(again) == heard(romanise.sounds(parts))
    assert again.token.tolist() == sorted(again.token.tolist())
