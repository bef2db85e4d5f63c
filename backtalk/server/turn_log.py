"""One log line for each turn, without words, numbers or ids."""

from __future__ import annotations

import logging

from backtalk.audit.triage_event import hashed_sender
from backtalk.channels.guard import TurnSeen

logger = logging.getLogger(__name__)


def log_turn(seen: TurnSeen, key: bytes) -> None:
    """Log what became of a message; the sender as the keyed hash that triage events use."""
    logger.info(
        "turn",
        extra={
            "sender": hashed_sender(seen.sender, key),
            "channel": seen.channel,
            "outcome": seen.outcome,
            "urgency": seen.urgency,
            "topics": list(seen.topics),
            "ms": round(seen.seconds * 1000, 1),
            "failure": seen.failure,
        },
    )
