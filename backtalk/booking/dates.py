"""Dates in free words: "the 3rd", "3 dec", "12/3", "next week". What is no date is said to be none."""

from __future__ import annotations

import calendar as months
import datetime as dt
from typing import Any, Mapping

from backtalk.booking.time_token import Calendar, Kind, Token

_COUNT = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_LONG_PAST = dt.timedelta(days=120)  # longer ago, a date without its year is meant for next year


def date_token(
    name: str,
    groups: Mapping[str, Any],
    calendar: Calendar,
    span: Mapping[str, Any],
    month_names: Mapping[str, int],
) -> Token:
    """The token for what the rule `name` matched; one that says so where there is no such date."""
    today = calendar.today
    monday = today - dt.timedelta(days=today.weekday())
    periods = {
        "today": (0, 0),
        "tomorrow": (1, 1),
        "day_after": (2, 2),
    }
    if name in periods:
        return Token(Kind.DATE, first=today + dt.timedelta(days=periods[name][0]), **span)
    weeks = {
        "this_week": (today, monday + dt.timedelta(days=6)),
        "next_week": (monday + dt.timedelta(days=7), monday + dt.timedelta(days=13)),
        "week_after_next": (monday + dt.timedelta(days=14), monday + dt.timedelta(days=20)),
        "this_weekend": (max(today, monday + dt.timedelta(days=5)), monday + dt.timedelta(days=6)),
        "weekend_after": (monday + dt.timedelta(days=12), monday + dt.timedelta(days=13)),
    }
    if name in weeks:
        return Token(Kind.PERIOD, first=weeks[name][0], last=weeks[name][1], **span)
    if name == "next_month":
        first = (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        last = first.replace(day=months.monthrange(first.year, first.month)[1])
        return Token(Kind.PERIOD, first=first, last=last, **span)
    if name == "in_days":
        number = _COUNT.get(groups["n"]) or int(groups["n"])
        if groups["unit"].startswith("w"):
            start = monday + dt.timedelta(weeks=number)
            return Token(Kind.PERIOD, first=start, last=start + dt.timedelta(days=6), **span)
        return Token(Kind.DATE, first=today + dt.timedelta(days=number), **span)
    year, month, day = _numbers(name, groups, calendar, month_names)
    date = _date(year, month, day, today) if month else _day_of_month(day, today)
    if date is None:
        return Token(Kind.NO_SUCH_DATE, **span)
    return Token(Kind.PAST if date < today else Kind.DATE, first=date, **span)


def _numbers(
    name: str, groups: Mapping[str, Any], calendar: Calendar, month_names: Mapping[str, int]
) -> tuple[int | None, int, int]:
    """Year if said, month (0 if not said) and day."""
    year = int(groups["y"]) if groups.get("y") else None
    if year is not None and year < 100:
        year += 2000
    if name == "slashed":
        first, second = int(groups["a"]), int(groups["b"])
        month, day = (first, second) if calendar.month_first else (second, first)
        if month > 12 >= day:
            month, day = day, month
        return year, month or 99, day
    if name == "iso":
        return year, int(groups["m"]) or 99, int(groups["d"])
    return year, month_names[groups["mn"]] if groups.get("mn") else 0, int(groups["d"])


def _date(year: int | None, month: int, day: int, today: dt.date) -> dt.date | None:
    if year is not None:
        return _made(year, month, day)
    date = _made(today.year, month, day)
    if date is None or today - date > _LONG_PAST:
        return _made(today.year + 1, month, day) or date
    return date


def _day_of_month(day: int, today: dt.date) -> dt.date | None:
    """The next day of that number: this month's, or that of the first month that has it."""
    if not 1 <= day <= 31:
        return None
    first = today.replace(day=1)
    for _ in range(3):
        date = _made(first.year, first.month, day)
        if date and date >= today:
            return date
        first = (first + dt.timedelta(days=32)).replace(day=1)
    return None


def _made(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
