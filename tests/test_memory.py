"""Tests of `pipelines.memory`."""

import os
import subprocess
import sys

import pytest

POOL = "ARROW_DEFAULT_MEMORY_POOL"
SCATTERED = """
import numpy as np, psutil
from pipelines import memory
held = [np.ones(8_000) for _ in range(4_000)]  # too small for pages of their own, 250 MB together
held = held[::400]
rss = psutil.Process().memory_info().rss
memory.give_back()
print((rss - psutil.Process().memory_info().rss) >> 20, sum(float(one.sum()) for one in held))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Only the C library of GNU keeps such memory.")
def test_what_was_freed_between_what_is_held_goes_back_to_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", SCATTERED], capture_output=True, text=True, check=True)
    megabytes, total = done.stdout.split()
    assert int(megabytes) > 100
    assert float(total) == 80_000


@pytest.mark.parametrize(("chosen", "expected"), [(None, "system"), ("mimalloc", "mimalloc")])
def test_arrow_shares_the_systems_memory_but_for_who_chose_otherwise(chosen: str | None, expected: str) -> None:
    code = "import pipelines, pyarrow; print(pyarrow.default_memory_pool().backend_name)"
    others = {name: value for name, value in os.environ.items() if name != POOL}
    environment = others | ({POOL: chosen} if chosen else {})
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == expected
