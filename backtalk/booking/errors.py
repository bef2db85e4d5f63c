"""What can go wrong with booking requests.

BookingError
├── NotStored          the request may not be stored: say nothing of success
├── NoSuchRequest      no request has this reference
├── IllegalMove        the state does not allow this move; says which it allows
│   └── StaleMove      somebody else changed the request first
└── NoSuchDelivery     no delivery has this id

None of the messages holds a name, a number or words of a patient.
"""

from __future__ import annotations


class BookingError(Exception):
    """The parent of all errors of this room."""


class NotStored(BookingError):
    """The request is not known to be stored. Storing the same again is safe."""


class NoSuchRequest(BookingError):
    """No request has this reference: it never had one, or it was erased."""


class IllegalMove(BookingError):
    """The request may not go to that state. The message names the state it is in and the moves from it."""


class StaleMove(IllegalMove):
    """Somebody else changed the request since it was read. Read it again."""


class NoSuchDelivery(BookingError):
    """No delivery has this id, or it is not in a state for that."""
