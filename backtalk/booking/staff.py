"""Names of staff as the audit keeps them."""

from __future__ import annotations

from backtalk.booking.errors import BookingError


def staff_name(given: str) -> str:
    """A name of 1 to 64 printable characters, without blanks around it. Raises BookingError."""
    name = given.strip()
    if not name or len(name) > 64 or not name.isprintable():
        raise BookingError("Say who you are: a name of 1 to 64 letters.")
    return name
