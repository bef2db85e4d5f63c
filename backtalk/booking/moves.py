"""Taking a request from state to state, so that of two members of staff at once only one succeeds."""

from __future__ import annotations

import datetime as dt
from typing import Any, Callable

from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from backtalk.booking.audit import Audit
from backtalk.booking.errors import BookingError, IllegalMove, NoSuchRequest, StaleMove
from backtalk.booking.staff import staff_name
from backtalk.booking.state import State
from backtalk.booking.tables import BookingRow
from backtalk.database import lasting


class Moves:
    """Moves requests in the database behind `engine`; each move is written to `audit` with it."""

    def __init__(self, engine: Engine, audit: Audit, now: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._audit = audit
        self._now = now

    def move(
        self, reference: str, state: State, by: str, seen: int | None, at: dt.datetime | None, reason: str
    ) -> None:
        """See Requests.move."""
        who = staff_name(by)
        appointment = self._appointment(state, at)
        with lasting(self._engine) as connection:
            row = connection.execute(
                select(BookingRow.state, BookingRow.version).where(BookingRow.reference == reference)
            ).one_or_none()
            if row is None:
                raise NoSuchRequest(f"There is no request {reference}.")
            before = State(row.state)
            if seen is not None and seen != row.version:
                raise StaleMove(f"{reference} was changed by somebody else and is now {before.value}.")
            if state not in before.moves:
                raise IllegalMove(_why_not(reference, before, state))
            changed = connection.execute(
                update(BookingRow)
                .where(BookingRow.reference == reference, BookingRow.version == row.version)
                .values(self._values(state, row.version + 1, who, appointment))
            )
            if changed.rowcount != 1:
                raise StaleMove(f"{reference} was changed by somebody else at the same moment.")
            detail = {"from": before.value, "to": state.value}
            if appointment:
                detail["at"] = appointment.isoformat() + "Z"
            note = reason.strip() or None
            self._audit.add(connection, self._now(), state.value, who, reference, detail, note)

    def _values(
        self, state: State, version: int, who: str, appointment: dt.datetime | None
    ) -> dict[str, Any]:
        values: dict[str, Any] = {
            "state": state.value,
            "version": version,
            "changed_at": _stored(self._now()),
        }
        if state is State.CLAIMED:
            values["claimed_by"] = who
        if appointment:
            values["appointment_at"] = appointment
        if not state.is_open:
            values["repeat_key"] = None
        return values

    def _appointment(self, state: State, at: dt.datetime | None) -> dt.datetime | None:
        if state is not State.BOOKED:
            if at is not None:
                raise BookingError(f"A time goes with {State.BOOKED.value} only, not with {state.value}.")
            return None
        if at is None:
            raise BookingError("To book, give the date and time of the appointment.")
        if at < self._now() - dt.timedelta(days=1):
            raise BookingError("The appointment is in the past. Check the year.")
        return _stored(at)


def _why_not(reference: str, before: State, wanted: State) -> str:
    moves = " or ".join(state.value for state in before.moves)
    allowed = f"From there it can go to {moves}." if moves else "That is the end; nothing follows."
    return f"{reference} is {before.value} and cannot become {wanted.value}. {allowed}"


def _stored(at: dt.datetime) -> dt.datetime:
    return at.astimezone(dt.timezone.utc).replace(tzinfo=None)
