"""Changing the keys: everything that is encrypted is encrypted anew with the first key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from backtalk.booking.cipher import FieldCipher, Unreadable
from backtalk.booking.tables import AuditRow, BookingRow

_AT_ONCE = 200


@dataclass(frozen=True)
class Rotated:
    """How many texts have the first key now, and how many none of the keys can read."""

    renewed: int
    unreadable: int


def rotate_keys(engine: Engine, cipher: FieldCipher) -> Rotated:
    """Encrypt all requests and notes with the first key of `cipher`. Raises SQLAlchemyError.

    May run beside a server that knows the same keys, and be run again if it was cut off.
    """
    requests = _rotate(engine, cipher, BookingRow, "details")
    notes = _rotate(engine, cipher, AuditRow, "note")
    return Rotated(requests.renewed + notes.renewed, requests.unreadable + notes.unreadable)


def _rotate(engine: Engine, cipher: FieldCipher, table: Any, column: str) -> Rotated:
    field = getattr(table, column)
    renewed = unreadable = last = 0
    while True:
        with engine.begin() as connection:
            query = select(table.id, field).where(table.id > last, field.is_not(None)).order_by(table.id)
            rows = connection.execute(query.limit(_AT_ONCE)).all()
            if not rows:
                return Rotated(renewed, unreadable)
            for row_id, token in rows:
                try:
                    new = cipher.renew(token)
                except Unreadable:
                    unreadable += 1
                    continue
                # What was erased meanwhile stays erased.
                changed = connection.execute(
                    update(table).where(table.id == row_id, field == token).values({column: new})
                )
                renewed += changed.rowcount
            last = rows[-1][0]
