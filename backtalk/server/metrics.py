"""Counts for Prometheus: no words of a patient, and no label that tells one sender from another."""

from __future__ import annotations

from typing import Mapping

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

from backtalk.booking.request import DeliveryState
from backtalk.channels.guard import TurnSeen
from backtalk.channels.sms_conversation import TextSeen
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
        self._texts = Counter(
            "backtalk_texts",
            "Texts that came in by SMS or WhatsApp, by what they were.",
            ("what",),
            registry=self._registry,
        )
        self._text_deliveries = Counter(
            "backtalk_text_deliveries",
            "Reports on texts that went out, by state and Twilio's error code.",
            ("state", "code"),
            registry=self._registry,
        )
        self._refused = Counter(
            "backtalk_refused", "Requests refused, by code of the error.", ("code",), registry=self._registry
        )
        self._errors = Counter(
            "backtalk_errors", "Faults of ours, by where they showed.", ("where",), registry=self._registry
        )
        self._desk_logins = Counter(
            "backtalk_desk_logins",
            "Attempts to log in to the staff page: right, wrong or too_many.",
            ("result",),
            registry=self._registry,
        )
        self._desk_actions = Counter(
            "backtalk_desk_actions",
            "What staff did on the staff page, by kind.",
            ("action",),
            registry=self._registry,
        )
        self._deliveries = Counter(
            "backtalk_deliveries",
            "Tries to deliver a booking request, by target and result: delivered, failed or dead.",
            ("target", "result"),
            registry=self._registry,
        )
        self._outbox = Gauge(
            "backtalk_outbox",
            "Deliveries in the outbox by state, counted every half minute. A dead one needs somebody.",
            ("state",),
            registry=self._registry,
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

    def text_seen(self, seen: TextSeen) -> None:
        """Count a text that came in."""
        self._texts.labels(seen.what.value).inc()

    def text_delivery(self, state: str, code: str) -> None:
        """Count a report on a text that went out."""
        self._text_deliveries.labels(state, code).inc()

    def refused(self, code: str) -> None:
        """Count a request that was refused with an error's code."""
        self._refused.labels(code).inc()

    def error(self, where: str) -> None:
        """Count a fault of ours."""
        self._errors.labels(where).inc()

    def desk_login(self, result: str) -> None:
        """Count an attempt to log in to the staff page."""
        self._desk_logins.labels(result).inc()

    def desk_action(self, action: str) -> None:
        """Count something that staff did on the staff page."""
        self._desk_actions.labels(action).inc()

    def delivery(self, target: str, result: str) -> None:
        """Count a try to deliver a booking request."""
        self._deliveries.labels(target, result).inc()

    def outbox(self, counts: Mapping[DeliveryState, int]) -> None:
        """Note how many deliveries are in each state."""
        for state, number in counts.items():
            self._outbox.labels(state.value).set(number)

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
