"""The courier: takes parcels out of the outbox and hands them to their targets, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import Callable, Mapping

from backtalk.booking.circuit import Circuit
from backtalk.booking.delivery.adapter import LONGEST_SECONDS, Adapter, Permanent, Retryable
from backtalk.booking.outbox import Outbox, Taken
from backtalk.booking.request import DeliveryState
from backtalk.database_threads import DatabaseThreads

logger = logging.getLogger(__name__)
EVERY_SECONDS = 1.0
AT_ONCE = 8
_DATABASE_SECONDS = 5.0
_AFTER_A_FAULT = 10.0


class Courier:
    """Delivers to `adapters`, by name of the target. Any number of couriers may run on one database."""

    def __init__(
        self,
        outbox: Outbox,
        adapters: Mapping[str, Adapter],
        threads: DatabaseThreads,
        observe: Callable[[str, str], None] = lambda target, result: None,
    ) -> None:
        self._outbox = outbox
        self._adapters = adapters
        self._threads = threads
        self._observe = observe
        self._circuits = {target: Circuit() for target in adapters}
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Deliver what is due, again and again, until `stop`. A database that fails is tried again."""
        # Each target by itself: a slow one holds up no other.
        await asyncio.gather(*(self._run(target) for target in self._adapters))

    async def _run(self, target: str) -> None:
        while not self._stopping.is_set():
            pause = EVERY_SECONDS
            try:
                if await self._deliver_to(target):
                    continue  # there may be more
            except Exception as error:
                logger.error("outbox not read", extra={"error": type(error).__name__})
                pause = _AFTER_A_FAULT
            try:
                await asyncio.wait_for(self._stopping.wait(), pause)
            except asyncio.TimeoutError:
                continue

    def stop(self) -> None:
        """Take nothing more. What is under way may end."""
        self._stopping.set()

    async def deliver_due(self) -> Counter[str]:
        """One round over all targets; how many parcels had which result. Raises what the database raises."""
        rounds = await asyncio.gather(*(self._deliver_to(target) for target in self._adapters))
        return sum(rounds, Counter())

    async def _deliver_to(self, target: str) -> Counter[str]:
        most = self._circuits[target].allows(AT_ONCE)
        if not most:
            return Counter()
        taken = await self._threads.call(self._outbox.take, target, most, seconds=_DATABASE_SECONDS)
        results = await asyncio.gather(*(self._deliver(target, one) for one in taken))
        return Counter(results)

    async def _deliver(self, target: str, taken: Taken) -> str:
        circuit = self._circuits[target]
        why, again, after = "cannot be read with the keys at hand", False, None
        try:
            if taken.parcel:
                await asyncio.wait_for(self._adapters[target].deliver(taken.parcel), LONGEST_SECONDS)
                return await self._arrived(target, taken)
        except Retryable as error:
            why, again, after = str(error), True, error.after
            circuit.failed(error.after)
        except Permanent as error:
            why = str(error)
            circuit.succeeded()  # the target is there; it is this parcel that it refuses
        except asyncio.TimeoutError:
            why, again = f"no answer in {LONGEST_SECONDS:g} s", True
            circuit.failed()
        except Exception as error:
            why, again = f"fault of ours ({type(error).__name__})", True
            logger.error("delivery failed", exc_info=error)

        def note() -> DeliveryState:
            return self._outbox.failed(taken, why, again=again, after=after)

        state = await self._threads.call(note, seconds=_DATABASE_SECONDS)
        result = "dead" if state is DeliveryState.DEAD else "failed"
        self._tell(target, result, taken)
        return result

    async def _arrived(self, target: str, taken: Taken) -> str:
        await self._threads.call(self._outbox.delivered, taken, seconds=_DATABASE_SECONDS)
        if self._circuits[target].succeeded():
            await self._threads.call(self._outbox.hasten, target, seconds=_DATABASE_SECONDS)
        self._tell(target, "delivered", taken)
        return "delivered"

    def _tell(self, target: str, result: str, taken: Taken) -> None:
        self._observe(target, result)
        logger.info("delivery", extra={"target": target, "result": result, "attempt": taken.attempt})
