"""How often one address may try to log in."""

from __future__ import annotations

import ipaddress
import math
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

ATTEMPTS = RateLimitItemPerMinute(10, 15)  # 10 in 15 minutes


class LoginAttempts:
    """Counts in this process. A right password sets the count of its address back."""

    def __init__(self, limit: RateLimitItem = ATTEMPTS) -> None:
        self._limit = limit
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def wait(self, address: str) -> int:
        """Count an attempt; the minutes to wait before another is taken, 0 if this one is."""
        network = _network(address)
        if self._limiter.hit(self._limit, "desk", network):
            return 0
        until = self._limiter.get_window_stats(self._limit, "desk", network).reset_time
        return max(1, math.ceil((until - time.time()) / 60))

    def forget(self, address: str) -> None:
        """The password was right."""
        self._limiter.clear(self._limit, "desk", _network(address))


def _network(address: str) -> str:
    """The address; of IPv6 the 64 bits that one customer is given."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else address
