"""What became of a message, told from its replies."""

from __future__ import annotations

from typing import Sequence

from backtalk.channels.reply import Reply

_OUTCOMES = {
    "inform": "answer",
    "safety": "answer",
    "decline": "answer",
    "handoff": "answer",
    "meta": "answer",
    "smalltalk": "answer",
    "choices": "choices",
    "refuse": "refuse",
    "failsafe": "failsafe",
    "urgent": "urgent",
    "ask": "choices",
    "screening": "screening",
    "booking": "booking",
    "erase": "answer",
    "erased": "answer",
}
FLAGGED = ("urgent", "soon")
TASKS = ("screening", "booking", "erase", "erased")


def outcome_of(replies: Sequence[Reply]) -> str:
    """answer, choices, refuse, urgent, screening, booking or failsafe; a clarifying question is choices."""
    return _OUTCOMES.get(replies[0].kind, "answer")


def urgency_of(replies: Sequence[Reply]) -> str:
    """The tier that the message was routed as: none, soon, urgent, emergency or crisis."""
    return next((reply.urgency for reply in replies if reply.kind in FLAGGED), "none")


def topics_of(replies: Sequence[Reply]) -> tuple[str, ...]:
    """Ids of the topics answered. The symptom check and the request for a visit are no topics."""
    return tuple(reply.topic for reply in replies if reply.topic and reply.kind not in TASKS)
