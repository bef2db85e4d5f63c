"""Who did what: written in the transaction of the deed, read by staff."""

from __future__ import annotations

import datetime as dt
from typing import Any, Mapping

from sqlalchemy import insert, select
from sqlalchemy.engine import Engine

from backtalk.booking.cipher import FieldCipher, Unreadable
from backtalk.booking.request import AuditEntry
from backtalk.booking.tables import AuditRow


class Audit:
    """The table `audit`. `detail` never holds anything of a patient; `note` may and is encrypted."""

    def __init__(self, engine: Engine, cipher: FieldCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def add(
        self,
        connection: Any,
        at: dt.datetime,
        action: str,
        by: str,
        reference: str | None,
        detail: Mapping[str, str],
        note: str | None = None,
    ) -> None:
        """Write one row on `connection`, to be committed with what was done. Raises SQLAlchemyError."""
        connection.execute(
            insert(AuditRow).values(
                at=at.astimezone(dt.timezone.utc).replace(tzinfo=None),
                reference=reference,
                action=action,
                by=by,
                detail=dict(detail),
                note=None if note is None else self._cipher.encrypt(note),
            )
        )

    def trail(self, reference: str) -> tuple[AuditEntry, ...]:
        """What was done with one request, oldest first. Raises SQLAlchemyError."""
        query = select(AuditRow.__table__).where(AuditRow.reference == reference).order_by(AuditRow.id)
        with self._engine.connect() as connection:
            return tuple(self._entry(row) for row in connection.execute(query))

    def _entry(self, row: Any) -> AuditEntry:
        at = row.at.replace(tzinfo=dt.timezone.utc)
        return AuditEntry(at, row.reference, row.action, row.by, dict(row.detail), self._note(row.note))

    def _note(self, stored: str | None) -> str | None:
        if stored is None:
            return None
        try:
            return self._cipher.decrypt(stored)
        except Unreadable:
            return "(stored with another key)"
