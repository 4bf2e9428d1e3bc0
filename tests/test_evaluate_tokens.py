"""The measure of romanised tokens: what sounds alike is counted, what does not is told by its kind."""

import gzip
from pathlib import Path

import pytest

from pipelines import evaluate_tokens

PAIRS = """latin\tcyrillic\tcount
yezhov\tежов\t9
jeschow\tежов\t4
sándor\tшандор\t5
alexander\tшандор\t3
kowal\tковаль\t3
kowale\tковаль\t2
pool\tпул\t1
poole\tпул\t1
"""


def test_spellings_that_differ_are_told_by_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "tokens.tsv.gz"
    file.write_bytes(gzip.compress(PAIRS.encode()))
    evaluate_tokens.measure(file)
    told = capsys.readouterr().out
    assert "3 pairs of Latin spellings" in told
    assert "sound alike 0.333" in told
    assert "0.50 known as forms of one given name (alexander sándor)" in told
    assert "0.50 letters at the end (kowale kowal)" in told
