"""How many texts of one phone are answered, so that two machines do not write to each other for ever."""

from __future__ import annotations

import hashlib
from typing import Sequence

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

_TOLD = RateLimitItemPerMinute(30, 10)  # no person meets silence
_SAME = RateLimitItemPerMinute(4, 10)
_LEAST_LETTERS = 12  # "2", "yes" and "not sure" are said again and again in a symptom check


class SmsLimits:
    """Counts in this process, by sender id."""

    def __init__(self, rates: Sequence[RateLimitItem]) -> None:
        self._rates = rates
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def is_over(self, sender: str) -> bool:
        """Count a text; whether it is one too many."""
        hits = [self._limiter.hit(rate, "sms", sender) for rate in self._rates]
        return not all(hits)

    def may_tell(self, sender: str) -> bool:
        """Whether the phone is to be told that it texts too much: 30 times in ten minutes."""
        return bool(self._limiter.hit(_TOLD, "told", sender))

    def is_loop(self, sender: str, text: str) -> bool:
        """Count a text of some length; whether it came, word for word, five times in ten minutes."""
        letters = letters_of(text)
        if len(letters) < _LEAST_LETTERS:
            return False
        return not self._limiter.hit(_SAME, "same", sender, _digest(letters))


def letters_of(text: str) -> str:
    """The letters and digits of a text, in small."""
    return "".join(c for c in text.lower() if c.isalnum())


def _digest(letters: str) -> str:
    return hashlib.sha256(letters.encode()).hexdigest()[:16]
