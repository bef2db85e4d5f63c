"""A circuit for one target: after failures in a row nothing is sent for a while, then one as a trial."""

from __future__ import annotations

import time
from typing import Callable

FAILURES = 5
FIRST_PAUSE = 10.0
LONGEST_PAUSE = 300.0


class Circuit:
    """Closed (all goes), open (nothing goes), half open (one goes). Known to this process only.

    A second worker learns of a dead target by its own five failures; a shared state would be one more
    thing that can fail.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._open_until: float | None = None

    def allows(self, most: int) -> int:
        """How many parcels may be under way now: `most`, one, or none."""
        if self._open_until is None:
            return most
        return 1 if self._now() >= self._open_until else 0

    def succeeded(self) -> bool:
        """Close it. True if it was open: the target is back."""
        was_open = self._open_until is not None
        self._failures, self._pause, self._open_until = 0, FIRST_PAUSE, None
        return was_open

    def failed(self, after: float | None = None) -> None:
        """Count a failure; open after `FAILURES` in a row, or at once if the target asked for a pause."""
        self._failures += 1
        if self._open_until is not None:
            if self._now() < self._open_until:
                return  # sent before it opened
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if after or self._failures >= FAILURES:
            self._open_until = self._now() + max(self._pause, after or 0.0)
