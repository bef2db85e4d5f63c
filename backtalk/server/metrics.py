"""Counts for Prometheus: no words of a patient, and no label that tells one sender from another."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

from backtalk.channels.guard import TurnSeen
from backtalk.server.shared_metrics import are_shared

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.3, 0.5, 1, 2, 3, 4, 5, 6)


class Metrics:
    """What the server has done since it started, all its workers together.

    With several workers there are no figures of the process (memory, processor).
    """

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter, which nobody reads
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._turns = Counter(
            "backtalk_turns",
            "Messages answered, by what became of them.",
            ("channel", "outcome", "urgency"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "backtalk_turn_seconds",
            "Time from a message to its replies, waiting for its turn included.",
            ("channel",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._failsafes = Counter(
            "backtalk_failsafes",
            "Turns that the engine did not answer, by cause: timeout, error or silent.",
            ("channel", "cause"),
            registry=self._registry,
        )
        self._refused = Counter(
            "backtalk_refused", "Requests refused, by code of the error.", ("code",), registry=self._registry
        )
        self._errors = Counter(
            "backtalk_errors", "Faults of ours, by where they showed.", ("where",), registry=self._registry
        )
        self._ready = Gauge(
            "backtalk_ready",
            "1 if the last readiness check found nothing wrong.",
            registry=self._registry,
            multiprocess_mode="mostrecent",
        )
        self._degraded = Gauge(
            "backtalk_degraded",
            "1 if the last readiness check found something missing that is not needed, such as Redis.",
            registry=self._registry,
            multiprocess_mode="mostrecent",
        )

    def turn(self, seen: TurnSeen) -> None:
        """Count a turn."""
        self._turns.labels(seen.channel, seen.outcome, seen.urgency).inc()
        self._seconds.labels(seen.channel).observe(seen.seconds)
        if seen.failure:
            self._failsafes.labels(seen.channel, seen.failure).inc()

    def refused(self, code: str) -> None:
        """Count a request that was refused with an error's code."""
        self._refused.labels(code).inc()

    def error(self, where: str) -> None:
        """Count a fault of ours."""
        self._errors.labels(where).inc()

    def ready(self, is_ready: bool, is_degraded: bool = False) -> None:
        """Note what a readiness check found."""
        self._ready.set(int(is_ready))
        self._degraded.set(int(is_degraded))

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        if not are_shared():
            return bytes(generate_latest(self._registry))
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return bytes(generate_latest(registry))
