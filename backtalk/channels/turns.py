"""One turn at a time for each sender, in the order in which messages arrive."""

from __future__ import annotations

import asyncio
import contextlib
from typing import AsyncContextManager, AsyncIterator, Protocol


class Turns(Protocol):
    """What the guard asks of it. With several processes, a store that they share takes this place."""

    def of(self, sender: str) -> AsyncContextManager[None]:
        """Wait for the sender's turn and hold it. Waiting may be cancelled at any time."""


class TurnsInProcess:
    """Holds turns by asyncio's locks, which wake the next in line at once.

    Rasa's own lock looks once a second, so that the third of three messages waits for two seconds.
    """

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._wanted: dict[str, int] = {}

    @contextlib.asynccontextmanager
    async def of(self, sender: str) -> AsyncIterator[None]:
        lock = self._locks.setdefault(sender, asyncio.Lock())
        self._wanted[sender] = self._wanted.get(sender, 0) + 1
        try:
            async with lock:
                yield
        finally:
            self._wanted[sender] -= 1
            if not self._wanted[sender]:
                del self._wanted[sender], self._locks[sender]
