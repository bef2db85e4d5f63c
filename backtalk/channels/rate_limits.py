"""How much one session and one address may ask for."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Callable, Protocol

from limits import RateLimitItem

_MOST_COUNTERS = 10_000


class RateLimits(Protocol):
    """What channels ask of it. With several processes, `SharedRateLimits` counts for all of them."""

    async def wait_of_address(self, address: str) -> int:
        """Count a request; the seconds to wait before the next one is taken, 0 if this one is."""

    async def wait_of_message(self, address: str, session: str) -> int:
        """Count a message for its address and for its session; the longer of the two waits."""


class RateLimitsInProcess:
    """Counts in this process. None as a limit means no limit."""

    def __init__(self, session: RateLimitItem | None, address: RateLimitItem | None) -> None:
        self._session = session and SlidingWindows(session)
        self._address = address and SlidingWindows(address)

    async def wait_of_address(self, address: str) -> int:
        """See RateLimits."""
        return self._address.wait(address) if self._address else 0

    async def wait_of_message(self, address: str, session: str) -> int:
        """See RateLimits."""
        return max(await self.wait_of_address(address), self.wait_of_session(session))

    def wait_of_session(self, session: str) -> int:
        """Count a message for its session alone."""
        return self._session.wait(session) if self._session else 0


@dataclass
class _Counter:
    window: int
    here: int = 0
    before: int = 0


class SlidingWindows:
    """A counter for each key: this window's hits, and those of the last one as far as it still reaches in.

    The clock is one that never jumps (`time.monotonic`): setting the machine's clock locks nobody out.
    """

    def __init__(self, limit: RateLimitItem, clock: Callable[[], float] = time.monotonic) -> None:
        self._amount = limit.amount
        self._seconds = limit.get_expiry()
        self._clock = clock
        self._counters: dict[str, _Counter] = {}
        self._swept = 0

    def wait(self, key: str) -> int:
        """Count a hit and return 0, or the whole seconds until one would be taken."""
        windows = self._clock() / self._seconds
        window, gone = math.floor(windows), windows % 1
        counter = self._counters.setdefault(key, _Counter(window))
        if counter.window != window:
            counter.before = counter.here if counter.window == window - 1 else 0
            counter.window, counter.here = window, 0
        if counter.here + math.floor(counter.before * (1 - gone)) + 1 > self._amount:
            return seconds_until_free(counter.here, counter.before, gone, self._amount, self._seconds)
        counter.here += 1
        self._sweep(window)
        return 0

    def _sweep(self, window: int) -> None:
        if len(self._counters) > _MOST_COUNTERS and self._swept != window:
            self._swept = window
            self._counters = {k: c for k, c in self._counters.items() if c.window >= window - 1}


def seconds_until_free(here: int, before: int, gone: float, amount: int, seconds: int) -> int:
    """Whole seconds, at least 1, until a hit is taken: `gone` of this window of `seconds` is over."""
    if here < amount:  # it is the last window that still reaches in
        return max(1, math.ceil((1 - (amount - here) / before - gone) * seconds))
    return max(1, math.ceil((1 - gone + (1 - amount / here)) * seconds))
