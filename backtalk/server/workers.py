"""Several processes at one address: started, watched, started again, and stopped together."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import selectors
import signal
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from typing import Any, Callable, NoReturn

from sanic import Sanic

logger = logging.getLogger(__name__)
STOP_SECONDS = 10.0
SILENT_SECONDS = 10.0
BEAT_SECONDS = 1.0
SETTLED_SECONDS = 10.0
LONGEST_PAUSE = 30.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
_STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_READY, _BEAT = b"R", b"."


@dataclass
class _Worker:
    pid: int
    beats: int  # the end of the pipe that is read here
    started: float
    heard: float
    is_ready: bool = False


class Workers:
    """A parent that forks `number` workers after everything is loaded, so that they share that memory.

    A worker that dies, or whose event loop says nothing for `SILENT_SECONDS`, is replaced: at once, and
    after pauses that double up to `LONGEST_PAUSE` if it keeps dying soon after its start. The parent
    answers no requests. Workers end when the parent has gone, whatever ended it.
    """

    def __init__(
        self, number: int, *, all_ready: Callable[[], None], count_error: Callable[[str], None]
    ) -> None:
        self._number = number
        self._all_ready = all_ready
        self._count_error = count_error
        self._workers: dict[int, _Worker] = {}
        self._due: dict[int, float] = dict.fromkeys(range(number), 0.0)
        self._quick_deaths = dict.fromkeys(range(number), 0)
        self._is_announced = False
        self._stop_by: float | None = None
        self._to_parent = -1
        self._lifeline = -1

    def add_to(self, app: Sanic) -> None:
        """Have `app`, in a worker, tell the parent that it lives, and stop when the parent has gone."""

        @app.after_server_start
        async def watch(app: Sanic, loop: Any) -> None:
            loop.add_reader(self._lifeline, self._orphaned, app, loop)
            app.ctx.beats = asyncio.create_task(self._beat())

        @app.before_server_stop
        async def end(app: Sanic, loop: Any) -> None:
            loop.remove_reader(self._lifeline)

    def ready(self) -> None:
        """In a worker: requests are taken."""
        self._tell(_READY)

    def run(self, work: Callable[[], None]) -> None:
        """Run `work` in each worker, until SIGTERM or SIGINT; then pass that on and wait for their end."""
        threads = [one.name for one in threading.enumerate() if one is not threading.main_thread()]
        if threads:  # they do not live on in a worker, and what they hold stays locked there
            logger.error("forked beside threads", extra={"threads": threads})
        reading, self._lifeline_end = os.pipe()
        self._lifeline = reading
        waking, woken = os.pipe()
        os.set_blocking(waking, False)
        os.set_blocking(woken, False)
        self._work, self._waking = work, (waking, woken)
        before = {one: signal.signal(one, lambda *_: None) for one in _SIGNALS}
        signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(waking, selectors.EVENT_READ)
        try:
            while self._stop_by is None or self._workers:
                self._step()
        finally:
            signal.set_wakeup_fd(-1)
            for one, handler in before.items():
                signal.signal(one, handler)
            self._selector.close()
            for end in (waking, woken, reading, self._lifeline_end):
                os.close(end)

    def _step(self) -> None:
        now = time.monotonic()
        if self._stop_by is None:
            for number in [number for number, due in self._due.items() if due <= now]:
                del self._due[number]
                self._start(number)
            for worker in self._workers.values():
                if now - worker.heard > SILENT_SECONDS:
                    logger.error("worker hangs", extra={"worker_pid": worker.pid})
                    worker.heard = now
                    _send(worker, signal.SIGKILL)
        elif now > self._stop_by:
            self._stop_by = now + STOP_SECONDS
            logger.error("worker did not stop in time")
            self._send_all(signal.SIGKILL)
        for key, _ in self._selector.select(self._wait(now)):
            if key.data is None:
                self._signalled()
            else:
                self._told(key.fd, key.data)
        self._reap()

    def _wait(self, now: float) -> float:
        times = [BEAT_SECONDS]
        times += [due - now for due in self._due.values()] if self._stop_by is None else []
        return max(0.0, min(times))

    def _start(self, number: int) -> None:
        beats, to_parent = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        # Until the worker has its own handlers: a signal sent to it before that would be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        pid = os.fork()
        if pid == 0:
            os.close(beats)
            self._to_parent = to_parent
            self._be_worker()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        os.close(to_parent)
        now = time.monotonic()
        self._workers[number] = _Worker(pid, beats, now, now)
        self._selector.register(beats, selectors.EVENT_READ, number)

    def _be_worker(self) -> NoReturn:
        status = 1
        try:
            os.setpgid(0, 0)  # Ctrl-C reaches the parent alone, which passes it on
            signal.set_wakeup_fd(-1)
            for one in _SIGNALS:
                signal.signal(one, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            self._selector.close()
            for end in (*self._waking, self._lifeline_end, *(one.beats for one in self._workers.values())):
                os.close(end)
            os.set_blocking(self._to_parent, False)
            self._work()
            status = 0
        except BaseException as error:
            where = [
                f"{one.filename.rsplit('/', 1)[-1]}:{one.lineno}"
                for one in traceback.extract_tb(error.__traceback__)
            ]
            logger.error("worker failed", extra={"error": type(error).__name__, "where": where[-4:]})
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)  # threads that hang in an action or the database must not keep it

    def _signalled(self) -> None:
        with contextlib.suppress(BlockingIOError):
            for one in os.read(self._waking[0], 512):
                if one in _STOPPING and self._stop_by is None:
                    self._stop_by = time.monotonic() + STOP_SECONDS
                    self._send_all(signal.SIGTERM)

    def _told(self, beats: int, number: int) -> None:
        told = os.read(beats, 512)
        worker = self._workers.get(number)
        if not told:  # it has gone; `_reap` sees to that
            self._selector.unregister(beats)
            return
        if worker is None:
            return
        worker.heard = time.monotonic()
        if _READY in told:
            worker.is_ready = True
            if not self._is_announced and self._all_are_ready():
                self._is_announced = True
                self._all_ready()

    def _all_are_ready(self) -> bool:
        return len(self._workers) == self._number and all(one.is_ready for one in self._workers.values())

    def _reap(self) -> None:
        for number, worker in list(self._workers.items()):
            pid, status = os.waitpid(worker.pid, os.WNOHANG)
            if not pid:
                continue
            with contextlib.suppress(KeyError):
                self._selector.unregister(worker.beats)
            os.close(worker.beats)
            del self._workers[number]
            if self._stop_by is None:
                self._died(number, worker, os.waitstatus_to_exitcode(status))

    def _died(self, number: int, worker: _Worker, code: int) -> None:
        lived = time.monotonic() - worker.started
        quick = self._quick_deaths[number] = self._quick_deaths[number] + 1 if lived < SETTLED_SECONDS else 0
        pause = min(LONGEST_PAUSE, 0.5 * 2 ** (quick - 1)) if quick > 1 else 0.0
        self._due[number] = time.monotonic() + pause
        logger.error("worker died", extra={"worker_pid": worker.pid, "code": code, "pause": pause})
        self._count_error("worker")

    def _send_all(self, what: signal.Signals) -> None:
        for worker in self._workers.values():
            _send(worker, what)

    async def _beat(self) -> None:
        while True:
            self._tell(_BEAT)
            await asyncio.sleep(BEAT_SECONDS)

    def _tell(self, what: bytes) -> None:
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            os.write(self._to_parent, what)

    def _orphaned(self, app: Sanic, loop: Any) -> None:
        loop.remove_reader(self._lifeline)
        logger.error("parent has gone")
        app.stop()  # type: ignore[no-untyped-call]


def _send(worker: _Worker, what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(worker.pid, what)
