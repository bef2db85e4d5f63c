"""Wishes for a time in plain words, as they are shown back to the patient and to the clinic."""

from __future__ import annotations

import datetime as dt
from typing import Sequence

from backtalk.booking.clock import DAY_NAMES, date_words, time_words
from backtalk.booking.wish import Wish

_WITHOUT_ARTICLE = {"lunchtime": "at lunchtime", "after work": "after work", "after school": "after school"}


def wish_words(wishes: Sequence[Wish], today: dt.date, *, twelve_hours: bool) -> str:
    """All wishes as one phrase: "Tuesdays after 4 pm, or Friday 27 November in the morning"."""
    said = [_one(wish, today, twelve_hours) for wish in wishes]
    return ", or ".join(dict.fromkeys(one for one in said if one))


def _one(wish: Wish, today: dt.date, twelve_hours: bool) -> str:
    days = _days(wish, today)
    times = _times(wish, twelve_hours)
    if wish.soon:
        first = ["as soon as possible"]
    elif not days and not times:
        first = ["any time"]
    elif not days and wish.any_time:
        first = ["any day"]
    else:
        first = []
    words = " ".join([*first, *([days] if days else []), *([times] if times else [])])
    left_out = _left_out(wish, today)
    return f"{words} except {left_out}" if left_out else words


def _days(wish: Wish, today: dt.date) -> str:
    said = []
    if wish.days:
        said.append(_weekdays(wish.days))
    said += [date_words(date, today) for date in wish.dates]
    words = _joined(said)
    if wish.period is None:
        return words
    first, last = wish.period
    between = f"from {date_words(first, today)} to {date_words(last, today)}"
    if first == last:
        between = f"on {date_words(first, today)}"
    elif first.weekday() == 0 and (last - first).days == 6:
        between = f"in the week of {date_words(first, today)}" + ("," if wish.windows else "")
    return f"{words} {between}" if words else between


def _weekdays(days: frozenset[int]) -> str:
    if days == frozenset(range(5)):
        return "Mondays to Fridays"
    if days == frozenset(range(7)):
        return "any day"
    ordered = sorted(days)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"{DAY_NAMES[ordered[0]]}s to {DAY_NAMES[ordered[-1]]}s"
    return _joined([f"{DAY_NAMES[day]}s" for day in ordered])


def _times(wish: Wish, twelve_hours: bool) -> str:
    said: list[str] = []
    plain = [part for part in dict.fromkeys(wish.parts) if part not in _WITHOUT_ARTICLE]
    if plain:
        said.append("in the " + _joined(plain))
    said += [_WITHOUT_ARTICLE[part] for part in dict.fromkeys(wish.parts) if part in _WITHOUT_ARTICLE]
    said += [_window(start, end, twelve_hours) for start, end in wish.clock]
    return " or ".join(said) if len(wish.clock) > 1 or len(said) > len(wish.clock) + 1 else " ".join(said)


def _window(start: int | None, end: int | None, twelve_hours: bool) -> str:
    if start is not None and start == end:
        return f"at {time_words(start, twelve_hours=twelve_hours)}"
    first = time_words(start, twelve_hours=twelve_hours) if start is not None else ""
    last = time_words(end, twelve_hours=twelve_hours) if end is not None else ""
    if first and last:
        return f"between {first} and {last}"
    return f"after {first}" if first else f"before {last}"


def _left_out(wish: Wish, today: dt.date) -> str:
    said = [f"{DAY_NAMES[day]}s" for day in sorted(wish.but_days)]
    said += [date_words(date, today) for date in wish.but_dates]
    said += [f"{part}s" for part in dict.fromkeys(wish.but_parts)]
    return _joined(said)


def _joined(said: Sequence[str]) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}" if said else ""
