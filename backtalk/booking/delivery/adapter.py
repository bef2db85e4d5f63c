"""What every kind of target can do, and the two ways in which it can fail."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Protocol

from backtalk.booking.wanted import Wanted


@dataclass(frozen=True)
class Parcel:
    """One request on its way to one target. `key` stays the same each time that it is tried again."""

    key: str
    reference: str
    target: str
    attempt: int
    asked_at: dt.datetime
    due_at: dt.datetime
    wanted: Wanted = field(repr=False)


class DeliveryFailed(Exception):
    """The parcel is not known to have arrived. The message holds nothing of the patient."""


class Retryable(DeliveryFailed):
    """It may work later; not before `after` seconds, if the target said so."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class Permanent(DeliveryFailed):
    """This parcel will be refused again: somebody has to look at it."""


class Adapter(Protocol):
    """Delivers to one target."""

    async def deliver(self, parcel: Parcel) -> None:
        """Returns when the target has taken the parcel. Raises Retryable, Permanent.

        Waits at most `LONGEST_SECONDS`; safe to repeat, as the target knows a repeat by `parcel.key`.
        """


LONGEST_SECONDS = 20.0
