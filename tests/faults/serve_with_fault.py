"""`backtalk serve` in which one thing fails, from the message that says "now" on.

Usage: python serve_with_fault.py FAULT SERVE-OPTIONS… The parts are the real ones, except that the one
named breaks when a message holds the word `TRIGGER`.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
import threading
import time
from collections.abc import Callable

TRIGGER = "zebra"


def component_raises() -> None:
    from backtalk.engine.topic_classifier import TopicClassifier

    def broken(real: Callable) -> Callable:
        def process(self, messages, **rest):
            if any(TRIGGER in (message.get("text") or "") for message in messages):
                raise ValueError(f"cannot read {messages[0].get('text')!r}")
            return real(self, messages, **rest)

        return process

    TopicClassifier.process = broken(TopicClassifier.process)


def component_hangs() -> None:
    """The event loop itself stands still."""
    from backtalk.engine.topic_classifier import TopicClassifier

    def broken(real: Callable) -> Callable:
        def process(self, messages, **rest):
            if any(TRIGGER in (message.get("text") or "") for message in messages):
                time.sleep(60)
            return real(self, messages, **rest)

        return process

    TopicClassifier.process = broken(TopicClassifier.process)


def _every_action(what: Callable) -> None:
    from backtalk.engine.action_endpoint import InProcessActions

    real = InProcessActions._run

    def run(self, call):
        if TRIGGER in (call["tracker"]["latest_message"].get("text") or ""):
            return what(self, call)
        return real(self, call)

    InProcessActions._run = run


def action_raises() -> None:
    def what(self, call):
        raise ValueError(call["tracker"]["latest_message"]["text"])

    _every_action(what)


def action_hangs() -> None:
    """As an `async def` that waits for ever."""

    def what(self, call):
        return asyncio.run(asyncio.wait_for(asyncio.Event().wait(), self._seconds))

    _every_action(what)


def action_blocks() -> None:
    """As a `def` that never comes back: nothing in Python can end its thread."""

    def what(self, call):
        threading.Event().wait()

    _every_action(what)


def clock_jumps() -> None:
    """By as many days as `CLOCK_JUMP` says, at the first SIGUSR2; back at the second."""
    import datetime as dt
    import signal

    import time_machine

    jumps: list[time_machine.travel] = []

    def jump(*_: object) -> None:
        if jumps:
            jumps.pop().stop()
            return
        there = dt.datetime.now(dt.timezone.utc) + dt.timedelta(days=int(os.environ["CLOCK_JUMP"]))
        jumps.append(time_machine.travel(there, tick=True))
        jumps[0].start()

    signal.signal(signal.SIGUSR2, jump)


if __name__ == "__main__":
    fault, *options = sys.argv[1:]
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from backtalk.engine.quiet import quiet_rasa

    quiet_rasa()
    globals()[fault]()
    sys.exit(importlib.import_module("backtalk.cli").main(options))
