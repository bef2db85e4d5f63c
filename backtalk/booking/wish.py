"""One wish for a time: on which days, at which times of the day, and what is left out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from backtalk.booking.time_token import Kind, Token


@dataclass(frozen=True)
class Wish:
    """Days and times that stand together, "Tuesdays after 4 pm except the 24th".

    Empty days mean any day; empty times any time. `parts` are words such as "morning", `clock` pairs of
    minutes since midnight, with None for an open end.
    """

    days: frozenset[int] = frozenset()
    dates: tuple[dt.date, ...] = ()
    period: tuple[dt.date, dt.date] | None = None
    parts: tuple[str, ...] = ()
    clock: tuple[tuple[int | None, int | None], ...] = ()
    windows: tuple[tuple[int | None, int | None], ...] = ()
    but_days: frozenset[int] = frozenset()
    but_dates: tuple[dt.date, ...] = ()
    but_parts: tuple[str, ...] = ()
    any_time: bool = False
    soon: bool = False
    is_unclear: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was wished."""
        return self == Wish()

    @property
    def weekdays(self) -> bool:
        """Whether it names days of the week."""
        return bool(self.days)

    @property
    def _has_days(self) -> bool:
        return bool(self.days or self.dates or self.period)

    def must_end_before(self, token: Token) -> bool:
        """Whether `token` begins another wish: a day after the times of this one, as in "Mon am, Tue pm".

        A date and a week are two wishes, as in "tomorrow or next week", unless the date says which day of it.
        """
        is_day = token.kind in (Kind.WEEKDAYS, Kind.DATE, Kind.PERIOD)
        if token.kind is Kind.PERIOD and (self.dates or self.period):
            return True
        if token.kind is Kind.PERIOD and self.days:
            return False  # "Tuesday next week"
        if token.kind is Kind.DATE and token.first and self.period:
            is_within = self.period[0] <= token.first <= self.period[1]
            return not is_within or bool(self.windows)
        return is_day and self._has_days and bool(self.windows)

    def with_token(self, token: Token) -> Wish:
        """This wish and what `token` adds."""
        if token.kind is Kind.WEEKDAYS:
            return replace(self, days=self.days | token.days)
        if token.kind is Kind.DATE and token.first:
            return replace(self, dates=(*self.dates, token.first))
        if token.kind is Kind.PERIOD and token.first and token.last:
            return replace(self, period=(token.first, token.last))
        if token.kind is Kind.PART:
            window = (token.start, token.end)
            return replace(self, parts=(*self.parts, token.words), windows=(*self.windows, window))
        if token.kind is Kind.WINDOW:
            window = (token.start, token.end)
            return replace(self, clock=(*self.clock, window), windows=(*self.windows, window))
        if token.kind is Kind.SOON:
            return replace(self, soon=True)
        return replace(self, any_time=True)

    def without(self, token: Token) -> Wish:
        """This wish with the day or part of `token` left out.

        "Not Friday afternoons" leaves out neither all Fridays nor all afternoons: unclear.
        """
        is_day = token.kind in (Kind.WEEKDAYS, Kind.DATE)
        mixed = self.but_parts if is_day else self.but_days or self.but_dates
        if mixed or not (is_day or token.kind is Kind.PART):
            return replace(self, is_unclear=True)
        if token.kind is Kind.WEEKDAYS:
            return replace(self, but_days=self.but_days | token.days)
        if token.kind is Kind.DATE and token.first:
            return replace(self, but_dates=(*self.but_dates, token.first))
        return replace(self, but_parts=(*self.but_parts, token.words))

    def to_weekday(self, token: Token) -> Wish:
        """This wish with all days up to that of `token`: "Mon to Thu"."""
        (last,), first = sorted(token.days)[:1], max(self.days)
        count = (last - first) % 7
        return replace(self, days=self.days | {(first + ahead) % 7 for ahead in range(count + 1)})

    def possible_weekdays(self) -> frozenset[int]:
        """The days of the week on which it could be."""
        possible = set(self.days) | {date.weekday() for date in self.dates}
        if self.period and not possible:
            first, last = self.period
            possible = {(first + dt.timedelta(days=n)).weekday() for n in range((last - first).days + 1)}
        return frozenset(possible or range(7)) - self.but_days
