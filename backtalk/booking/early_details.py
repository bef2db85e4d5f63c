"""A name or number that a patient gives before being asked for consent: in memory only, for a short while."""

from __future__ import annotations

import threading
import time
from typing import Any, Mapping

from backtalk.booking.progress import Step

SECONDS = 1800.0
MOST = 10_000


class EarlyDetails:
    """Holds answers by conversation until consent is given or refused. Never written anywhere.

    After `SECONDS`, at a restart or in another process they are gone, and the patient is asked again.
    """

    def __init__(self, clock: Any = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, dict[Step, Any]]] = {}

    def keep(self, conversation: str, answers: Mapping[Step, Any]) -> None:
        """Hold `answers` instead of what was held before; nothing if there are none."""
        now = self._clock()
        with self._lock:
            self._kept.pop(conversation, None)
            for old in [one for one, (until, _) in self._kept.items() if until < now]:
                del self._kept[old]
            if answers and len(self._kept) < MOST:
                self._kept[conversation] = (now + SECONDS, dict(answers))

    def of(self, conversation: str) -> Mapping[Step, Any]:
        """What is held of a conversation."""
        with self._lock:
            until, answers = self._kept.get(conversation, (0.0, {}))
        return answers if until >= self._clock() else {}
