"""Runs the custom actions in this process, bounded in time, instead of over HTTP."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Optional

from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

logger = logging.getLogger(__name__)
ACTION_SECONDS = 3.0


class InProcessActions(EndpointConfig):
    """An action endpoint without a network: `actions/` is registered and called directly."""

    def __init__(self, package: str = "actions", seconds: float = ACTION_SECONDS) -> None:
        # The URL is never called; selective_domain keeps the whole domain out of every call.
        super().__init__(url="in-process://actions", selective_domain=True)
        self._seconds = seconds
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def request(
        self,
        method: str = "post",
        subpath: Optional[str] = None,
        content_type: Optional[str] = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Optional[Any]:
        """Run the action named in `json`. Raises asyncio.TimeoutError after the time limit."""
        call = kwargs["json"]
        try:
            return await asyncio.wait_for(self._executor.run(call), self._seconds)
        except ActionExecutionRejection as error:
            raise ClientResponseError(400, "rejected", f'{{"action_name": "{error.action_name}"}}') from error
        except ActionNotFoundException as error:
            raise RuntimeError(f"Action '{error.action_name}' is not in actions/.") from error
