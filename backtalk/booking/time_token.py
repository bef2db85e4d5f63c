"""What a stretch of free words about days and times can be."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum


class Kind(str, Enum):
    WEEKDAYS = "weekdays"  # `days`
    DATE = "date"  # `first`
    PERIOD = "period"  # `first` to `last`
    NO_SUCH_DATE = "no_such_date"
    PAST = "past"
    WINDOW = "window"  # `start` to `end`, in minutes since midnight
    PART = "part"  # `words`, with `start` and `end`
    ANY = "any"
    SOON = "soon"
    NOT = "not"
    TO = "to"
    AND = "and"
    FILLER = "filler"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Token:
    """A stretch of the message, from `at` to `until`. Which fields are set depends on the kind."""

    kind: Kind
    words: str = ""
    days: frozenset[int] = frozenset()
    first: dt.date | None = None
    last: dt.date | None = None
    start: int | None = None
    end: int | None = None
    at: int = 0
    until: int = 0


@dataclass(frozen=True)
class Calendar:
    """What tokens are read by: today's date, day before month or after, and the hour the clinic closes."""

    today: dt.date
    month_first: bool = False
    latest: int = 18 * 60
