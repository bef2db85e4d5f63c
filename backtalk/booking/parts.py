"""The parts of booking, put together: what commands, the server, the chat and the staff page work with."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import Engine

from backtalk.booking.cipher import FieldCipher
from backtalk.booking.erasure import Erasure
from backtalk.booking.outbox import Outbox
from backtalk.booking.requests import Requests
from backtalk.clinic import Clinic
from backtalk.settings import ServerSettings


@dataclass(frozen=True)
class BookingParts:
    """All of them on one database and with the same keys."""

    cipher: FieldCipher
    requests: Requests
    outbox: Outbox
    erasure: Erasure


def booking_parts(engine: Engine, settings: ServerSettings, clinic: Clinic) -> BookingParts:
    """The parts for `clinic`. Does not connect."""
    key = settings.secret_key
    cipher = FieldCipher(settings.field_keys, key)
    return BookingParts(
        cipher, Requests(engine, cipher, key, clinic), Outbox(engine, cipher), Erasure(engine, cipher, key)
    )
