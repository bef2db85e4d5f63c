"""What stands between every channel and the engine: no silence, no endless turn, no commands."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from dataclasses import dataclass
from typing import Any, AsyncContextManager, Callable, Protocol, Sequence

from rasa.core.channels.channel import UserMessage

from backtalk.audit.triage_event import Noticed, TriageLog
from backtalk.channels.erasing import Eraser, deletes, erased_first
from backtalk.channels.failsafe import failsafe_reply, not_erased_reply, urgent_reply
from backtalk.channels.kept_tasks import KeptTasks
from backtalk.channels.outcome import outcome_of, topics_of, urgency_of
from backtalk.channels.reply import Reply, ReplyCollector
from backtalk.channels.stored_turns import StoredTurns
from backtalk.channels.turns import Turns, TurnsInProcess
from backtalk.clinic import Clinic
from backtalk.engine.last_turn import PRESSED
from backtalk.engine.open_turn import OpenTurn, begin_turn
from backtalk.triage.assess import assess

logger = logging.getLogger(__name__)
TURN_SECONDS = 5.0
_COMMAND_START = re.compile(r"^[\s/]+")


class Engine(Protocol):
    """What the guard asks of Rasa's agent."""

    async def handle_message(self, message: UserMessage) -> Any:
        """Answer through the message's output channel."""


@dataclass(frozen=True)
class TurnSeen:
    """A turn as logs and metrics see it. `failure` is None, or timeout, error or silent."""

    sender: str
    channel: str
    outcome: str
    urgency: str
    topics: tuple[str, ...]
    seconds: float
    failure: str | None


@dataclass(frozen=True)
class _Result:
    replies: Sequence[Reply]
    failure: str | None
    is_repeated: bool = False


