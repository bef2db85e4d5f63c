"""The outbox: what still has to be delivered, taken by one worker at a time, kept until staff let go of it.

A worker takes rows by a lease. If it dies, the lease runs out and another takes them: so every parcel is
delivered at least once, and a receiver knows a repeat by its key. Calls wait for the database.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import uuid
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Sequence

from sqlalchemy import func, or_, select, update
from sqlalchemy.engine import Engine

from backtalk.booking.audit import Audit
from backtalk.booking.cipher import FieldCipher, Unreadable
from backtalk.booking.delivery.adapter import LONGEST_SECONDS, Parcel
from backtalk.booking.errors import NoSuchDelivery
from backtalk.booking.reading import aware, delivery
from backtalk.booking.request import Delivery, DeliveryState
from backtalk.booking.requests import utc_now
from backtalk.booking.staff import staff_name
from backtalk.booking.tables import BookingRow, OutboxRow
from backtalk.booking.wanted import from_dict

MAX_ATTEMPTS = 60  # with the pauses below, about a day
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 3600.0
LEASE = dt.timedelta(seconds=3 * LONGEST_SECONDS)
_TABLE = OutboxRow.__table__
_WAITING, _DEAD = DeliveryState.WAITING.value, DeliveryState.DEAD.value


@dataclass(frozen=True)
class Taken:
    """A parcel that this worker alone may deliver until its lease runs out. None: it cannot be read."""

    id: str
    lease: str
    attempt: int
    parcel: Parcel | None


class Outbox:
    """The table `outbox`. `jitter(a, b)` is a random number between its two; tests give their own."""

    def __init__(
        self,
        engine: Engine,
        cipher: FieldCipher,
        now: Callable[[], dt.datetime] = utc_now,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._engine = engine
        self._cipher = cipher
        self._now = now
        self._jitter = jitter
        self._audit = Audit(engine, cipher)

    def take(self, target: str, most: int) -> tuple[Taken, ...]:
        """Up to `most` parcels for `target` that are due, leased to the caller. Raises SQLAlchemyError."""
        now, lease = self._stored_now(), str(uuid.uuid4())
        ready = (
            OutboxRow.target == target,
            OutboxRow.state == _WAITING,
            OutboxRow.due_at <= now,
            or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until < now),
        )
        with self._engine.begin() as connection:
            # PostgreSQL skips what another worker is just taking. SQLite knows no such lock: there the
            # condition is looked at once more by the update, which only one writer can do at a time.
            found = connection.execute(
                select(OutboxRow.id, OutboxRow.attempts)
                .where(*ready)
                .order_by(OutboxRow.due_at)
                .limit(most)
                .with_for_update(skip_locked=True)
            ).all()
            if not found:
                return ()
            # A parcel on which workers die again and again comes to an end too.
            spent = [row.id for row in found if row.attempts >= MAX_ATTEMPTS]
            if spent:
                connection.execute(
                    update(OutboxRow)
                    .where(OutboxRow.id.in_(spent), *ready)
                    .values(state=_DEAD, last_error="no try came to an end")
                )
            connection.execute(
                update(OutboxRow)
                .where(OutboxRow.id.in_([row.id for row in found]), *ready)
                .values(lease=lease, leased_until=now + LEASE, attempts=OutboxRow.attempts + 1)
            )
            taken = connection.execute(
                select(_TABLE, BookingRow.reference, BookingRow.details, BookingRow.due_at.label("promised"))
                .join(BookingRow, BookingRow.id == OutboxRow.request_id)
                .where(OutboxRow.lease == lease)
            ).all()
        return tuple(self._taken(row, lease) for row in taken)

    def delivered(self, taken: Taken) -> None:
        """Note that the target has it. Raises SQLAlchemyError."""
        state = DeliveryState.DELIVERED.value
        self._settle(taken, {"state": state, "delivered_at": self._stored_now(), "last_error": None})

    def failed(self, taken: Taken, why: str, *, again: bool, after: float | None = None) -> DeliveryState:
        """Note a failure: to be tried `again` after a pause, not before `after` seconds, or dead.

        Raises SQLAlchemyError.
        """
        if not again or taken.attempt >= MAX_ATTEMPTS:
            self._settle(taken, {"state": _DEAD, "last_error": why[:200]})
            return DeliveryState.DEAD
        pause = max(pause_before(taken.attempt, self._jitter), after or 0.0)
        due = self._stored_now() + dt.timedelta(seconds=pause)
        self._settle(taken, {"due_at": due, "last_error": why[:200]})
        return DeliveryState.WAITING

    def hasten(self, target: str) -> None:
        """Have everything for `target` tried now: it is back. Raises SQLAlchemyError."""
        now = self._stored_now()
        with self._engine.begin() as connection:
            connection.execute(
                update(OutboxRow)
                .where(OutboxRow.target == target, OutboxRow.state == _WAITING, OutboxRow.due_at > now)
                .values(due_at=now)
            )

    def listing(
        self, states: Sequence[DeliveryState] = (DeliveryState.DEAD, DeliveryState.WAITING), most: int = 200
    ) -> tuple[Delivery, ...]:
        """Deliveries in these states, dead ones first, then by age. Raises SQLAlchemyError."""
        query = (
            select(_TABLE, BookingRow.reference)
            .join(BookingRow, BookingRow.id == OutboxRow.request_id)
            .where(OutboxRow.state.in_([state.value for state in states]))
            .order_by(OutboxRow.state, OutboxRow.created_at)  # "dead" comes before "waiting"
            .limit(most)
        )
        with self._engine.connect() as connection:
            return tuple(delivery(row, row.reference) for row in connection.execute(query))

    def counts(self) -> Mapping[DeliveryState, int]:
        """How many deliveries are in each state. Raises SQLAlchemyError."""
        query = select(OutboxRow.state, func.count()).group_by(OutboxRow.state)
        with self._engine.connect() as connection:
            found = {DeliveryState(state): number for state, number in connection.execute(query)}
        return {state: found.get(state, 0) for state in DeliveryState}

    def retry(self, delivery_id: str, by: str) -> None:
        """Have a waiting or dead delivery tried now, from the first attempt on.

        Raises NoSuchDelivery, SQLAlchemyError.
        """
        values = {"state": _WAITING, "attempts": 0, "due_at": self._stored_now()}
        self._decide(delivery_id, by, "retry", values)

    def drop(self, delivery_id: str, by: str) -> None:
        """Give up a waiting or dead delivery: staff have passed it on otherwise. Raises as `retry`."""
        self._decide(delivery_id, by, "drop", {"state": DeliveryState.DROPPED.value})

    def _decide(self, delivery_id: str, by: str, action: str, values: Mapping[str, Any]) -> None:
        who = staff_name(by)
        now = self._stored_now()
        undecided = (OutboxRow.id == delivery_id, OutboxRow.state.in_((_WAITING, _DEAD)))
        with self._engine.begin() as connection:
            row = connection.execute(
                select(BookingRow.reference, OutboxRow.target)
                .join(BookingRow, BookingRow.id == OutboxRow.request_id)
                .where(*undecided)
            ).one_or_none()
            if row is None:
                raise NoSuchDelivery(f"There is no delivery {delivery_id} that waits or is dead.")
            # While a worker has it, its lease goes on: it is never under way twice.
            connection.execute(
                update(OutboxRow)
                .where(*undecided)
                .values({"lease": None, **values} if action == "drop" else dict(values))
            )
            self._audit.add(
                connection, aware(now), f"delivery {action}", who, row.reference, {"target": row.target}
            )

    def _taken(self, row: Any, lease: str) -> Taken:
        try:
            wanted = from_dict(json.loads(self._cipher.decrypt(row.details)))
        except Unreadable:
            return Taken(row.id, lease, row.attempts, None)
        parcel = Parcel(
            key=row.id,
            reference=row.reference,
            target=row.target,
            attempt=row.attempts,
            asked_at=aware(row.created_at),
            due_at=aware(row.promised),
            wanted=wanted,
        )
        return Taken(row.id, lease, row.attempts, parcel)

    def _settle(self, taken: Taken, values: Mapping[str, Any]) -> None:
        # Who lost the lease has lost the word too: another worker has the parcel now.
        mine = (OutboxRow.id == taken.id, OutboxRow.lease == taken.lease, OutboxRow.state == _WAITING)
        with self._engine.begin() as connection:
            connection.execute(
                update(OutboxRow).where(*mine).values({"lease": None, "leased_until": None, **values})
            )

    def _stored_now(self) -> dt.datetime:
        return self._now().astimezone(dt.timezone.utc).replace(tzinfo=None)


def pause_before(attempt: int, jitter: Callable[[float, float], float]) -> float:
    """Seconds until the try after `attempt` (1 for the first): exponential, with full jitter.

    Full jitter: any time up to the limit, so that many parcels do not all come back at once
    (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015).
    """
    return jitter(0.0, min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(attempt - 1, 20)))
