"""The other end of a delivery: an HTTP server and a mail server that are told how to behave."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


@dataclass(frozen=True)
class Posted:
    """One POST as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What to answer. `held` keeps the answer back until it is set."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    held: threading.Event | None = None


OK = Answer()


class HttpReceiver:
    """Answers with `answers` in turn, the last one again and again; `answer_with` decides for itself."""

    def __init__(self, *answers: Answer, port: int = 0) -> None:
        self.posted: list[Posted] = []
        self.answers = list(answers) or [OK]
        self.answer_with: Callable[[Posted], Answer] | None = None
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver._answer(self, Posted(self.path, headers, body))

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler, posted: Posted) -> None:
        with self._lock:
            self.posted.append(posted)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if self.answer_with:
            answer = self.answer_with(posted)
        if answer.held:
            answer.held.wait(30)
        try:
            handler.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(answer.body)
        except OSError:
            pass  # the sender has gone


class _AnyPort(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # the one that 0 became
        super()._trigger_server()


class MailReceiver:
    """A mail server that keeps what it gets. `refuse_with` is its answer to a recipient, if it refuses."""

    def __init__(self, **options: Any) -> None:
        self.mails: list[Any] = []
        self.refuse_with: str | None = None
        self._controller = _AnyPort(self, hostname="127.0.0.1", port=0, **options)
        self._controller.start()
        self.port = self._controller.port

    def stop(self) -> None:
        self._controller.stop()

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if self.refuse_with:
            return self.refuse_with
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        self.mails.append(envelope)
        return "250 taken"