class Guard:
    """Hands messages to the agent and always comes back with at least one reply."""

    def __init__(
        self,
        agent: Engine,
        clinic: Clinic,
        *,
        turn_seconds: float = TURN_SECONDS,
        audit: TriageLog | None = None,
        turns: Turns | None = None,
        stored: StoredTurns | None = None,
        observe: Callable[[TurnSeen], None] | None = None,
        eraser: Eraser | None = None,
        prepare: Callable[[UserMessage], None] = lambda _: None,
    ) -> None:
        """`prepare` is called with a message just before its conversation is read from the database."""
        self._agent = agent
        self._clinic = clinic
        self._turn_seconds = turn_seconds
        self._audit = audit
        self._turns = turns or TurnsInProcess()
        self._stored = stored
        self._observe = observe
        self._eraser = eraser
        self._prepare = prepare
        self._kept = KeptTasks()
        self._answering: dict[tuple[str, str], asyncio.Task[Sequence[Reply]]] = {}

    async def answer(
        self,
        text: str,
        *,
        sender: str,
        channel: str,
        metadata: dict[str, Any] | None = None,
        message_id: str | None = None,
        pressed: str | None = None,
    ) -> Sequence[Reply]:
        """The replies to `text`, within `turn_seconds`; the fail-safe text if there are none.

        That time includes waiting for the sender's earlier messages. A leading slash is dropped, after
        any white space too (Rasa strips it all): Rasa obeys "/restart" and "/any_intent" from anyone.
        `pressed` is the intent of a button that the channel knows to be its own; `text` is its title.
        A `message_id` that comes again gets the same replies and no second turn. The turn goes on if
        the caller is cancelled.
        """
        key = (sender, message_id or "")
        task = self._answering.get(key) if message_id else None
        if task is None:
            message = UserMessage(
                _COMMAND_START.sub("", text),
                ReplyCollector(channel),
                sender,
                input_channel=channel,
                message_id=message_id,
                metadata={**(metadata or {}), PRESSED: pressed} if pressed else metadata,
            )
            task = self._kept.start(self._turn(message, text, message_id))
            if message_id:
                self._answering[key] = task
                task.add_done_callback(lambda _: self._answering.pop(key, None))
        return await asyncio.shield(task)

    def urgent_only(self, text: str, *, channel: str) -> Sequence[Reply]:
        """The urgent text if `text` needs it, else nothing: for messages that get no turn.

        Takes up to a second for the longest texts; may be called in a thread, then `noticed` is due.
        """
        assessed = assess(text)
        return (urgent_reply(self._clinic, assessed, channel),) if assessed.is_routed else ()

    def noticed(self, replies: Sequence[Reply], *, sender: str, channel: str) -> None:
        """Have red flags stored for review; the patient does not wait for it."""
        events = [one for reply in replies if (one := _noticed(reply))]
        if events and self._audit:
            self._kept.start(self._store(self._audit, events, sender, channel))

    def alone(self, sender: str) -> AsyncContextManager[None]:
        """Waits until no turn of `sender` runs, and lets none start meanwhile."""
        return self._turns.of(sender)

    async def drained(self, seconds: float | None = None) -> bool:
        """Wait until turns are finished and events stored; False if `seconds` did not suffice."""
        return await self._kept.finish(seconds)

    async def _turn(self, message: UserMessage, text: str, message_id: str | None) -> Sequence[Reply]:
        started = time.perf_counter()
        task = self._kept.start(self._in_turn(message, text, message_id))
        # Not asyncio.wait_for: that would wait for code that does not let itself be cancelled.
        done, _ = await asyncio.wait({task}, timeout=self._turn_seconds)
        if done:
            result = task.result()
        else:
            task.cancel()
            logger.error("turn timed out", extra={"channel": message.input_channel})
            result = _Result(self._never_silent(message, text), "timeout")
        if not result.is_repeated:
            self._report(message, result, time.perf_counter() - started)
        return result.replies

    async def _in_turn(self, message: UserMessage, text: str, message_id: str | None) -> _Result:
        """Never raises. Holds the sender's turn until it and the replies are stored."""
        sender = message.sender_id
        async with self._turns.of(sender):
            turn = begin_turn(sender) if self._stored else None
            sent = await self._begin(turn, message, message_id)
            if sent:
                return _Result(sent, None, is_repeated=True)
            failure = await self._handle(message)
            replies = self._never_silent(message, text)
            is_deleting = deletes(replies)
            if failure != "error":
                # A turn that failed may be tried again by sending the message again.
                final = replies if failure is None and not is_deleting else ()
                failure = await self._end(turn, message_id, final) or failure
            if is_deleting:  # now that the turn is stored: one that is still being stored could come back
                failed = not_erased_reply(self._clinic)
                replies = await erased_first(replies, sender, self._eraser, failed, is_stored=failure is None)
                if failure is None:
                    await self._end(turn, message_id, replies)
        return _Result(replies, failure)

    async def _begin(
        self, turn: OpenTurn | None, message: UserMessage, message_id: str | None
    ) -> Sequence[Reply] | None:
        """Have the message prepared and the conversation read; what was sent for the message before."""
        if self._stored is None or turn is None:
            return None
        try:
            self._prepare(message)
        except Exception as error:  # the agent meets it again
            logger.error("not prepared", extra={"error": type(error).__name__})
        return await self._stored.begin(turn, message_id)

    async def _handle(self, message: UserMessage) -> str | None:
        """Have the agent answer; what failed, if it did."""
        try:
            await self._agent.handle_message(message)
        except Exception as error:  # the patient gets an answer whatever broke
            # The error's own text may hold the patient's words, so only its type is logged.
            extra = {"channel": message.input_channel, "error": type(error).__name__}
            logger.error("turn failed", extra=extra)
            return "error"
        return None if message.output_channel.replies else "silent"

    async def _end(
        self, turn: OpenTurn | None, message_id: str | None, replies: Sequence[Reply]
    ) -> str | None:
        """Store the turn, and `replies` as sent; what failed, if it did."""
        try:
            if self._stored and turn:
                await self._stored.end(turn, message_id, replies)
        except Exception as error:
            logger.error("turn not stored", extra={"error": type(error).__name__})
            return "error"
        return None

    def _report(self, message: UserMessage, result: _Result, seconds: float) -> None:
        replies, sender, channel = result.replies, message.sender_id, str(message.input_channel)
        self.noticed(replies, sender=sender, channel=channel)
        if self._observe:
            outcome, urgency, topics = outcome_of(replies), urgency_of(replies), topics_of(replies)
            self._observe(TurnSeen(sender, channel, outcome, urgency, topics, seconds, result.failure))

    @staticmethod
    async def _store(audit: TriageLog, noticed: Sequence[Noticed], sender: str, channel: str) -> None:
        try:
            await asyncio.to_thread(audit.record, noticed, sender=sender, channel=channel)
        except Exception as error:
            logger.error("triage event not stored", extra={"error": type(error).__name__})

    def _never_silent(self, message: UserMessage, text: str) -> Sequence[Reply]:
        """What the engine sent; urgent text before it if the patient's words need it and it is missing."""
        replies = tuple(message.output_channel.replies)
        is_button = bool((message.metadata or {}).get(PRESSED))
        if not is_button and not any(reply.kind == "urgent" for reply in replies):
            assessed = assess(text)
            if assessed.is_routed:
                return (urgent_reply(self._clinic, assessed, str(message.input_channel)), *replies)
        return replies or (failsafe_reply(self._clinic),)


def _noticed(reply: Reply) -> Noticed | None:
    """The event for a reply that a red flag shaped."""
    if reply.kind in ("urgent", "soon"):
        return Noticed(reply.urgency, tuple(reply.red_flags), reply.kind)
    if reply.kind == "ask":
        return Noticed("none", tuple(reply.asked), "question")
    return None
