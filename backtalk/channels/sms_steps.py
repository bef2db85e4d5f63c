"""What a text asks for and what is done for it: keywords, menus, MORE, awkward texts, or a turn."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import Enum
from typing import Awaitable, Callable, Sequence

from backtalk.channels.reply import Button, Reply
from backtalk.channels.sms_keywords import Keyword, keyword_of
from backtalk.channels.sms_limits import SmsLimits
from backtalk.channels.sms_machines import is_auto_reply, is_reaction, says_back
from backtalk.channels.sms_picks import INTENT, Missed, is_task, picked
from backtalk.channels.sms_records import Contact, Known, utc_now
from backtalk.channels.sms_reply import SmsReply, sms_reply
from backtalk.channels.sms_request import OptOut, SmsMessage
from backtalk.channels.sms_text import fold, paged
from backtalk.content.sms_texts import SmsText, SmsTexts
from backtalk.sms_settings import SmsSettings
from backtalk.understanding.text import clean
from backtalk.understanding.understanding import MAX_CHARACTERS

MENU_KEPT = dt.timedelta(hours=24)
TASK_MENU_KEPT = dt.timedelta(hours=4)  # as long as the engine keeps a symptom check open
REST_KEPT = dt.timedelta(hours=24)
_SOURCES, _SIMPLER = "about_sources", "chitchat_repeat_simpler"


class What(str, Enum):
    """What became of a text, for logs and metrics."""

    TURN = "turn"
    PICK = "pick"
    MORE = "more"
    MENU = "menu"
    HELP = "help"
    STOP = "stop"
    START = "start"
    STOPPED = "stopped"
    LIMITED = "limited"
    LOOP = "loop"
    MACHINE = "machine"
    AWKWARD = "awkward"
    NO_PERSON = "no_person"
    REPEATED = "repeated"
    FAILSAFE = "failsafe"


@dataclass(frozen=True)
class Step:
    """What is said to a text, and what is known of the phone after it. An empty `reply` says nothing.

    `must_be_stored` names the keyword that is confirmed only once it is stored. `notice` says whether the
    first notice may go with it.
    """

    what: What
    contact: Contact
    reply: SmsReply | None = None
    notice: bool = False
    must_be_stored: str | None = None


@dataclass(frozen=True)
class Turn:
    """Words for the assistant; `intent` if they are a button's."""

    text: str
    intent: str | None = None


Ask = Callable[[SmsMessage, Turn], Awaitable[Sequence[Reply]]]
FindUrgent = Callable[[str], Awaitable[Sequence[Reply]]]


