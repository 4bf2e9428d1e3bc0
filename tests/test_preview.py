"""What the Dagster UI shows of a table."""

import pytest

from pipelines import preview


def test_a_narrow_table_is_shown_on_the_page_and_a_wide_one_in_a_window() -> None:
    narrow = preview.markdown([{"table": "posts", "now": "112"}])
    assert narrow == "| table | now |\n| --- | --- |\n| posts | 112 |"
    wide = preview.markdown([{"path": "damaged/1991_coup_truncated.txt", "detail": "It holds bytes that are none."}])
    assert len(wide) >= preview.INLINE
    head, rule, row = wide.splitlines()
    assert head == "| path | detail |"
    assert set(rule) == set("| -")
    assert row == "| damaged/1991_coup_truncated.txt | It holds bytes that are none. |"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a|b", "a\\|b"),
        ("<script>", "&lt;script>"),
        ("two\nlines", "two lines"),
        ("`code`", "\\`code\\`"),
        (None, ""),
        (0.123456, "0.1235"),
        ("x" * 200, "x" * 79 + "…"),
    ],
)
def test_no_value_breaks_the_table(value: object, shown: str) -> None:
    lines = preview.markdown([{"a": value, "b": 1}]).splitlines()
    assert len(lines) == 3
    assert lines[-1] == f"| {shown} | 1 |"


def test_rows_are_turned_beside_each_other() -> None:
    assert preview.turned([{"a": 1, "b": 2}, {"a": 3, "b": 4}]) == [
        {"column": "a", "row 1": 1, "row 2": 3},
        {"column": "b", "row 1": 2, "row 2": 4},
    ]
    assert preview.turned([]) == []
    assert preview.markdown([]) == "No rows."
