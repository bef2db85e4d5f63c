"""How times of day and dates are written for a patient: 12-hour or 24-hour clock, by country."""

from __future__ import annotations

import datetime as dt

from backtalk.country import Country

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TWELVE_HOURS = frozenset({Country.US, Country.CA, Country.AU})
NOON = 12 * 60


def time_words(minutes: int, *, twelve_hours: bool) -> str:
    """A time of day, in minutes since midnight: "4 pm", "4:30 pm" or "16:00"."""
    hour, minute = divmod(minutes, 60)
    if not twelve_hours:
        return f"{hour:02d}:{minute:02d}"
    if minutes == NOON:
        return "noon"
    shown = f"{hour % 12 or 12}" + (f":{minute:02d}" if minute else "")
    return f"{shown} {'am' if hour % 24 < 12 else 'pm'}"


def date_words(date: dt.date, today: dt.date) -> str:
    """A date with its weekday, "Thursday 3 December"; with the year if it is not this one."""
    words = f"{DAY_NAMES[date.weekday()]} {date.day} {MONTHS[date.month - 1]}"
    return words if date.year == today.year else f"{words} {date.year}"


def minutes_of(clock: str) -> int:
    """Minutes since midnight of "09:30" as clinic.yml writes it."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
