"""One log line for each turn and each text, without words, numbers or ids."""

from __future__ import annotations

import logging

from backtalk.audit.triage_event import hashed_sender
from backtalk.channels.guard import TurnSeen
from backtalk.channels.sms_conversation import TextSeen

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


def log_text(seen: TextSeen, key: bytes) -> None:
    """Log what a text was and how many messages answered it; the sender as for turns."""
    logger.info(
        "text",
        extra={
            "sender": hashed_sender(seen.sender, key),
            "what": seen.what.value,
            "messages": seen.messages,
            "urgent": seen.is_urgent,
        },
    )
