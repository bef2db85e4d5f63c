"""What the SMS channel remembers: who has stopped, what a number picks, and what was answered to which text.

All that one text changes is stored in one transaction with the answer to it, so that a text that comes again
changes nothing and gets the same answer.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Iterable

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from backtalk.booking.cipher import FieldCipher, Unreadable
from backtalk.channels.reply import Button
from backtalk.channels.sms_tables import SmsAnswer, SmsContact, SmsDelivered
from backtalk.database_threads import DatabaseThreads

ANSWERS_KEPT = dt.timedelta(hours=24)
READ_SECONDS = 1.0
WRITE_SECONDS = 1.0
SURE_SECONDS = 3.4  # longer than the database itself waits for a lock, so that the outcome is known
_RECENT = 8
_CONTACT = SmsContact.__table__
_ANSWER = SmsAnswer.__table__
_DELIVERED = SmsDelivered.__table__


@dataclass(frozen=True)
class Contact:
    """What is known of a phone. Times are UTC.

    Until `menu_until` a number picks from `menu`, and nothing if that is empty; None leaves numbers to the
    assistant, which may have asked for one.
    """

    is_stopped: bool = False
    notice: int = 0
    menu: tuple[Button, ...] = ()
    menu_until: dt.datetime | None = None
    rest: tuple[str, ...] = ()
    rest_until: dt.datetime | None = None


@dataclass(frozen=True)
class Answer:
    """What is said to a text: a message each, in order. `is_urgent` if the first tells to get help."""

    messages: tuple[str, ...] = ()
    is_urgent: bool = False


@dataclass(frozen=True)
class Known:
    """What the records hold when a text comes in. `answered` is None if it has not come before."""

    contact: Contact
    answered: Answer | None = None
    sent: tuple[str, ...] = ()


class SmsRecords:
    """Reads and writes the tables of the channel. Raises DatabaseTimeout and SQLAlchemyError.

    What was said is encrypted: it may repeat a patient's name and number.
    """

    def __init__(self, engine: Engine, threads: DatabaseThreads, cipher: FieldCipher) -> None:
        self._engine = engine
        self._threads = threads
        self._cipher = cipher

    async def look(self, sender: str, sid: str) -> Known:
        """What is known of `sender`, and of the text `sid`."""
        return await self._threads.call(self._look, sender, sid, seconds=READ_SECONDS)

    async def keep(
        self, sender: str, sid: str, contact: Contact, answer: Answer, *, surely: bool = False
    ) -> None:
        """Store what a text has changed and what was answered. With `surely` it waits until that is known."""
        seconds = SURE_SECONDS if surely else WRITE_SECONDS
        await self._threads.call(self._keep, sender, sid, contact, answer, seconds=seconds)

    def erase(self, sender: str) -> int:
        """Delete all about `sender` but that they have said STOP; how many rows. Waits for the database."""
        with self._engine.begin() as connection:
            rows = connection.execute(delete(_ANSWER).where(_ANSWER.c.sender == sender)).rowcount
            rows += connection.execute(delete(_DELIVERED).where(_DELIVERED.c.sender == sender)).rowcount
            here = _CONTACT.c.sender == sender
            going_on = (here, _CONTACT.c.is_stopped.is_(False))
            rows += connection.execute(delete(_CONTACT).where(*going_on)).rowcount
            forgotten = {"notice": 0, "menu": [], "menu_until": None, "rest": [], "rest_until": None}
            connection.execute(update(_CONTACT).where(here).values(**forgotten))
        return int(rows)

    def purge(self, now: dt.datetime, days: int) -> int:
        """Delete answers after a day, and phones and deliveries `days` after they were last heard of.

        That a phone has said STOP is kept. `now` is UTC; how many rows. Waits for the database.
        """
        before = now - dt.timedelta(days=days)
        with self._engine.begin() as connection:
            rows = connection.execute(delete(_ANSWER).where(_ANSWER.c.at < now - ANSWERS_KEPT)).rowcount
            rows += connection.execute(delete(_DELIVERED).where(_DELIVERED.c.at < before)).rowcount
            old = (_CONTACT.c.last_at < before, _CONTACT.c.is_stopped.is_(False))
            rows += connection.execute(delete(_CONTACT).where(*old)).rowcount
        return int(rows)

    def _look(self, sender: str, sid: str) -> Known:
        with self._engine.connect() as connection:
            row = connection.execute(select(_CONTACT).where(_CONTACT.c.sender == sender)).first()
            contact = self._contact(row) if row else Contact()
            query = select(_ANSWER.c.messages, _ANSWER.c.is_urgent).where(_ANSWER.c.sid == sid)
            answered = connection.execute(query).first()
            messages = self._opened(answered.messages) if answered else ()
            if answered and len(messages) == len(answered.messages):
                return Known(contact, Answer(messages, answered.is_urgent))
            recent = select(_ANSWER.c.messages).where(_ANSWER.c.sender == sender)
            rows = connection.execute(recent.order_by(_ANSWER.c.at.desc()).limit(_RECENT)).scalars()
            return Known(contact, None, tuple(said for messages in rows for said in self._opened(messages)))

    def _keep(self, sender: str, sid: str, contact: Contact, answer: Answer) -> None:
        now = utc_now()
        row = {"sid": sid, "sender": sender, "at": now, "is_urgent": answer.is_urgent}
        try:
            with self._engine.begin() as connection:
                # First, so that a text which another process has answered meanwhile changes nothing.
                connection.execute(insert(_ANSWER).values(messages=self._sealed(answer.messages), **row))
                self._keep_contact(connection, sender, contact, now)
        except IntegrityError:
            return

    def _keep_contact(self, connection: Any, sender: str, contact: Contact, now: dt.datetime) -> None:
        fields: dict[str, Any] = {
            "last_at": now,
            "is_stopped": contact.is_stopped,
            "notice": contact.notice,
            "menu": [[button.title, button.payload] for button in contact.menu],
            "menu_until": contact.menu_until,
            "rest": self._sealed(contact.rest),
            "rest_until": contact.rest_until,
        }
        here = _CONTACT.c.sender == sender
        before = connection.execute(select(_CONTACT.c.is_stopped).where(here)).scalar()
        if bool(before) is not contact.is_stopped:
            fields["stopped_at" if contact.is_stopped else "started_at"] = now
        if before is None:
            connection.execute(insert(_CONTACT).values(sender=sender, first_at=now, **fields))
        else:
            connection.execute(update(_CONTACT).where(here).values(**fields))

    def _contact(self, row: Any) -> Contact:
        return Contact(
            is_stopped=row.is_stopped,
            notice=row.notice,
            menu=tuple(Button(title, payload) for title, payload in row.menu),
            menu_until=row.menu_until,
            rest=self._opened(row.rest),
            rest_until=row.rest_until,
        )

    def _sealed(self, texts: Iterable[str]) -> list[str]:
        return [self._cipher.encrypt(text) for text in texts]

    def _opened(self, sealed: Iterable[str]) -> tuple[str, ...]:
        try:
            return tuple(self._cipher.decrypt(text) for text in sealed)
        except Unreadable:  # of another key: that a phone has stopped must be known all the same
            return ()


def utc_now() -> dt.datetime:
    """The time as the tables hold it."""
    return dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
