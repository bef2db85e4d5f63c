"""A text and the answer to it: in order for each phone, once for each text, and in time for Twilio."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import Any, Callable, Mapping, Protocol, Sequence

from backtalk.channels.failsafe import failsafe_reply
from backtalk.channels.guard import Guard
from backtalk.channels.kept_tasks import KeptTasks
from backtalk.channels.reply import Reply
from backtalk.channels.sms_limits import SmsLimits
from backtalk.channels.sms_records import Answer, SmsRecords
from backtalk.channels.sms_reply import sms_reply
from backtalk.channels.sms_request import SmsMessage
from backtalk.channels.sms_steps import SmsSteps, Step, Turn, What
from backtalk.channels.sms_text import fold
from backtalk.channels.turned_away import TurnedAway
from backtalk.clinic import Clinic
from backtalk.content.sms_texts import SmsText, SmsTexts
from backtalk.sms_settings import SmsSettings

logger = logging.getLogger(__name__)
CHANNEL = "sms"
ANSWER_SECONDS = 4.5  # every patient is promised a reply within five
_MOST_EVENTS = 40
_MOST_TURNED_AWAY = 50
_MOST_STOPS = 10_000


class Archive(Protocol):
    """What is asked of stored conversations."""

    async def said(self, session: str, most: int) -> Sequence[Mapping[str, Any]]:
        """The last events of patient and bot, in Rasa's form."""


@dataclass(frozen=True)
class TextSeen:
    """A text as logs and metrics see it."""

    sender: str
    what: What
    messages: int
    is_urgent: bool


class KnownStops:
    """The phones that were seen to have stopped texts, for when the database cannot be asked."""

    def __init__(self) -> None:
        self._senders: dict[str, None] = {}

    def note(self, sender: str, is_stopped: bool) -> None:
        """Remember what the records say; the oldest of many are forgotten."""
        self._senders.pop(sender, None)
        if is_stopped:
            self._senders[sender] = None
            if len(self._senders) > _MOST_STOPS:
                del self._senders[next(iter(self._senders))]

    def has(self, sender: str) -> bool:
        """Whether `sender` is known to have stopped texts."""
        return sender in self._senders


@dataclass
class _Waiting:
    """Whether Twilio still waits for the answer."""

    is_late: bool = False


