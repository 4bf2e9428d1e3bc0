"""Matching: names laid side by side part by part; what is passed over beforehand could not agree anyway."""

from dataclasses import astuple

import numpy as np
import numpy.typing as npt
import pytest

from pipelines.names import align, index, known, match

NAMES = ["Nikita Khrushchev", "N. S. Krushchev", "Mikhail Sergeyevich Gorbachev", "Mihail Gorbatšov", "Sándor Nagy",
         "Alexander Nadj", "Imre Nagy", "Bob Hill", "Robert Hill", "R. Hill", "Никита Хрущёв", "von Neumann",
         "John Newman", "Al. Gorbachev", "Yury Andropov", "Youri V. Andropoff"]  # fmt: skip


def _every_part(
    ours: npt.NDArray[np.int32], theirs: npt.NDArray[np.int32], *_: match.Link | align.PartTable
) -> npt.NDArray[np.bool_]:
    return (ours >= 0)[:, :, None] & (theirs >= 0)[:, None, :]


def test_parts_that_are_passed_over_would_not_have_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    names = known.lay_out(NAMES)
    links = match.link(names.parts, names.heard, index.build(NAMES))
    q, k = (a.ravel().astype(np.int32) for a in np.meshgrid(np.arange(len(NAMES)), np.arange(len(NAMES))))
    quickly = match.lay(q, k, names.grid, names.grid, links, names.table, names.table)
    monkeypatch.setattr(match, "_may_agree", _every_part)
    fully = match.lay(q, k, names.grid, names.grid, links, names.table, names.table)
    for one, other in zip(astuple(quickly)[:6], astuple(fully)[:6], strict=True):
        np.testing.assert_array_equal(one, other)
    assert {align.INITIALS, align.SAME_NAME, align.SOUND, align.EQUAL} <= set(fully.how.ravel().tolist())


@pytest.mark.parametrize("beside", [[], ["Hryhoriy Ihor"], ["Grigori Igor", "Hryhoriy Ihor"]])
def test_letters_of_other_scripts_are_compared_as_one_sound_whatever_stands_beside(beside: list[str]) -> None:
    names = known.lay_out([*beside, "Григорий Игорь", "Hrihori Ihor"])
    ours, theirs = (np.array([len(beside) + number], np.int32) for number in (0, 1))
    assert sorted(match.link_near(names.parts, names.heard, ours, theirs, names.grid).look) == [1, 2]
