"""HTTP connections that may not take for ever to send a request, however steadily they send it."""

from __future__ import annotations

import time
from typing import Any

from sanic.exceptions import RequestTimeout
from sanic.http import Stage
from sanic.server.protocols.http_protocol import HttpProtocol

_TO_READ_SECONDS = 1.0  # so long the client has to read why


class PatientProtocol(HttpProtocol):
    """Sanic's own, with a limit on a whole request: there each byte that comes starts the time anew.

    A request that has not come in whole after `REQUEST_TIMEOUT` is answered with 408 and the connection
    closed, at the next look, half that time later at most.
    """

    __slots__ = ("_since",)

    def _setup_connection(self) -> None:
        self._since: float | None = None  # when the request began to come in
        super()._setup_connection()  # type: ignore[no-untyped-call]

    def check_timeouts(self) -> None:
        """Called by itself again and again while the connection lives."""
        http: Any = self._http
        is_receiving = http is not None and (
            http.stage is Stage.REQUEST or (http.stage is Stage.HANDLER and bool(http.request_body))
        )
        now = time.monotonic()
        if not is_receiving:
            self._since = None
        elif self._since is None:
            self._since = now
        elif now - self._since > self.request_timeout and self._task:
            http.exception = RequestTimeout("Request Timeout")
            self._task.cancel()
            # Sanic would go on to wait for the rest of the body.
            self.loop.call_later(_TO_READ_SECONDS, self.abort)
            return
        super().check_timeouts()  # type: ignore[no-untyped-call]
