"""Rules applied to the lines that they may change give what they give applied to each line alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.names import romanise
from pipelines.names.rules import Lines, Several, array, rules

CONVENTIONS = romanise.conventions()
LETTERS = sorted({sign for own, _ in CONVENTIONS.values() for letters, _ in own for sign in letters} - {"\n"})
FILLER = ["Zhukovskij"] * 600  # so much text that lines are chosen


def one_by_one(lines: list[str], ordered: list[tuple[str, str]]) -> list[str]:
    made = []
    for line in lines:
        text = f"\n{line}\n"
        for letters, sound in ordered:
            text = text.replace(letters, sound)
        made.append(text[1:-1])
    return made


def of(lines: list[str]) -> Lines:
    return Lines("\n".join(["", *lines, ""]).encode())


names = st.lists(st.text(st.sampled_from(LETTERS), max_size=12) | st.text("aeioushcztjkyxwvg", max_size=9), max_size=30)


@pytest.mark.parametrize("filler", [[], FILLER], ids=["few lines", "many lines"])
@pytest.mark.parametrize("convention", CONVENTIONS)
@given(lines=names)
def test_all_lines_go_through_the_rules(convention: str, filler: list[str], lines: list[str]) -> None:
    own, base = CONVENTIONS[convention]
    further = CONVENTIONS[base][0] if base else ()
    expected = one_by_one(lines + filler, [*own, *further])
    assert of(lines + filler).applied(rules(own, further)).to_pylist() == expected


@pytest.mark.parametrize("convention", [name for name, (_, base) in CONVENTIONS.items() if base])
@given(lines=names)
def test_beside_its_base_a_convention_leaves_out_only_what_sounds_as_the_base_s(
    convention: str, lines: list[str]
) -> None:
    own, base = CONVENTIONS[convention]
    further = CONVENTIONS[base][0]
    whole, by_base = (one_by_one(lines + FILLER, [*ordered]) for ordered in ((*own, *further), further))
    changed = of(lines + FILLER).changed(rules(own, further, beside=True))
    made = {row: line for at, found in changed for row, line in zip(at.tolist(), found.to_pylist(), strict=True)}
    assert all(made.get(row, by_base[row]) == line for row, line in enumerate(whole))


def test_what_no_rule_changes_is_not_among_the_changed_lines() -> None:
    lines = of(["abel", "ox", *FILLER])
    changed = np.concatenate([at for at, _ in lines.changed(rules([("x", "ks"), ("zh", "Z")]))])
    assert 0 not in changed.tolist()
    assert 1 in changed.tolist()


@pytest.mark.parametrize(
    ("ordered", "line", "expected"),
    [
        ([("k", "c"), ("ch", "C")], "kh", "C"),  # one letter's rule makes what a later rule is for
        ([("a", "b"), ("b", "c")], "a", "c"),
        ([("a", "b"), ("a", "c")], "a", "b"),
        ([("a", ""), ("bc", "d")], "bac", "d"),
        ([(2 * one, one) for one in "abcde"], "aaabbbbceed", "aabbced"),  # of three one is left beside what two made
        ([(2 * one, one) for one in "abcdea"], "aaab", "ab"),
        ([("é", "e"), ("^e".replace("^", "\n"), "\ni")], "éa", "ia"),
    ],
)
def test_rules_apply_one_after_the_other(ordered: list[tuple[str, str]], line: str, expected: str) -> None:
    assert of([line, *FILLER]).applied(rules(ordered)).to_pylist()[0] == expected


@given(names)
def test_lines_become_an_array(lines: list[str]) -> None:
    assert array("\n".join(["", *lines, ""]).encode()).to_pylist() == lines


@given(names)
def test_several_conventions_are_asked_about_at_once_as_each_alone(lines: list[str]) -> None:
    each = [rules(own, CONVENTIONS[base][0] if base else ()) for own, base in CONVENTIONS.values()]
    together, alone = of(lines + FILLER).changed_by(Several.of(each)), of(lines + FILLER)
    for made, found in zip(each, together, strict=True):
        expected = [(at.tolist(), changed.to_pylist()) for at, changed in alone.changed(made)]
        assert [(at.tolist(), changed.to_pylist()) for at, changed in found] == expected
