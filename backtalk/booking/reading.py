"""Reading booking requests: one, or a list with the most pressing first."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from typing import Any, Iterable, Mapping, Sequence

from sqlalchemy import and_, case, exists, func, select
from sqlalchemy.engine import Engine

from backtalk.booking.cipher import FieldCipher, Unreadable
from backtalk.booking.errors import NoSuchRequest
from backtalk.booking.reference import read_reference
from backtalk.booking.request import UNREADABLE, BookingRequest, Delivery, DeliveryState
from backtalk.booking.state import OPEN, State
from backtalk.booking.tables import BookingRow, OutboxRow
from backtalk.booking.wanted import Wanted, from_dict

_AT_ONCE = 500  # databases limit how many values one query may name
_TABLE = BookingRow.__table__
_OPEN = [state.value for state in OPEN]
_ORDER = [state.value for state in State]


class RequestReader:
    """Decrypts only what it returns or has to look through. Raises SQLAlchemyError."""

    def __init__(self, engine: Engine, cipher: FieldCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def get(self, reference: str) -> BookingRequest:
        """One request. Raises NoSuchRequest."""
        with self._engine.connect() as connection:
            row = connection.execute(select(_TABLE).where(BookingRow.reference == reference)).one_or_none()
            if row is None:
                raise NoSuchRequest(f"There is no request {reference}.")
            return self._with_relations(connection, [row])[0]

    def newest_is_readable(self) -> bool:
        """Whether the keys at hand read the request that came last; True if there is none."""
        query = select(BookingRow.details).order_by(BookingRow.id.desc()).limit(1)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return row is None or self._wanted(row)[1]

    def counts(self) -> dict[State, int]:
        """How many requests are in each state."""
        query = select(BookingRow.state, func.count()).group_by(BookingRow.state)
        with self._engine.connect() as connection:
            found = {State(state): number for state, number in connection.execute(query)}
        return {state: found.get(state, 0) for state in State}

    def listing(
        self, states: Sequence[State], text: str, limit: int, offset: int, now: dt.datetime
    ) -> tuple[BookingRequest, ...]:
        """See Requests.listing."""
        query = (
            select(_TABLE)
            .where(BookingRow.state.in_([state.value for state in states]))
            .order_by(*_most_pressing_first(now), BookingRow.created_at, BookingRow.id)
        )
        reference = read_reference(text) if text else None
        if reference:
            query = query.where(BookingRow.reference == reference)
        with self._engine.connect() as connection:
            if text.strip() and not reference:
                found = self._matching(connection.execute(query), text)[offset : offset + limit]
            else:
                found = connection.execute(query.limit(limit).offset(offset)).all()
            pieces = [found[start : start + _AT_ONCE] for start in range(0, len(found), _AT_ONCE)]
            return tuple(one for piece in pieces for one in self._with_relations(connection, piece))

    def _matching(self, rows: Iterable[Any], text: str) -> list[Any]:
        wanted = text.casefold().strip()
        digits = "".join(character for character in text if character.isdigit())
        found = []
        for row in rows:
            said, _ = self._wanted(row)
            in_phone = len(digits) >= 3 and digits in said.phone
            if wanted in said.name.casefold() or in_phone or wanted in row.reference.casefold():
                found.append(row)
        return found

    def _with_relations(self, connection: Any, rows: Sequence[Any]) -> tuple[BookingRequest, ...]:
        deliveries = _deliveries(connection, {row.id: row.reference for row in rows})
        duplicates = _same_phone(connection, {row.phone_hash for row in rows})
        return tuple(self._request(row, deliveries[row.id], duplicates[row.phone_hash]) for row in rows)

    def _request(self, row: Any, deliveries: Sequence[Delivery], same: Sequence[str]) -> BookingRequest:
        wanted, readable = self._wanted(row)
        return BookingRequest(
            reference=row.reference,
            state=State(row.state),
            version=row.version,
            wanted=wanted,
            created_at=aware(row.created_at),
            changed_at=aware(row.changed_at),
            due_at=aware(row.due_at),
            claimed_by=row.claimed_by,
            appointment_at=aware(row.appointment_at) if row.appointment_at else None,
            deliveries=tuple(deliveries),
            duplicates=tuple(one for one in same if one != row.reference),
            readable=readable,
        )

    def _wanted(self, row: Any) -> tuple[Wanted, bool]:
        try:
            return from_dict(json.loads(self._cipher.decrypt(row.details))), True
        except Unreadable:
            return UNREADABLE, False


def aware(stored: dt.datetime) -> dt.datetime:
    """A time as it is stored, with its zone."""
    return stored.replace(tzinfo=dt.timezone.utc)


def delivery(row: Any, reference: str) -> Delivery:
    """A row of the outbox as staff see it."""
    return Delivery(
        id=row.id,
        reference=reference,
        target=row.target,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        created_at=aware(row.created_at),
        due_at=aware(row.due_at),
        delivered_at=aware(row.delivered_at) if row.delivered_at else None,
        last_error=row.last_error,
    )


def _most_pressing_first(now: dt.datetime) -> list[Any]:
    waiting = [DeliveryState.WAITING.value, DeliveryState.DEAD.value]
    undelivered = exists().where(and_(OutboxRow.request_id == BookingRow.id, OutboxRow.state.in_(waiting)))
    unheard = BookingRow.state.in_([State.NEW.value, State.CLAIMED.value])
    late = and_(unheard, BookingRow.due_at < now.astimezone(dt.timezone.utc).replace(tzinfo=None))
    return [
        case((and_(BookingRow.state.in_(_OPEN), undelivered), 0), else_=1),
        case((late, 0), else_=1),
        case(*((BookingRow.state == state, rank) for rank, state in enumerate(_ORDER)), else_=9),
    ]


def _deliveries(connection: Any, references: Mapping[int, str]) -> dict[int, list[Delivery]]:
    query = (
        select(OutboxRow.__table__)
        .where(OutboxRow.request_id.in_(references))
        .order_by(OutboxRow.created_at, OutboxRow.target)
    )
    found: dict[int, list[Delivery]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.request_id].append(delivery(row, references[row.request_id]))
    return found


def _same_phone(connection: Any, hashes: set[str]) -> dict[str, list[str]]:
    query = (
        select(BookingRow.phone_hash, BookingRow.reference)
        .where(BookingRow.phone_hash.in_(hashes), BookingRow.state.in_(_OPEN))
        .order_by(BookingRow.id)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for phone_hash, reference in connection.execute(query):
        found[phone_hash].append(reference)
    return found
