"""What is set once, when all is loaded and before requests are taken."""

from __future__ import annotations

import ctypes
import gc
import sys

_LOCK_SECONDS = 0.001


def settle() -> None:
    """Collect garbage, take what is left out of later collections, and return free memory to the system.

    A full collection looks at every object of Rasa, the model and the catalogue: a third of a second, in
    the middle of somebody's turn. None of them goes away before the server does. Until here collections may
    be off, as loading leaves next to no garbage and would be collected over a hundred times.
    """
    gc.collect()
    gc.freeze()
    # A turn makes many short-lived objects and few cycles: by default each would be looked through 30 times.
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
    # Threads that have encoded, or called the database, wait for Python's lock while others hold it: 5 ms.
    sys.setswitchinterval(_LOCK_SECONDS)
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):  # not the GNU C library
        return
