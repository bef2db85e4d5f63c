"""A booking request as staff see it: what is asked for, its state, its deliveries, who did what."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from backtalk.booking.state import State
from backtalk.booking.wanted import ReachBy, Wanted


class DeliveryState(str, Enum):
    """Where a delivery stands. A dead one is tried no more until staff say so; a dropped one never."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Delivery:
    """One delivery to one target of clinic.yml. Times are aware UTC; `last_error` holds nothing personal."""

    id: str
    reference: str
    target: str
    state: DeliveryState
    attempts: int
    created_at: dt.datetime
    due_at: dt.datetime
    delivered_at: dt.datetime | None = None
    last_error: str | None = None


@dataclass(frozen=True)
class AuditEntry:
    """Something that was done: `by` a member of staff, or by "patient", "retention" or the like."""

    at: dt.datetime
    reference: str | None
    action: str
    by: str
    detail: dict[str, str]
    note: str | None = None


@dataclass(frozen=True)
class BookingRequest:
    """One request. Times are aware UTC; `due_at` is when the promised reply is late.

    `version` grows with each move: hand it back as `seen` to be told if somebody else was first.
    `duplicates` are references of other open requests from the same phone number. If the keys at hand
    cannot read the request, `readable` is False and `wanted` is `UNREADABLE`.
    """

    reference: str
    state: State
    version: int
    wanted: Wanted
    created_at: dt.datetime
    changed_at: dt.datetime
    due_at: dt.datetime
    claimed_by: str | None = None
    appointment_at: dt.datetime | None = None
    deliveries: tuple[Delivery, ...] = ()
    duplicates: tuple[str, ...] = ()
    readable: bool = True

    @property
    def is_undelivered(self) -> bool:
        """Whether a target has not been told and somebody still has to act."""
        waiting = (DeliveryState.WAITING, DeliveryState.DEAD)
        return self.state.is_open and any(one.state in waiting for one in self.deliveries)

    def is_overdue(self, now: dt.datetime) -> bool:
        """Whether the patient should have heard from the clinic by `now` (aware) and has not."""
        return self.state in (State.NEW, State.CLAIMED) and now > self.due_at

    def age(self, now: dt.datetime) -> dt.timedelta:
        """How long ago the patient asked."""
        return now - self.created_at


_NO_WORDS = "(stored with another key)"
UNREADABLE = Wanted(
    service=_NO_WORDS,
    name=_NO_WORDS,
    phone="",
    reach_by=ReachBy.CALL,
    times=_NO_WORDS,
    consent_version="",
    consented_at=dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc),
    channel="",
)
