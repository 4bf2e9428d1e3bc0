"""Evidence: names of one person have better odds than none, names of two people worse."""

import pytest

from pipelines.names import evidence, index, known


def odds(text: str, other: str) -> float:
    """The log-odds that the two names are one person's; out of the question where they share nothing."""
    found = known.compare(known.lay_out([text]), known.prepare(index.build([other]))).odds
    return float(found.max(initial=known.NEVER))


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Heydar Alirza oglu Aliyev", "Heydar Aliyev"),
        ("Heydar Əliyev", "Gejdar Alijew"),
        ("Viktor Hambardzumyan", "Viktor Ambartsumian"),
        ("Anastas Ivanovich Mikoyan", "Anastas Mikojan"),
        ("Mihail Gorbatšov", "Mikhail Gorbachev"),
        ("Zoltan Kodaly", "Zoli Kodály"),
        ("Ioseb Jughashvili", "Soso Dzhugashvili"),
        ("Lazar Moiseyevich Kaganovich", "Lasar Moissejewitsch Kaganowitsch"),
        ("Gamal Abd al-Nasser", "Gamal Abdel Nasser"),
        ("lvan Serov", "Ivan Serov"),
    ],
)
def test_one_person(text: str, other: str) -> None:
    assert odds(text, other) > 0
    assert odds(other, text) > 0


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Vladimir Ivanovich Popov", "Vladimir Petrovich Popov"),
        ("Ilham Heydar oglu Aliyev", "Ilham Rauf oglu Aliyev"),
        ("Luai al-Atassi", "Noureddine al-Atassi"),
        ("Wadhah bint Muhammad", "Mahathir bin Muhammad"),
        ("Wladimir Iwanowitsch Popow", "Vladimir Petrovich Popov"),
        ("George William Russell", "William R. Saint George"),
    ],
)
def test_two_people(text: str, other: str) -> None:
    assert odds(text, other) < 0
    assert odds(other, text) < 0


@pytest.mark.parametrize(
    ("text", "like", "other"),
    [
        ("John Foster Dulles", "John Dulles", "John Welsh Dulles"),
        ("Juan Carlos Rodríguez", "Carlos Rodríguez", "Carlos Sosa Rodríguez"),
        ("Larry O'Brien", "Lawrence O'Brien", "Lawrence F. O'Brien"),
        ("Moishe Lowcki", "Mojsesz Lowtzky", "Mojsesz A. Lowtzky"),
    ],
)
def test_what_makes_a_doubt(text: str, like: str, other: str) -> None:
    assert odds(text, other) < odds(text, like) - 2


def test_a_patronymic_by_oglu_is_told_from_a_middle_name() -> None:
    assert odds("Ilham Heydar oglu Aliyev", "Ilham Aliyev") > odds("Ilham Heydar Aliyev", "Ilham Aliyev")


def test_in_few_columns_names_are_weighed_as_in_all() -> None:
    names = ["Nikita Khrushchev", "N. S. Krushchev", "Mikhail Sergeyevich Gorbachev", "Mihail S. Gorbatšov",
             "Gamal Abd al-Nasser Hussein", "Gamal Abdel Nasser", "Anna van den Heuvel-Horst Smit", "Anna Smit",
             "Gorbachev", "George Herbert Walker Bush", "George W. Bush"]  # fmt: skip
    query, ready = known.lay_out(names), known.prepare(index.build(names))
    pairs, clues = known.gathered(query, ready)
    ours = evidence.side(query.parts, query.grid, query.table)
    assert set(query.grid.size.tolist()) >= {1, 2, 3, 4, 6}
    assert evidence.odds(pairs, ours, ready.side).tolist() == evidence.weigh(clues).tolist()