class SmsSteps:
    """Decides. `ask` runs a turn of the assistant, `find_urgent` looks for red flags without one."""

    def __init__(
        self, texts: SmsTexts, settings: SmsSettings, limits: SmsLimits, ask: Ask, find_urgent: FindUrgent
    ) -> None:
        self._texts = texts
        self._settings = settings
        self._limits = limits
        self._ask = ask
        self._find_urgent = find_urgent

    async def take(self, message: SmsMessage, sender: str, known: Known) -> Step:
        """The step for a text that has not been answered yet."""
        contact = known.contact
        is_over = self._limits.is_over(sender)
        if not message.sender.is_person:
            return await self._urgent_or(message, Step(What.NO_PERSON, contact))
        keyword = keyword_of(message.body, is_stopped=contact.is_stopped)
        if message.opt_out is OptOut.STOP or keyword is Keyword.STOP:
            return self._stop(contact, by_twilio=self._twilio_answers(message))
        if message.opt_out is OptOut.START or keyword is Keyword.START:
            return self._start(contact, silently=self._twilio_answers(message))
        if is_over and not contact.is_stopped:
            return await self._urgent_or(message, self._too_many(sender, contact))
        if not is_over and (message.opt_out is OptOut.HELP or keyword is Keyword.HELP):
            silent = self._twilio_answers(message)
            return Step(What.HELP, contact, None if silent else self._said(SmsText.HELP))
        if contact.is_stopped:
            step = Step(What.STOPPED, contact)
            return await self._urgent_or(message, step) if self._settings.urgent_after_stop else step
        awkward = await self._awkward(message, sender, known)
        if awkward:
            return awkward
        return self._own(keyword, contact) or await self._turn(message, keyword, contact)

    # Keywords that the carriers know.

    def _twilio_answers(self, message: SmsMessage) -> bool:
        return message.opt_out is not None or not self._settings.answers_keywords

    def _stop(self, contact: Contact, *, by_twilio: bool) -> Step:
        after = replace(contact, is_stopped=True, menu=(), menu_until=None, rest=(), rest_until=None)
        if contact.is_stopped or by_twilio:
            return Step(What.STOP, after)
        urgent = self._settings.urgent_after_stop
        said = self._said(SmsText.STOPPED_BUT_URGENT if urgent else SmsText.STOPPED)
        return Step(What.STOP, after, said, must_be_stored="STOP")

    def _start(self, contact: Contact, *, silently: bool) -> Step:
        after = replace(contact, is_stopped=False)
        if silently:
            return Step(What.START, after)
        if not contact.is_stopped:
            return Step(What.START, after, self._said(SmsText.ALREADY_STARTED), notice=True)
        return Step(What.START, after, self._said(SmsText.STARTED), must_be_stored="START")

    # Texts that get no turn.

    def _too_many(self, sender: str, contact: Contact) -> Step:
        if not self._limits.may_tell(sender):
            return Step(What.LIMITED, contact)
        return Step(What.LIMITED, contact, self._said(SmsText.TOO_MANY))

    async def _urgent_or(self, message: SmsMessage, step: Step) -> Step:
        """`step`, or urgent text if the words need it, however often they come."""
        replies = await self._find_urgent(message.body)
        if not replies:
            return step
        return replace(step, reply=sms_reply(replies), notice=False)

    async def _awkward(self, message: SmsMessage, sender: str, known: Known) -> Step | None:
        contact, body = known.contact, message.body
        if len(clean(body)) > MAX_CHARACTERS:
            said = self._said(SmsText.TOO_LONG)
            return await self._urgent_or(message, Step(What.AWKWARD, contact, said, notice=True))
        if says_back(body, known.sent):
            return Step(What.MACHINE, contact)
        if is_reaction(body) or is_auto_reply(body, self._texts.auto_replies):
            return await self._urgent_or(message, Step(What.MACHINE, contact))
        if self._limits.is_loop(sender, body):
            return await self._urgent_or(message, replace(self._too_many(sender, contact), what=What.LOOP))
        if not body.strip():
            text = SmsText.LOCATION if message.has_location else SmsText.MEDIA
            said = self._said(text if message.has_location or message.has_media else SmsText.EMPTY)
            return Step(What.AWKWARD, contact, said, notice=True)
        return None

    # This channel's own words.

    def _own(self, keyword: Keyword | None, contact: Contact) -> Step | None:
        if keyword is Keyword.MENU:
            buttons = tuple(Button(item.title, f"{INTENT}{item.intent}") for item in self._texts.menu)
            lines = [f"{n} {button.title}" for n, button in enumerate(buttons, start=1)]
            reply = _paged("\n".join([self._texts.say(SmsText.MENU), *lines]), buttons)
            return Step(What.MENU, _after(contact, reply), reply, notice=True)
        if keyword is Keyword.MORE and contact.rest_until and utc_now() < contact.rest_until:
            if not contact.rest:
                return Step(What.MORE, contact, self._said(SmsText.NOTHING_MORE))
            text, *rest = contact.rest
            return Step(What.MORE, replace(contact, rest=tuple(rest)), SmsReply(text), notice=True)
        return None

    # Turns of the assistant.

    async def _turn(self, message: SmsMessage, keyword: Keyword | None, contact: Contact) -> Step:
        what, turn = What.TURN, Turn(message.body)
        if keyword is Keyword.SOURCES:
            turn = Turn(message.body, _SOURCES)
        elif keyword is Keyword.SIMPLER:
            turn = Turn(message.body, _SIMPLER)
        else:
            found = picked(message.body, contact, utc_now())
            if isinstance(found, Missed):
                return Step(What.PICK, contact, self._missed(found, contact.menu))
            if found:
                what, turn = What.PICK, _pressed(found)
        replies = await self._ask(message, turn)
        note = self._texts.say(SmsText.MEDIA_TOO) if message.has_media else ""
        reply = sms_reply(replies, note=note)
        return Step(what, _after(contact, reply), reply, notice=True)

    def _missed(self, why: Missed, menu: Sequence[Button]) -> SmsReply:
        if why is Missed.NOT_THERE:
            return _paged(self._texts.say(SmsText.NO_SUCH_NUMBER, last=str(len(menu))))
        return self._said(SmsText.NO_MENU if why is Missed.NO_MENU else SmsText.MENU_EXPIRED)

    def _said(self, text: SmsText) -> SmsReply:
        return _paged(self._texts.say(text))


def _pressed(button: Button) -> Turn:
    if button.payload.startswith(INTENT):
        return Turn(button.title, button.payload[len(INTENT) :])
    return Turn(button.payload)


def _paged(text: str, menu: tuple[Button, ...] = ()) -> SmsReply:
    first, *rest = paged(fold(text))
    return SmsReply(first, tuple(rest), menu)


def _after(contact: Contact, reply: SmsReply) -> Contact:
    """`contact` when it has been shown `reply`: its menu and its rest take the place of earlier ones."""
    now = utc_now()
    kept = TASK_MENU_KEPT if is_task(reply.menu) else MENU_KEPT
    return replace(
        contact,
        menu=reply.menu,
        menu_until=now + kept if reply.menu or reply.is_answer else None,
        rest=reply.rest,
        rest_until=now + REST_KEPT if reply.rest else None,
    )
