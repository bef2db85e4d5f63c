"""Messages that get no turn, too many or too long: a red flag in them is answered all the same."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Sequence

from backtalk.channels.guard import TURN_SECONDS, Guard
from backtalk.channels.reply import Reply

_MOST_WAITING = 8


class TurnedAway:
    """Looks for red flags in a thread, one message at a time: long ones take up to a second."""

    def __init__(self, guard: Guard, channel: str, most_waiting: int = _MOST_WAITING) -> None:
        self._guard = guard
        self._channel = channel
        self._most_waiting = most_waiting
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="turned-away")
        self._waiting = 0

    async def urgent(self, text: str, *, sender: str) -> Sequence[Reply]:
        """The urgent text if `text` needs it; nothing if not, or if too many wait to be looked at."""
        if self._waiting >= self._most_waiting:
            return ()
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            find = loop.run_in_executor(self._thread, self._find, text)
            replies = await asyncio.wait_for(find, TURN_SECONDS)
        except asyncio.TimeoutError:
            return ()
        finally:
            self._waiting -= 1
        self._guard.noticed(replies, sender=sender, channel=self._channel)
        return replies

    def _find(self, text: str) -> Sequence[Reply]:
        return self._guard.urgent_only(text, channel=self._channel)
