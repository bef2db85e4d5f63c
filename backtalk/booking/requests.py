"""Booking requests in the database: stored once, moved from state to state, every step in the audit.

All calls wait for the database: keep them off an event loop.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any, Callable, Mapping, Sequence

from sqlalchemy import insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from backtalk.booking.audit import Audit
from backtalk.booking.calendar import calendar_file
from backtalk.booking.cipher import FieldCipher
from backtalk.booking.errors import BookingError, NotStored
from backtalk.booking.export import ExportForm, exported
from backtalk.booking.keyed_hash import conversation_hash, keyed_hash
from backtalk.booking.moves import Moves
from backtalk.booking.promise import due_at
from backtalk.booking.reading import RequestReader
from backtalk.booking.reference import candidates
from backtalk.booking.request import AuditEntry, BookingRequest, DeliveryState
from backtalk.booking.staff import staff_name
from backtalk.booking.state import OPEN, State
from backtalk.booking.tables import AuditRow, BookingRow, OutboxRow
from backtalk.booking.wanted import Wanted, to_dict
from backtalk.clinic import Clinic
from backtalk.database import lasting

STORE_SECONDS = 1.5
_TRIES = 3
_ALL = 100_000
PATIENT = "patient"


def utc_now() -> dt.datetime:
    """Now, aware, in UTC."""
    return dt.datetime.now(dt.timezone.utc)


class Requests:
    """The booking requests of one clinic. `clinic.handoff` says what is promised and who is told."""

    def __init__(
        self,
        engine: Engine,
        cipher: FieldCipher,
        key: bytes,
        clinic: Clinic,
        now: Callable[[], dt.datetime] = utc_now,
    ) -> None:
        self._engine = engine
        self._cipher = cipher
        self._key = key
        self._clinic = clinic
        self._now = now
        self._audit = Audit(engine, cipher)
        self._reader = RequestReader(engine, cipher)
        self._moves = Moves(engine, self._audit, now)

    def store(self, wanted: Wanted, *, conversation: str) -> str:
        """Store the request with its deliveries; its reference, such as "BT-7K3Q".

        It is committed when this returns. The same summary from the same conversation gives the same
        reference for as long as that request is open. Raises NotStored, usually within 2 seconds.
        """
        repeat = keyed_hash(self._key, "request", conversation, wanted.summary())
        for _ in range(_TRIES):
            try:
                return self._store(wanted, conversation, repeat)
            except IntegrityError:
                continue  # somebody was first: with this very request, or with its reference
            except SQLAlchemyError as error:
                raise NotStored(f"the database did not commit ({type(error).__name__})") from error
        raise NotStored("no free reference was found")

    def find_open(self, conversation: str) -> str | None:
        """The reference of this conversation's last open request, or None. Raises SQLAlchemyError."""
        query = (
            select(BookingRow.reference)
            .where(
                BookingRow.conversation == conversation_hash(self._key, conversation),
                BookingRow.state.in_([state.value for state in OPEN]),
            )
            .order_by(BookingRow.id.desc())
        )
        with self._engine.connect() as connection:
            found = connection.execute(query).scalars().first()
        return None if found is None else str(found)

    def listing(
        self,
        *,
        states: Sequence[State] = OPEN,
        text: str = "",
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[BookingRequest, ...]:
        """Requests in these states, most pressing first: undelivered, overdue, new, claimed, oldest.

        `text` finds a reference, or a part of a name or phone number. Raises SQLAlchemyError.
        """
        return self._reader.listing(states, text, limit, offset, self._now())

    def newest_is_readable(self) -> bool:
        """Whether the keys are those of the last request. Raises SQLAlchemyError."""
        return self._reader.newest_is_readable()

    def counts(self) -> Mapping[State, int]:
        """How many requests there are in each state. Raises SQLAlchemyError."""
        return self._reader.counts()

    def get(self, reference: str) -> BookingRequest:
        """One request. Raises NoSuchRequest, SQLAlchemyError."""
        return self._reader.get(reference)

    def trail(self, reference: str) -> tuple[AuditEntry, ...]:
        """All that was done with a request, oldest first; also if it was erased. Raises SQLAlchemyError."""
        return self._audit.trail(reference)

    def move(
        self,
        reference: str,
        state: State,
        by: str,
        *,
        seen: int | None = None,
        at: dt.datetime | None = None,
        reason: str = "",
    ) -> BookingRequest:
        """Take a request to `state`; the request as it is then.

        `at` (aware) is the time of the appointment, for BOOKED only; `reason` becomes a note; `seen` is
        the version that the member of staff `by` had before them. Raises NoSuchRequest, IllegalMove,
        StaleMove, SQLAlchemyError, and BookingError for a bad name or time.
        """
        self._moves.move(reference, state, by, seen, at, reason)
        return self.get(reference)

    def note(self, reference: str, text: str, by: str) -> None:
        """Add a note. Raises NoSuchRequest, SQLAlchemyError, and BookingError for an empty or long text."""
        if not text.strip() or len(text) > 2000:
            raise BookingError("A note has from 1 to 2,000 characters.")
        self.get(reference)
        with lasting(self._engine) as connection:
            self._audit.add(connection, self._now(), "note", staff_name(by), reference, {}, note=text)

    def export(
        self, form: ExportForm, by: str, *, states: Sequence[State] = tuple(State), text: str = ""
    ) -> str:
        """A file of the requests that `listing` would find; the audit keeps who took it.

        Raises SQLAlchemyError, and BookingError for a bad name.
        """
        who = staff_name(by)
        found = self.listing(states=states, text=text, limit=_ALL)
        with lasting(self._engine) as connection:
            detail = {"form": form.value, "requests": str(len(found))}
            self._audit.add(connection, self._now(), "export", who, None, detail)
        return exported(found, form, self._clinic.timezone)

    def calendar(self, reference: str) -> str:
        """An .ics file of the appointment. Raises NoSuchRequest, IllegalMove, SQLAlchemyError."""
        return calendar_file(self.get(reference), self._clinic)

    def _store(self, wanted: Wanted, conversation: str, repeat: str) -> str:
        now = self._now()
        with lasting(self._engine, STORE_SECONDS) as connection:
            known = connection.execute(
                select(BookingRow.reference).where(BookingRow.repeat_key == repeat)
            ).scalar()
            if known is not None:
                return str(known)
            reference = _free_reference(connection)
            handoff = self._clinic.handoff
            due = due_at(now, handoff.reply_hours, self._clinic.timezone, self._clinic.opening_hours)
            inserted = connection.execute(
                insert(BookingRow).values(
                    reference=reference,
                    conversation=conversation_hash(self._key, conversation),
                    repeat_key=repeat,
                    phone_hash=keyed_hash(self._key, "phone", wanted.phone),
                    state=State.NEW.value,
                    version=1,
                    channel=wanted.channel,
                    consent_version=wanted.consent_version,
                    created_at=_stored(now),
                    changed_at=_stored(now),
                    due_at=_stored(due),
                    details=self._cipher.encrypt(json.dumps(to_dict(wanted))),
                )
            )
            (request_id,) = inserted.inserted_primary_key
            for target in handoff.deliver:
                connection.execute(
                    insert(OutboxRow).values(
                        id=str(uuid.uuid4()),
                        request_id=request_id,
                        target=target.name,
                        state=DeliveryState.WAITING.value,
                        attempts=0,
                        created_at=_stored(now),
                        due_at=_stored(now),
                    )
                )
            detail = {"channel": wanted.channel, "consent": wanted.consent_version}
            self._audit.add(connection, now, "stored", PATIENT, reference, detail)
        return reference


def _free_reference(connection: Any) -> str:
    # The audit keeps the references of erased requests: none is ever used twice.
    tried = candidates()
    taken = set(connection.execute(select(AuditRow.reference).where(AuditRow.reference.in_(tried))).scalars())
    return next((one for one in tried if one not in taken), tried[-1])


def _stored(at: dt.datetime) -> dt.datetime:
    return at.astimezone(dt.timezone.utc).replace(tzinfo=None)
