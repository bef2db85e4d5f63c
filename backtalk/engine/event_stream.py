"""Stored events to a message broker, by Rasa's own brokers: no turn waits for one, none fails with it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from typing import Any, Callable, Deque, Dict, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig, read_endpoint_config
from sanic import Sanic

from backtalk.errors import CommandError
from backtalk.project import Project

logger = logging.getLogger(__name__)
MOST_WAITING = 10_000
RETRY_SECONDS = 5.0
STOP_SECONDS = 2.0
_KINDS = ("pika", "sql", "file")


def event_stream(project: Project, count_error: Callable[[str], None]) -> Optional[EventStream]:
    """For the `event_broker` of endpoints.yml, if it has one. Raises CommandError for an unknown kind."""
    endpoints = project.root / "endpoints.yml"
    # Rasa's own reading checks the file against a schema: a tenth of a second, and most files have no broker.
    is_named = endpoints.is_file() and "event_broker" in endpoints.read_text(encoding="utf-8")
    config = read_endpoint_config(str(endpoints), "event_broker") if is_named else None
    if config is None:
        return None
    kind = str(config.type or "pika")
    if kind.lower() not in _KINDS and "." not in kind:
        raise CommandError(
            f"endpoints.yml: an event_broker of type {kind!r} does not work here. Use {', '.join(_KINDS)}, "
            "or the path of a class of your own."
        )
    # Said each time: those who run the server may not be those who wrote the file.
    logger.warning("what patients write goes to an event broker", extra={"kind": kind})
    return EventStream(config, count_error)


class EventStream(EventBroker):
    """Hands events to a broker in a thread with an event loop of its own, in order, each once while it runs.

    What is waiting when the process is killed, or beyond `MOST_WAITING`, is not sent: the database has
    it. `count_error` is called with "broker" when the broker is lost and for each event left out.
    """

    def __init__(
        self, config: EndpointConfig, count_error: Callable[[str], None] = lambda where: None
    ) -> None:
        """Connects to nothing before `start`."""
        self._config = config
        self._count_error = count_error
        self._waiting: Deque[Dict[str, Any]] = deque()
        self._changed = threading.Condition()
        self._thread: Optional[threading.Thread] = None
        self._is_stopping = False

    def start(self) -> None:
        """Connect, and try again until it works."""
        self._thread = threading.Thread(target=self._run, name="event-stream", daemon=True)
        self._thread.start()

    def add_to(self, app: Sanic) -> None:
        """Run while `app` does, in each of its processes."""

        @app.before_server_start
        async def begin(app: Sanic, _: object) -> None:
            self.start()

        @app.after_server_stop
        async def end(app: Sanic, _: object) -> None:
            await self.close()

    def publish(self, event: Dict[str, Any]) -> None:
        """Never waits and never raises; may be called in any thread."""
        with self._changed:
            if len(self._waiting) >= MOST_WAITING:
                self._waiting.popleft()
                self._count_error("broker")
            self._waiting.append(event)
            self._changed.notify()

    async def close(self) -> None:
        """Send what is waiting, for `STOP_SECONDS` at most."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify()
        if self._thread:
            await asyncio.to_thread(self._thread.join, STOP_SECONDS)

    def _run(self) -> None:
        asyncio.run(self._stream())

    async def _stream(self) -> None:
        broker = await self._connected()
        if broker is None:
            return
        while (event := await asyncio.to_thread(self._next)) is not None:
            try:
                broker.publish(event)
                await asyncio.sleep(0)  # Rasa's Pika broker sends in tasks
            except Exception as error:  # whatever a broker raises, the next event may pass
                logger.error("event not sent to the broker", extra={"error": type(error).__name__})
                self._count_error("broker")
        tasks = list(getattr(broker, "_background_tasks", ()))
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_SECONDS)
        await broker.close()

    async def _connected(self) -> Optional[EventBroker]:
        is_told = False
        while True:
            try:
                return await EventBroker.create(self._config, asyncio.get_running_loop())
            except Exception as error:
                if not is_told:
                    logger.error("event broker not reached", extra={"error": type(error).__name__})
                    self._count_error("broker")
                    is_told = True
            if self._is_stopping:
                return None
            await asyncio.sleep(RETRY_SECONDS)

    def _next(self) -> Optional[Dict[str, Any]]:
        """The next event, waited for; None when it is time to stop and nothing is left."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_stopping)
            return self._waiting.popleft() if self._waiting else None
