"""Memory that was freed is given back to the system. What is held, and for how long, is everybody's own concern."""

import ctypes
from collections.abc import Callable
from functools import cache

import pyarrow as pa


def give_back() -> None:
    """Free pages of Arrow and of the C library go back to the system, which both keep for a process that wants more.

    A build's own process needs most while it resolves names, its workers before and after that: each may have what the
    other no longer uses.
    """
    pa.default_memory_pool().release_unused()
    _trim()(0)


@cache
def _trim() -> Callable[[int], object]:
    """The C library's own way to give back; other libraries than GNU's have none, or need none."""
    trim: Callable[[int], object] = getattr(ctypes.CDLL(None), "malloc_trim", lambda _: None)
    return trim
