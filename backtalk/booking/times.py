"""Days and times in free words: understood well enough to show them back, never guessed at.

A small grammar of our own. What it does not know is passed on in the patient's own words.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Iterable, Mapping

from backtalk.booking.clock import minutes_of
from backtalk.booking.time_token import Calendar, Kind, Token
from backtalk.booking.time_tokens import tokens_of
from backtalk.booking.time_words import wish_words
from backtalk.booking.wish import Wish
from backtalk.opening import KEYS
from backtalk.understanding.text import normalise

LONGEST = 200
_DAY_END = 24 * 60
_SAYS_WHEN = (Kind.WEEKDAYS, Kind.DATE, Kind.PERIOD, Kind.SOON, Kind.ANY, Kind.NO_SUCH_DATE, Kind.PAST)
# "My back has hurt since Tuesday" says nothing about when to come.
_NOT_A_WISH = re.compile(
    r"\b(since|for|last|ago|started|began|was|were|had|hurt|hurting|fell|happened)\s*(on|the|in)?\s*$"
)


class Fault(str, Enum):
    """Why a time is asked for again."""

    NO_SUCH_DATE = "no_such_date"
    PAST = "past"
    CLOSED = "closed"
    TOO_LONG = "too_long"


@dataclass(frozen=True)
class Times:
    """What was read. `words` show it back; `fault` says what cannot be; neither: nothing was understood.

    `span` is where in the normalised text it stands.
    """

    words: str | None = None
    fault: Fault | None = None
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Hours:
    """What times are read by: `today` at the clinic, its opening hours, and how clocks are written."""

    today: dt.date
    opening: Mapping[str, str] = field(default_factory=dict)
    twelve_hours: bool = False
    month_first: bool = False

    @property
    def calendar(self) -> Calendar:
        """The part that single tokens are read by."""
        latest = max((minutes_of(span[6:]) for span in self.opening.values()), default=18 * 60)
        return Calendar(self.today, self.month_first, latest)


def read_times(text: str, hours: Hours) -> Times:
    """Read a reply to "which days and times suit you?". Pure; never raises."""
    plain = normalise(text)
    if len(plain) > LONGEST:
        return Times(fault=Fault.TOO_LONG)
    return _read(plain, tokens_of(plain, hours.calendar), hours, whole=True)


def find_times(text: str, hours: Hours) -> Times:
    """Find a day or time among other words, such as "book physio tuesday after 4". Pure; never raises."""
    plain = normalise(text)[: 5 * LONGEST]
    run: list[Token] = []
    for token in [*tokens_of(plain, hours.calendar), Token(Kind.UNKNOWN)]:
        if token.kind is not Kind.UNKNOWN:
            run.append(token)
            continue
        kept = _trimmed(run)
        run = []
        if any(one.kind in _SAYS_WHEN for one in kept) and not _NOT_A_WISH.search(plain[: kept[0].at]):
            found = _read(plain, kept, hours, whole=False)
            if found.words or found.fault:
                return Times(found.words, found.fault, (kept[0].at, kept[-1].until))
    return Times()


def _trimmed(run: list[Token]) -> list[Token]:
    empty = (Kind.FILLER, Kind.AND, Kind.TO, Kind.NOT)
    while run and run[0].kind in (Kind.FILLER, Kind.AND, Kind.TO):
        run = run[1:]
    while run and run[-1].kind in empty:
        run = run[:-1]
    return run


def _read(plain: str, tokens: list[Token], hours: Hours, *, whole: bool) -> Times:
    kinds = {token.kind for token in tokens}
    if Kind.NO_SUCH_DATE in kinds:
        return Times(fault=Fault.NO_SUCH_DATE)
    if whole and Kind.UNKNOWN in kinds:
        return Times()  # part of it was not understood: rather the patient's own words than half of them
    if Kind.PAST in kinds:
        return Times(fault=Fault.PAST)
    wishes = _wishes(tokens)
    if not wishes or any(wish.is_unclear for wish in wishes):
        return Times()
    if not any(_can_be(wish, hours) for wish in wishes):
        return Times(fault=Fault.CLOSED)
    return Times(words=wish_words(wishes, hours.today, twelve_hours=hours.twelve_hours))


def _wishes(tokens: list[Token]) -> list[Wish]:
    """The wishes in order: days, parts of the day and windows that stand together, less what is excluded."""
    wishes: list[Wish] = []
    current, excluding, ranges = Wish(), False, False
    for number, token in enumerate(tokens):
        if token.kind is Kind.NOT:
            excluding = True
            continue
        if token.kind is Kind.TO:
            ranges = current.weekdays and not excluding and _next_is_day(tokens[number + 1 :])
            continue
        if excluding and token.kind in (Kind.WEEKDAYS, Kind.DATE, Kind.PART, Kind.WINDOW, Kind.PERIOD):
            current = current.without(token)
            continue
        if token.kind in (Kind.AND, Kind.FILLER, Kind.UNKNOWN):
            excluding = excluding and token.kind is not Kind.UNKNOWN
            continue
        if ranges and token.kind is Kind.WEEKDAYS:
            current, ranges = current.to_weekday(token), False
            continue
        excluding = False
        if current.must_end_before(token):
            wishes.append(current)
            current = Wish()
        current = current.with_token(token)
    if not current.is_empty:
        wishes.append(current)
    return wishes


def _next_is_day(tokens: Iterable[Token]) -> bool:
    return any(token.kind is Kind.WEEKDAYS for token in list(tokens)[:1])


def _can_be(wish: Wish, hours: Hours) -> bool:
    """Whether the clinic is open at some time that the wish allows; True without opening hours."""
    if not hours.opening:
        return True
    for weekday in wish.possible_weekdays():
        span = hours.opening.get(KEYS[weekday])
        if span is None:
            continue
        opens, closes = minutes_of(span[:5]), minutes_of(span[6:])
        if not wish.windows:
            return True
        for start, end in wish.windows:
            first, last = start or 0, _DAY_END if end is None else end
            if first < closes and last >= opens and (last > opens or first == last):
                return True
    return False