class SmsConversations:
    """Answers texts. A text that comes again gets the same answer and changes nothing."""

    def __init__(
        self,
        guard: Guard,
        clinic: Clinic,
        archive: Archive,
        records: SmsRecords,
        texts: SmsTexts,
        settings: SmsSettings,
        key: bytes,
        observe: Callable[[TextSeen], None] | None = None,
    ) -> None:
        self._guard = guard
        self._clinic = clinic
        self._archive = archive
        self._records = records
        self._texts = texts
        self._settings = settings
        self._key = key
        self._observe = observe
        self._limits = SmsLimits(settings.rates)
        self._stopped = KnownStops()
        self._turned_away = TurnedAway(guard, CHANNEL, _MOST_TURNED_AWAY)
        self._kept = KeptTasks()

    async def answer(self, message: SmsMessage) -> Answer:
        """What is said to `message`, within `ANSWER_SECONDS`: at worst the fail-safe or the urgent text.

        What runs late goes on, but shows nothing and changes no menu: the patient has not seen it.
        """
        waiting = _Waiting()
        task = self._kept.start(self._in_order(message, waiting))
        done, _ = await asyncio.wait({task}, timeout=ANSWER_SECONDS)
        if done and not task.exception():
            return task.result()
        waiting.is_late = True
        error = type(task.exception()).__name__ if done else "late"
        logger.error("text not answered", extra={"error": error})
        return self._failsafe(message)

    async def drained(self, seconds: float | None = None) -> bool:
        """Wait until all texts are answered; False if `seconds` did not suffice."""
        return await self._kept.finish(seconds)

    async def _in_order(self, message: SmsMessage, waiting: _Waiting) -> Answer:
        sender = message.sender.sender(self._key)
        # Not the turn's own lock, which the guard takes within this one.
        async with self._guard.alone(f"inbox of {sender}"):
            if waiting.is_late:
                return Answer()
            known = await self._records.look(sender, message.sid)
            self._stopped.note(sender, known.contact.is_stopped)
            if known.answered is not None:
                self._report(sender, What.REPEATED, known.answered)
                return known.answered
            steps = SmsSteps(
                self._texts, self._settings, self._limits, self._ask, lambda text: self._urgent(text, sender)
            )
            step = await steps.take(message, sender, known)
            step, answer = self._with_notice(step)
            if waiting.is_late:
                return answer
            answer = await self._stored(sender, message, step, answer)
            self._report(sender, step.what, answer)
            return answer

    def _with_notice(self, step: Step) -> tuple[Step, Answer]:
        """The first answer to a phone brings the notice, after it; urgent text stays alone."""
        reply, contact = step.reply, step.contact
        if reply is None:
            return step, Answer()
        due = contact.notice < self._texts.notice_version
        if not step.notice or not due or reply.is_urgent or reply.is_failsafe:
            return step, Answer((reply.text,), reply.is_urgent)
        told = replace(contact, notice=self._texts.notice_version)
        notice = fold(self._texts.say(SmsText.NOTICE))
        return replace(step, contact=told), Answer((reply.text, notice))

    async def _stored(self, sender: str, message: SmsMessage, step: Step, answer: Answer) -> Answer:
        if step.reply and step.reply.is_failsafe and not step.reply.is_urgent:
            return answer  # the same text again is another try
        word = step.must_be_stored
        try:
            await self._records.keep(sender, message.sid, step.contact, answer, surely=bool(word))
        except Exception as error:
            logger.error("text's answer not stored", extra={"error": type(error).__name__})
            if word:
                return Answer((fold(self._texts.say(SmsText.NOT_SAVED, word=word)),))
        self._stopped.note(sender, step.contact.is_stopped)
        return answer

    async def _ask(self, message: SmsMessage, turn: Turn) -> Sequence[Reply]:
        sender = message.sender.sender(self._key)
        return await self._said_before(sender, message.sid) or await self._guard.answer(
            turn.text, sender=sender, channel=CHANNEL, message_id=message.sid, pressed=turn.intent
        )

    async def _said_before(self, sender: str, sid: str) -> Sequence[Reply]:
        """The replies of a turn that was stored before the server died, and its answer was not."""
        try:
            events = await self._archive.said(sender, _MOST_EVENTS)
        except Exception as error:  # rather a second turn than none
            logger.error("conversation not read", extra={"error": type(error).__name__})
            return ()
        return replies_to(sid, events)

    async def _urgent(self, text: str, sender: str) -> Sequence[Reply]:
        return await self._turned_away.urgent(text, sender=sender)

    def _failsafe(self, message: SmsMessage) -> Answer:
        """For what broke or came late. A phone that said STOP, or sends too many, gets urgent text only."""
        sender = message.sender.sender(self._key)
        urgent = self._guard.urgent_only(message.body, channel=CHANNEL)
        self._guard.noticed(urgent, sender=sender, channel=CHANNEL)
        is_silent = self._stopped.has(sender) or not message.sender.is_person or self._limits.is_over(sender)
        answer = Answer()
        if urgent and (self._settings.urgent_after_stop or not self._stopped.has(sender)):
            answer = Answer((sms_reply(urgent).text,), True)
        elif not is_silent:
            answer = Answer((sms_reply([failsafe_reply(self._clinic)]).text,))
        self._report(sender, What.FAILSAFE, answer)
        return answer

    def _report(self, sender: str, what: What, answer: Answer) -> None:
        if self._observe:
            self._observe(TextSeen(sender, what, len(answer.messages), answer.is_urgent))


def replies_to(message_id: str, events: Sequence[Mapping[str, Any]]) -> Sequence[Reply]:
    """What the bot said to the message with this id, from Rasa's events; nothing if it is not there."""
    replies: list[Reply] = []
    is_it = False
    for event in events:
        if event["event"] == "user":
            is_it = event.get("message_id") == message_id
        elif is_it:
            replies.append(Reply.from_event(event))
    return replies
