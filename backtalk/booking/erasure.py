"""Erasing requests for good. The audit keeps that it was done, and nothing of the patient.

Calls wait for the database and raise SQLAlchemyError.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Callable

from sqlalchemy import delete, select, update
from sqlalchemy.engine import Engine

from backtalk.booking.audit import Audit
from backtalk.booking.cipher import FieldCipher
from backtalk.booking.errors import NoSuchRequest
from backtalk.booking.keyed_hash import conversation_hash
from backtalk.booking.requests import PATIENT, utc_now
from backtalk.booking.staff import staff_name
from backtalk.booking.state import OPEN
from backtalk.booking.tables import AuditRow, BookingRow, OutboxRow
from backtalk.database import lasting

RETENTION = "retention"
_AT_ONCE = 500


class Erasure:
    """Deletes requests with their deliveries, and the notes on them."""

    def __init__(
        self, engine: Engine, cipher: FieldCipher, key: bytes, now: Callable[[], dt.datetime] = utc_now
    ) -> None:
        self._engine = engine
        self._audit = Audit(engine, cipher)
        self._key = key
        self._now = now

    def by_reference(self, reference: str, by: str) -> None:
        """Erase one request. Raises NoSuchRequest."""
        if not self._erase(BookingRow.reference == reference, staff_name(by)):
            raise NoSuchRequest(f"There is no request {reference}.")

    def by_conversation(self, conversation: str, by: str = PATIENT, *, only_open: bool = False) -> list[str]:
        """Erase the requests of one conversation, or only the open ones; their references."""
        which = BookingRow.conversation == conversation_hash(self._key, conversation)
        if only_open:
            which = which & BookingRow.state.in_([state.value for state in OPEN])
        who, erased = staff_name(by), []
        while piece := self._erase(which, who):
            erased += piece
        return erased

    def older_than(self, days: int) -> int:
        """Erase what was last changed more than `days` ago, in whatever state; how many."""
        before = (self._now() - dt.timedelta(days=days)).astimezone(dt.timezone.utc).replace(tzinfo=None)
        number = 0
        while erased := self._erase(BookingRow.changed_at < before, RETENTION):
            number += len(erased)
        return number

    def _erase(self, which: Any, by: str) -> list[str]:
        with lasting(self._engine) as connection:
            rows = connection.execute(
                select(BookingRow.id, BookingRow.reference, BookingRow.state).where(which).limit(_AT_ONCE)
            ).all()
            ids, references = [row.id for row in rows], [row.reference for row in rows]
            if not ids:
                return []
            connection.execute(delete(OutboxRow).where(OutboxRow.request_id.in_(ids)))
            connection.execute(delete(BookingRow).where(BookingRow.id.in_(ids)))
            connection.execute(update(AuditRow).where(AuditRow.reference.in_(references)).values(note=None))
            for row in rows:
                self._audit.add(connection, self._now(), "erased", by, row.reference, {"from": row.state})
        return references
