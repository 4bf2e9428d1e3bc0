"""What the corpus as a whole says of a near spelling: it stays as it is when one text more comes."""

import numpy as np
import pandas as pd
import pytest

from pipelines.names.choose import rarity


def shift(n_known: int, n_others: int) -> float:
    """The rarity among so many people, each named in full, some certainly known and the others hardly."""
    odds = np.repeat([3.0, -3.0], [n_known, n_others])
    frame = pd.DataFrame({"row": np.arange(len(odds)), "odds": odds})
    return rarity(frame, np.ones(len(frame), bool), pd.DataFrame({"row": np.zeros(0, np.int64)}))


def test_the_fewer_are_known_the_lower_are_the_odds() -> None:
    assert shift(900, 100) == 0
    assert shift(300, 700) > shift(100, 900) > shift(10, 990)


@pytest.mark.parametrize("number", [3000, 5000, 8000])
def test_a_name_more_among_thousands_changes_nothing(number: int) -> None:
    before = [shift(number // 10 + more, number) for more in range(5)]
    assert len(set(before)) <= 2
    assert before[0] < -1
