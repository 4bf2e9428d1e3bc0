"""Which frames the models are of: pandas' alone. What a table holds belongs to `tables`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pandera.typing import get_index_types, get_series_types

OTHERS = ("dask", "modin", "pyspark")


def leave_others_out() -> None:
    """Only pandas' frames are known to pandera.

    It would load every library of frames that is installed to ask whether a column is one of theirs: Dask, which is
    here for the workers' sake, costs each process half a second and 30 MB.
    """
    with _hidden():
        get_index_types()
        get_series_types()


@contextmanager
def _hidden() -> Iterator[None]:
    """Libraries that are not loaded yet cannot be: Python takes None for a module that is not there."""
    hidden = [name for name in OTHERS if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
