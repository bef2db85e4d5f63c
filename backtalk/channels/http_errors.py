"""Errors as clients see them: `{"error": {"code", "message"}}`, with what to do."""

from __future__ import annotations

import logging
from typing import Callable, Mapping

from sanic.exceptions import SanicException
from sanic.handlers import ErrorHandler
from sanic.request import Request
from sanic.response import HTTPResponse, json

logger = logging.getLogger(__name__)
MAX_BODY = 65_536
_STATUS = {
    400: ("bad_request", "The request is not valid HTTP, or a part of it is missing. Send it again."),
    404: ("not_found", "There is nothing at this address. Check the path."),
    405: ("method_not_allowed", "This address does not take that method. See the Allow header."),
    408: ("too_slow", "The request took too long to arrive. Send it again."),
    413: ("too_large", f"The request is larger than {MAX_BODY // 1024} KB. Send less."),
    503: ("unavailable", "The service cannot answer right now. Try again in a minute."),
}
# Sanic's stand-in for a request whose header it could not make sense of, such as "Content-Length: x".
_UNREAD = "NONE"
_INTERNAL = ("internal", "Something broke here. Try again in a minute.")


class WebError(Exception):
    """A refusal: HTTP status, a code for programs, and what to do for people."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def error_response(error: WebError) -> HTTPResponse:
    """`error` as a response."""
    body = {"error": {"code": error.code, "message": error.message}}
    return json(body, status=error.status, headers=error.headers)


class JsonErrors(ErrorHandler):
    """Turns whatever a request raises into that shape, and logs no words of a patient.

    `refused` is called with the code of each refusal, `failed` once for each fault of ours.
    """

    def __init__(self, refused: Callable[[str], None], failed: Callable[[], None]) -> None:
        super().__init__()
        self._refused = refused
        self._failed = failed

    def default(self, request: Request, exception: BaseException) -> HTTPResponse:
        error = _as_refusal(exception)
        if error is None and request.method == _UNREAD:
            error = WebError(400, *_STATUS[400])
        if error is None:
            error = WebError(500, *_INTERNAL)
            logger.error("request failed", exc_info=exception)
            self._failed()
        else:
            self._refused(error.code)
        return error_response(error)

    @staticmethod
    def log(request: Request, exception: BaseException) -> None:
        """Sanic would log the text of an exception, which may quote a patient."""


def _as_refusal(exception: BaseException) -> WebError | None:
    """The refusal that stands for an exception; None if nobody expected it."""
    if isinstance(exception, WebError):
        return exception
    status = getattr(exception, "status_code", None) if isinstance(exception, SanicException) else None
    if status is None or (status >= 500 and status != 503):
        return None
    code, message = _STATUS.get(status, _STATUS[400])
    given = getattr(exception, "headers", None) or {}
    return WebError(status, code, message, {"Allow": str(given["Allow"])} if "Allow" in given else {})
