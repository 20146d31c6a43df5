"""Memory that is free, back to the computer."""

import ctypes
import sys
from contextlib import suppress

ARENAS = -8
"""M_ARENA_MAX of malloc.h: how many heaps threads may have."""


def share_heap() -> None:
    """Let all threads take memory from one heap; to be called before there is a second thread.

    glibc returns the free end of that one alone: each heap of a thread keeps up to 64 MB.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another libc
            ctypes.CDLL("libc.so.6").mallopt(ARENAS, 1)


def give_back() -> None:
    """Let glibc return what large arrays have left behind (malloc_trim(3)); elsewhere do nothing.

    It keeps up to 32 MB a hole for later, which adds up to a hundred after a few photos.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another libc
            ctypes.CDLL("libc.so.6").malloc_trim(0)
