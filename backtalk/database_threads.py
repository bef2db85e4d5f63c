"""Waiting for the database in threads, never on the event loop, and never without a limit."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, TypeVar

Result = TypeVar("Result")


class DatabaseTimeout(TimeoutError):
    """The database did not answer in time. What it was asked may still be done later."""


class DatabaseThreads:
    """A few threads that call the database; a call that hangs costs a thread, not the event loop."""

    def __init__(self, name: str, number: int = 8) -> None:
        self._executor = ThreadPoolExecutor(number, thread_name_prefix=name)
        self._lock = threading.Lock()
        self._busy = 0

    @property
    def busy(self) -> int:
        """How many calls have not come back."""
        return self._busy

    async def call(self, work: Callable[..., Result], *arguments: Any, seconds: float) -> Result:
        """`work(*arguments)` in a thread. Raises DatabaseTimeout after `seconds`, or what it raises."""
        running = asyncio.get_running_loop().run_in_executor(self._executor, self._counted, work, arguments)
        try:
            return await asyncio.wait_for(running, seconds)
        except asyncio.TimeoutError as error:
            raise DatabaseTimeout(f"no answer in {seconds:g} s") from error

    def _counted(self, work: Callable[..., Result], arguments: tuple[Any, ...]) -> Result:
        with self._lock:
            self._busy += 1
        try:
            return work(*arguments)
        finally:
            with self._lock:
                self._busy -= 1
