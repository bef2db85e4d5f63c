"""The states of a booking request and the moves between them."""

from __future__ import annotations

from enum import Enum


class State(str, Enum):
    """Where a request stands at the front desk."""

    NEW = "new"
    CLAIMED = "claimed"
    CONTACTED = "contacted"
    BOOKED = "booked"
    CLOSED = "closed"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self in OPEN

    @property
    def moves(self) -> tuple[State, ...]:
        """The states that a request may go to from here."""
        return _MOVES[self]


OPEN = (State.NEW, State.CLAIMED, State.CONTACTED)
_MOVES = {
    State.NEW: (State.CLAIMED, State.CLOSED),
    State.CLAIMED: (State.CONTACTED, State.CLOSED),
    State.CONTACTED: (State.BOOKED, State.CLOSED),
    State.BOOKED: (State.BOOKED, State.CLOSED),  # booked again: at another time
    State.CLOSED: (),
}
