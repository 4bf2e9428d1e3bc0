"""Broken files: the short run of `benchmarks/fuzz_readers.py`."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from pipelines.readers import Post, Source
from tests.readers.samples import every_format


def _fuzzer() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "fuzz_readers.py"
    spec = importlib.util.spec_from_file_location("fuzz_readers", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FUZZER = _fuzzer()


@pytest.mark.parametrize("first", range(1956, 2456, 100))
def test_no_broken_file_breaks_a_reader(first: int) -> None:
    messages, formats, slowest, _ = FUZZER.run_batch(first, first + 100)
    assert messages == [] and sum(formats.values()) == 100 and slowest < FUZZER.LIMIT_SECONDS


def test_the_same_seed_breaks_files_the_same_way() -> None:
    samples = every_format()
    assert [FUZZER.make_input(seed, samples) for seed in range(30)] == [
        FUZZER.make_input(seed, samples) for seed in range(30)
    ]


@pytest.mark.parametrize(
    ("records", "fault"),
    [
        ([], "neither posts nor refusals"),
        ([Post("answer", "a", "L1", key="1"), Post("answer", "b", "L2", key="1")], "keys come twice"),
        ([Post("answer", "a", "L1", key="1", parent_key="9")], "of no post"),
        ([Post("answer", " ", "L1", key="1")], "an empty post"),
        ([Post("answer", "\udcff", "L1", key="1")], "a lone surrogate"),
        ([Post("answer", "a", "L1", key="1", score=1 << 63)], "beyond 64 bits"),
    ],
)
def test_the_fuzzer_sees_what_is_wrong(records: list[object], fault: str) -> None:
    source = Source("a.txt", lambda _: iter(()))
    source.sha256 = "0" * 64
    assert any(fault in found for found in FUZZER.faults(source, records))
