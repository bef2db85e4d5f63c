"""What the booking conversation is given: the clinic, the cipher, and where a request is handed in."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, field
from typing import Callable, Protocol, runtime_checkable

from sqlalchemy.exc import SQLAlchemyError

from backtalk.booking.cipher import FieldCipher
from backtalk.booking.early_details import EarlyDetails
from backtalk.booking.errors import NotStored
from backtalk.booking.requests import Requests, utc_now
from backtalk.booking.wanted import Wanted
from backtalk.clinic import Clinic


@dataclass(frozen=True)
class Reception:
    """Takes requests in for one clinic. Without `requests` there is no database, and nothing is stored."""

    clinic: Clinic
    cipher: FieldCipher
    requests: Requests | None = None
    early: EarlyDetails = field(default_factory=EarlyDetails)
    now: Callable[[], dt.datetime] = utc_now

    def store(self, wanted: Wanted, *, conversation: str) -> str:
        """The reference of the stored request, after its commit. Raises NotStored. Waits for the database."""
        if self.requests is None:
            raise NotStored("no database is connected")
        return self.requests.store(wanted, conversation=conversation)

    def find_open(self, conversation: str) -> str | None:
        """The reference of the conversation's last open request; None also if none can be read."""
        try:
            return self.requests.find_open(conversation) if self.requests else None
        except SQLAlchemyError:
            return None


@runtime_checkable
class Connectable(Protocol):
    """An action that needs the reception."""

    def connect(self, reception: Reception) -> None:
        """Use `reception` from now on."""


def unconnected(clinic: Clinic) -> Reception:
    """A reception that stores nothing: for a plain `rasa run actions`. Its key goes with the process."""
    return Reception(clinic, FieldCipher((), secrets.token_bytes(32)))
