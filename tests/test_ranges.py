"""What parts count, added up in ranges of keys: the same rows in the same order as at once."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import feather
from pipelines.stages import ranges

SCHEMA = pa.schema([("surface", pa.string()), ("entity_id", pa.string()), ("n_mentions", pa.int64())])
NAMES = ["Ödön", "Krushchev", "Khrushchev", "Хрущёв", "Imre Nagy", "Nagy", "Zinoviev", "Zinovjev", ""]
Row = tuple[str, str, int]
rows = st.tuples(st.sampled_from(NAMES), st.sampled_from(["p:a", "p:b"]), st.integers(1, 3))


def told(parts: list[list[Row]], folder: Path) -> tuple[list[Row], int]:
    """The rows of all slices, and how many ranges there are; the first of each surface's rows is told alone."""
    files = []
    for number, part in enumerate(parts):
        files.append(folder / f"{number}.arrow")
        columns = list(zip(*part, strict=True)) or [[], [], []]
        feather.write(pa.table([pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)], SCHEMA), files[-1])

    def first_of_each(added: pa.Table) -> pa.Table:
        surfaces = added["surface"].to_pylist()
        return added.filter(pa.array([n == 0 or one != surfaces[n - 1] for n, one in enumerate(surfaces)], pa.bool_()))

    cuts = ranges.cut([feather.read(file, ["surface"])["surface"] for file in files])
    folded = [folder / f"folded-{number}.arrow" for number in range(len(cuts))]
    for between, file in zip(cuts, folded, strict=True):
        ranges.fold(files, SCHEMA.names[:2], ["n_mentions"], first_of_each, between, file)
    found = pa.concat_tables(ranges.most_mentioned(folded)).to_pydict()
    return list(zip(*(found[name] for name in SCHEMA.names), strict=True)), len(cuts)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.lists(st.lists(rows, max_size=12), min_size=1, max_size=5),
    st.integers(1, 20),
    st.integers(1, 5),
    st.integers(1, 4),
)
def test_ranges_tell_what_is_told_at_once(
    tmp_path: Path, parts: list[list[Row]], a_range: int, a_slice: int, sampled: int
) -> None:
    at_once, n_ranges = told(parts, tmp_path)
    assert n_ranges == 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranges, "ROWS_A_RANGE", a_range)
        patch.setattr(ranges, "ROWS_A_SLICE", a_slice)
        patch.setattr(ranges, "SAMPLED", sampled)
        in_ranges, _ = told(parts, tmp_path)
    assert in_ranges == at_once


def test_the_most_mentioned_come_first_then_the_order_of_keys(tmp_path: Path) -> None:
    parts = [[("Zinoviev", "p:b", 1), ("Krushchev", "p:a", 1)], [("Krushchev", "p:a", 2), ("Nagy", "p:b", 1)]]
    assert told(parts, tmp_path) == ([("Krushchev", "p:a", 3), ("Nagy", "p:b", 1), ("Zinoviev", "p:b", 1)], 1)
