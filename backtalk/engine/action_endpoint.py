"""Runs the custom actions in this process, bounded in time, instead of over HTTP."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Optional

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from backtalk.booking.reception import Connectable, Reception

logger = logging.getLogger(__name__)
ACTION_SECONDS = 3.0
ACTION_THREADS = 16


class InProcessActions(EndpointConfig):
    """An action endpoint without a network: `actions/` is registered and called directly."""

    def __init__(
        self,
        package: str = "actions",
        seconds: float = ACTION_SECONDS,
        reception: Optional[Reception] = None,
    ) -> None:
        """`reception` is where the booking form hands requests in; without one they cannot be stored."""
        # The URL is never called; selective_domain keeps the whole domain out of every call.
        super().__init__(url="in-process://actions", selective_domain=True)
        self._seconds = seconds
        self._executor = ActionExecutor()
        self._executor.register_package(package)
        for run in self._executor.actions.values():
            action = getattr(run, "__self__", None)
            if reception and isinstance(action, Connectable):
                action.connect(reception)
        self._threads = ThreadPoolExecutor(ACTION_THREADS, thread_name_prefix="action")

    async def request(
        self,
        method: str = "post",
        subpath: Optional[str] = None,
        content_type: Optional[str] = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Optional[Any]:
        """Run the action named in `json` in a thread. Raises asyncio.TimeoutError after the time limit.

        A thread, because an action that blocks could not be timed out on the event loop. A rejection
        raises RuntimeError: Rasa would predict the rejected action again without end.
        """
        call = kwargs["json"]
        running = asyncio.get_running_loop().run_in_executor(self._threads, self._run, call)
        try:
            return await asyncio.wait_for(running, self._seconds)
        except ActionExecutionRejection as error:
            raise RuntimeError(f"Action '{error.action_name}' rejected itself.") from error
        except ActionNotFoundException as error:
            raise RuntimeError(f"Action '{error.action_name}' is not in actions/.") from error

    def _run(self, call: Any) -> Any:
        loop = asyncio.new_event_loop()
        try:
            # Bounded here as well: a thread that waits for ever would keep the process from ending.
            return loop.run_until_complete(asyncio.wait_for(self._executor.run(call), self._seconds))
        finally:
            loop.close()
