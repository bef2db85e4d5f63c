"""Delivering booking requests beside the answering of messages."""

from __future__ import annotations

import asyncio
import logging
from typing import Callable, Mapping

from backtalk.booking.courier import Courier
from backtalk.booking.delivery.adapter import Adapter
from backtalk.booking.outbox import Outbox
from backtalk.booking.request import DeliveryState
from backtalk.database_threads import DatabaseThreads

logger = logging.getLogger(__name__)
_COUNT_EVERY = 30.0
_COUNT_SECONDS = 3.0
_STOP_SECONDS = 3.0


class Deliveries:
    """A courier with threads of its own: a slow database or target takes none from the turns."""

    def __init__(
        self,
        outbox: Outbox,
        adapters: Mapping[str, Adapter],
        observe: Callable[[str, str], None],
        show_counts: Callable[[Mapping[DeliveryState, int]], None],
    ) -> None:
        self._outbox = outbox
        self._threads = DatabaseThreads("outbox", 4)
        self._courier = Courier(outbox, adapters, self._threads, observe)
        self._show_counts = show_counts
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def busy(self) -> int:
        """How many calls of the database have not come back."""
        return self._threads.busy

    def start(self) -> None:
        """Begin; needs a running loop."""
        self._tasks = [asyncio.create_task(self._courier.run()), asyncio.create_task(self._count())]

    async def stop(self) -> None:
        """Take nothing more, and let what is under way end, for `_STOP_SECONDS` at most.

        What is cut off is delivered again when its lease has run out; its key stays the same.
        """
        if not self._tasks:
            return
        self._courier.stop()
        courier, counting = self._tasks
        counting.cancel()
        _, late = await asyncio.wait({courier}, timeout=_STOP_SECONDS)
        if late:
            courier.cancel()
            logger.warning("stopped before all deliveries were finished")

    async def _count(self) -> None:
        while True:
            try:
                self._show_counts(await self._threads.call(self._outbox.counts, seconds=_COUNT_SECONDS))
            except Exception as error:
                logger.error("outbox not counted", extra={"error": type(error).__name__})
            await asyncio.sleep(_COUNT_EVERY)
