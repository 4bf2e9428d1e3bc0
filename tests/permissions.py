"""Lays aside root's right to read and write everything, so that permissions are tested whoever runs the tests.

Linux gives that right as two capabilities (capabilities(7)); without them root is held to a file's mode as its owner.
"""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

VERSION = 0x20080522  # _LINUX_CAPABILITY_VERSION_3
RIGHTS = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
DROP_FROM_BOUNDING_SET = 24  # PR_CAPBSET_DROP
Words = ctypes.c_uint32 * 6  # effective, permitted, inheritable; then the same for the capabilities from 32 on


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def is_root() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0


@contextmanager
def permissions_hold() -> Iterator[None]:
    """Permissions hold in this thread; nothing changes for those for whom they hold anyway."""
    if not is_root():
        yield
        return
    header, words = (ctypes.c_uint32 * 2)(VERSION, 0), Words()
    assert _libc().capget(header, words) == 0
    before = words[0]
    try:
        words[0] &= ~sum(1 << right for right in RIGHTS)
        assert _libc().capset(header, words) == 0
        yield
    finally:
        words[0] = before
        assert _libc().capset(header, words) == 0


def let_permissions_hold() -> None:
    """For a process that is about to start a program: permissions will hold for that and all it starts."""
    if is_root():
        for right in RIGHTS:
            assert _libc().prctl(DROP_FROM_BOUNDING_SET, right, 0, 0, 0) == 0
