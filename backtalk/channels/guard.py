"""What stands between every channel and the engine: no silence, no endless turn, no commands."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any, Sequence

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from backtalk.audit.triage_event import Noticed, TriageLog
from backtalk.channels.failsafe import failsafe_reply, urgent_reply
from backtalk.channels.reply import Reply, ReplyCollector
from backtalk.clinic import Clinic
from backtalk.triage.assess import assess

logger = logging.getLogger(__name__)
TURN_SECONDS = 5.0
_COMMAND_START = re.compile(r"^[\s/]+")


class Guard:
    """Hands messages to the agent and always comes back with at least one reply."""

    def __init__(
        self,
        agent: Agent,
        clinic: Clinic,
        *,
        turn_seconds: float = TURN_SECONDS,
        audit: TriageLog | None = None,
    ) -> None:
        self._agent = agent
        self._clinic = clinic
        self._turn_seconds = turn_seconds
        self._audit = audit
        self._recording: set[asyncio.Task[None]] = set()

    async def answer(
        self, text: str, *, sender: str, channel: str, metadata: dict[str, Any] | None = None
    ) -> Sequence[Reply]:
        """The replies to `text`, within `turn_seconds`; the fail-safe text if there are none.

        A leading slash is dropped, after any white space too (Rasa strips it all): Rasa obeys "/restart"
        and "/any_intent" from anyone.
        """
        collected = ReplyCollector(channel)
        message = UserMessage(
            _COMMAND_START.sub("", text), collected, sender, input_channel=channel, metadata=metadata
        )
        try:
            await asyncio.wait_for(self._agent.handle_message(message), self._turn_seconds)
        except asyncio.TimeoutError:
            logger.error("turn timed out", extra={"channel": channel})
        except Exception as error:  # the patient gets an answer whatever broke
            # The error's own text may hold the patient's words, so only its type is logged.
            logger.error("turn failed", extra={"channel": channel, "error": type(error).__name__})
        replies = self._never_silent(text, collected.replies, channel)
        self._record(replies, sender, channel)
        return replies

    async def drained(self) -> None:
        """Wait until all events that are being recorded are stored or given up."""
        await asyncio.gather(*self._recording)

    def _record(self, replies: Sequence[Reply], sender: str, channel: str) -> None:
        """Have red flags stored for review; the patient does not wait for it."""
        noticed = [one for reply in replies if (one := _noticed(reply))]
        if noticed and self._audit:
            task = asyncio.create_task(self._store(self._audit, noticed, sender, channel))
            self._recording.add(task)
            task.add_done_callback(self._recording.discard)

    @staticmethod
    async def _store(audit: TriageLog, noticed: Sequence[Noticed], sender: str, channel: str) -> None:
        try:
            await asyncio.to_thread(audit.record, noticed, sender=sender, channel=channel)
        except Exception as error:
            logger.error("triage event not stored", extra={"error": type(error).__name__})

    def _never_silent(self, text: str, replies: Sequence[Reply], channel: str) -> Sequence[Reply]:
        """`replies`; urgent text before them if the message needs it and the engine did not give it."""
        if not any(reply.kind == "urgent" for reply in replies):
            assessed = assess(text)
            if assessed.is_routed:
                return (urgent_reply(self._clinic, assessed, channel), *replies)
        return tuple(replies) or (failsafe_reply(self._clinic),)


def _noticed(reply: Reply) -> Noticed | None:
    """The event for a reply that a red flag shaped."""
    if reply.kind in ("urgent", "soon"):
        return Noticed(reply.urgency, tuple(reply.red_flags), reply.kind)
    if reply.kind == "ask":
        return Noticed("none", tuple(reply.asked), "question")
    return None
