"""Work that is finished though nobody waits for it any more."""

from __future__ import annotations

import asyncio
from typing import Any, Coroutine, TypeVar

Result = TypeVar("Result")


class KeptTasks:
    """Runs coroutines in tasks of their own: cancelling the caller does not cancel the work."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """Start `work` and keep it until it ends."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._forget)
        return task

    async def finish(self, seconds: float | None = None) -> bool:
        """Wait until all is done, also what is started meanwhile; False if `seconds` did not suffice."""
        loop = asyncio.get_running_loop()
        deadline = None if seconds is None else loop.time() + seconds
        while self._running:
            left = None if deadline is None else deadline - loop.time()
            if left is not None and left <= 0:
                return False
            await asyncio.wait(set(self._running), timeout=left)
            await asyncio.sleep(0)  # lets the tasks' own callbacks start what follows
        return True

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # read, or asyncio would print it, and patients' words with it
