"""HTTP connections that trust no header about the length of a body, and wait for none without end."""

from __future__ import annotations

import time
from typing import Any

from sanic.exceptions import InvalidUsage, RequestTimeout
from sanic.http import Http, Stage
from sanic.server.protocols.http_protocol import HttpProtocol

_TO_READ_SECONDS = 1.0  # so long the client has to read why


class StrictHttp(Http):
    """Sanic's own, which takes any `Content-Length` that Python takes for a number.

    With -5 and a few bytes it would look for the rest for ever, without giving others a turn. Two lengths,
    or a length and chunks, are how requests are smuggled past a proxy that believes the other one.
    """

    async def http1_request_header(self) -> None:
        """Read the header. Raises InvalidUsage if it does not say plainly how long the body is."""
        await super().http1_request_header()  # type: ignore[no-untyped-call]
        headers = self.request.headers
        lengths, coding = headers.getall("content-length", []), headers.getall("transfer-encoding", [])
        is_plain = all(one.isascii() and one.isdigit() for one in lengths)
        if not is_plain or len(lengths) + len(coding) > 1:
            self.request_body = None  # or Sanic would read it before it answers
            self.keep_alive = False
            raise InvalidUsage("Bad length of body")


class PatientProtocol(HttpProtocol):
    """Sanic's own, with a limit on a whole request: there each byte that comes starts the time anew.

    A request that has not come in whole after `REQUEST_TIMEOUT` is answered with 408 and the connection
    closed, at the next look, half that time later at most.
    """

    __slots__ = ("_since",)

    def _setup_connection(self) -> None:
        self._since: float | None = None  # when the request began to come in
        self._http = StrictHttp(self)  # type: ignore[no-untyped-call]
        self._time = time.monotonic()
        self.check_timeouts()

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
