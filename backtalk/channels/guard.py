"""What stands between every channel and the engine: no silence, no endless turn, no commands."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Sequence

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from backtalk.channels.failsafe import failsafe_reply
from backtalk.channels.reply import Reply, ReplyCollector
from backtalk.clinic import Clinic

logger = logging.getLogger(__name__)
TURN_SECONDS = 5.0


class Guard:
    """Hands messages to the agent and always comes back with at least one reply."""

    def __init__(self, agent: Agent, clinic: Clinic, *, turn_seconds: float = TURN_SECONDS) -> None:
        self._agent = agent
        self._clinic = clinic
        self._turn_seconds = turn_seconds

    async def answer(
        self, text: str, *, sender: str, channel: str, metadata: dict[str, Any] | None = None
    ) -> Sequence[Reply]:
        """The replies to `text`, within `turn_seconds`; the fail-safe text if there are none.

        A leading slash is dropped: Rasa obeys "/restart" and "/any_intent" from anyone.
        """
        collected = ReplyCollector(channel)
        message = UserMessage(
            text.lstrip("/ \t"), collected, sender, input_channel=channel, metadata=metadata
        )
        try:
            await asyncio.wait_for(self._agent.handle_message(message), self._turn_seconds)
        except asyncio.TimeoutError:
            logger.error("turn timed out", extra={"channel": channel})
        except Exception as error:  # the patient gets an answer whatever broke
            # The error's own text may hold the patient's words, so only its type is logged.
            logger.error("turn failed", extra={"channel": channel, "error": type(error).__name__})
        if collected.replies:
            return tuple(collected.replies)
        return (failsafe_reply(self._clinic),)
