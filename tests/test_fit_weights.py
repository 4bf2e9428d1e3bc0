"""The fit of the weights: what speaks for a link gets weight, within the side it may speak for."""

from pathlib import Path

import numpy as np
import pytest

from pipelines import fit_weights
from pipelines.fit_weights import Cases, fit, half_of, join, written

NAMES = [
    ("Khrushchev", "Krushchev"), ("Brezhnev", "Breschnew"), ("Zinoviev", "Zinovjev"), ("Bukharin", "Bucharin"),
    ("Yezhov", "Jeschow"), ("Malenkov", "Malenkow"), ("Kosygin", "Kossygin"), ("Chernenko", "Tschernenko"),
]  # fmt: skip
KINDS = ["surname equal", "text last", "given sound"]


def cases(rows: list[tuple[int, bool, list[float]]], size: int) -> Cases:
    """Cases of two pairs each: `case`, whether it is the one meant, its evidence."""
    case, right, clues = zip(*rows, strict=True)
    found = np.bincount(np.array(case), np.array(right), size) > 0
    half = np.arange(size) % 2
    return Cases(np.array(clues), np.array(case), np.array(right), ~found, np.ones(size), half)


def test_evidence_gets_the_weight_of_what_it_tells() -> None:
    rows = [(n, right, [float(right), float(not right), 0.0]) for n in range(40) for right in (True, False)]
    weights = fit(cases(rows, 40), KINDS)
    assert weights["surname equal"] > 1 > -1 > weights["text last"]
    assert weights["given sound"] == 0


def test_evidence_never_speaks_for_the_other_side() -> None:
    rows = [(n, right, [float(not right), float(right), 0.0]) for n in range(40) for right in (True, False)]
    weights = fit(cases(rows, 40), KINDS)
    assert weights["surname equal"] == weights["text last"] == 0


def test_cases_are_joined_and_taken_apart_again() -> None:
    one = cases([(0, True, [1.0, 0.0, 0.0]), (1, False, [0.0, 1.0, 0.0])], 2)
    both = join([one, one])
    assert both.case.tolist() == [0, 1, 2, 3]
    taken = both.take(np.array([False, True, True, False]))
    assert taken.case.tolist() == [0, 1]
    assert taken.right.tolist() == [False, True]
    assert taken.none.tolist() == [True, False]


def test_people_stay_in_their_half_whoever_else_there_is() -> None:
    assert {half_of(name) for name, _ in NAMES} == {0, 1}
    assert [half_of(name) for name, _ in NAMES] == [half_of(name) for name, _ in reversed(NAMES)][::-1]


def test_weights_are_written_under_the_comment_that_stands_there() -> None:
    text = "# Where they are from.\n[weights]\nbase = 1.0\n"
    made = written({"surname equal": 2.5, "base": -1.25}, text)
    assert made == '# Where they are from.\n[weights]\nbase = -1.25\n"surname equal" = 2.5\n'


def test_figures_are_told_of_people_held_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    authority = tmp_path / "names_leaders" / "reference" / "authority"
    authority.mkdir(parents=True)
    people = "".join(f"{name.lower()},person,Nikolai {name}\n" for name, _ in NAMES)
    (authority / "people.csv").write_text("entity_id,kind,name\n" + people)
    expected = "".join(f"Nikolaj {other},{name.lower()},0\n" for name, other in NAMES) + "Nikolai Ulbricht,,0\n"
    (authority.parents[1] / "expected.csv").write_text("surface,entity_id,hard\n" + expected)
    before = fit_weights.WEIGHTS.read_bytes()
    assert fit_weights.main([str(tmp_path)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("  names_leaders, other half's weights") and "P 1.0000" in told[0]
    assert fit_weights.WEIGHTS.read_bytes() == before
    assert fit_weights.main([str(tmp_path / "none")]) == 1
