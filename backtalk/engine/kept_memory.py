"""Memory that is used again instead of given back to the system."""

from __future__ import annotations

import contextlib
import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_KEPT_BYTES = 1 << 30


def keep_memory() -> None:
    """Keep what is freed, for processes that end soon: training takes and frees large arrays all the time."""
    with contextlib.suppress(OSError, AttributeError):  # not the GNU C library
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(_M_MMAP_THRESHOLD, _KEPT_BYTES)
        libc.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
