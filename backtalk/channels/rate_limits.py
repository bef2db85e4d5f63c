"""How much one session and one address may ask for."""

from __future__ import annotations

import math
import time

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter


class RateLimits:
    """Counts in this process. None as a limit means no limit."""

    def __init__(self, session: RateLimitItem | None, address: RateLimitItem | None) -> None:
        self._session = session
        self._address = address
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def wait_of_address(self, address: str) -> int:
        """Count a request; the seconds to wait before the next one is taken, 0 if this one is."""
        return self._hit(self._address, "address", address)

    def wait_of_session(self, session: str) -> int:
        """The same for a message of a session."""
        return self._hit(self._session, "session", session)

    def _hit(self, limit: RateLimitItem | None, kind: str, who: str) -> int:
        if limit is None or self._limiter.hit(limit, kind, who):
            return 0
        return max(1, math.ceil(self._limiter.get_window_stats(limit, kind, who).reset_time - time.time()))
