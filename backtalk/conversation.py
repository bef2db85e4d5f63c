"""One conversation with the whole engine, and what it made of each message."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any, Sequence

from backtalk.audit.triage_event import TriageLog
from backtalk.channels.guard import Guard
from backtalk.channels.outcome import outcome_of, topics_of, urgency_of
from backtalk.channels.reply import Reply
from backtalk.engine.assistant import Assistant

_UNDERSTOOD_AS = ("booking", "erase")


@dataclass(frozen=True)
class Turn:
    """A message's replies and how it was understood. `milliseconds` is the engine's time."""

    replies: Sequence[Reply]
    intent: str | None
    confidence: float
    ranking: Sequence[tuple[str, float]]
    understanding: dict[str, Any]
    triage: dict[str, Any]
    milliseconds: float

    @property
    def outcome(self) -> str:
        """See `outcome_of`."""
        return outcome_of(self.replies)

    @property
    def topics(self) -> list[str]:
        """Ids of all topics answered; for a task that a message began, the topic it was about."""
        answered = list(topics_of(self.replies))
        if not answered and self.replies[0].kind in _UNDERSTOOD_AS:
            return list(self.understanding.get("topics", ()))
        return answered

    @property
    def urgency(self) -> str:
        """See `urgency_of`."""
        return urgency_of(self.replies)

    @property
    def red_flags(self) -> list[str]:
        """Ids of the red flags that counted."""
        return [flag for reply in self.replies for flag in reply.red_flags]

    @property
    def asked(self) -> list[str]:
        """Ids of the red flags whose clarifying question was put."""
        return [flag for reply in self.replies for flag in reply.asked]

    @property
    def choices(self) -> list[str]:
        """Topic ids offered instead of an answer."""
        return [key for reply in self.replies if reply.kind == "choices" for key in reply.offers]


class Conversation:
    """A fresh conversation on one channel ("web", "sms" or "shell")."""

    def __init__(self, assistant: Assistant, channel: str, audit: TriageLog | None = None) -> None:
        self._conversations = assistant.conversations
        self._guard = Guard(assistant.agent, assistant.clinic, audit=audit, eraser=assistant.eraser)
        self.channel = channel
        self.sender = f"shell-{uuid.uuid4()}"

    async def say(self, text: str) -> Turn:
        """Send `text` and return the turn; there is always at least one reply."""
        started = time.perf_counter()
        replies = await self._guard.answer(text, sender=self.sender, channel=self.channel)
        elapsed = (time.perf_counter() - started) * 1000
        tracker = await self._conversations.retrieve(self.sender)
        parsed = (tracker.latest_message.parse_data if tracker and tracker.latest_message else {}) or {}
        intent = parsed.get("intent") or {}
        return Turn(
            replies=replies,
            intent=intent.get("name"),
            confidence=float(intent.get("confidence") or 0.0),
            ranking=[(row["name"], float(row["confidence"])) for row in parsed.get("intent_ranking", [])],
            understanding=parsed.get("understanding") or {},
            triage=parsed.get("triage") or {},
            milliseconds=elapsed,
        )

    async def drained(self) -> None:
        """Wait until what this conversation records for review is stored."""
        await self._guard.drained()

    def forget(self) -> None:
        """Drop the conversation from memory."""
        self._conversations.store.pop(self.sender, None)
