"""From free words about days and times to tokens: weekdays, dates, windows of the day, and the rest."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Mapping

from backtalk.booking.dates import date_token
from backtalk.booking.time_patterns import MONTH_NAMES, NUMBER_WORDS, PART_WORDS, PARTS, RULES, WEEKDAY
from backtalk.booking.time_token import Calendar, Kind, Token

_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in RULES)


def tokens_of(text: str, calendar: Calendar) -> list[Token]:
    """The tokens of `text` (lower case, single spaces), in order; never raises."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        for name, pattern in _COMPILED:
            match = pattern.match(text, at)
            if match and match.end() > at and _ends_word(text, match.end()):
                token = _token(name, match, calendar, found)
                if token is not None:
                    found.append(token)
                    at = match.end()
                    break
        else:
            at += 1
    return found


def _ends_word(text: str, end: int) -> bool:
    return end >= len(text) or not (text[end - 1].isalnum() and text[end].isalnum())


def _token(name: str, match: re.Match[str], calendar: Calendar, before: list[Token]) -> Token | None:
    """The token for a match; None if it means nothing here, so that a later rule has its turn."""
    groups = match.groupdict()
    span: dict[str, Any] = {"words": match.group(), "at": match.start(), "until": match.end()}
    if name in ("between", "not_before", "not_after", "after", "before", "at", "clock"):
        return _window(name, groups, calendar, span)
    if name in ("work", "part"):
        part = PART_WORDS[" ".join((groups.get("part") or match.group()).split())]
        earlier = f"{(groups.get('when') or '').strip()} {part}".strip()
        part = earlier if earlier in PARTS else part
        return Token(Kind.PART, **{**span, "words": part}, start=PARTS[part][0], end=PARTS[part][1])
    if name in ("weekday", "next_day"):
        day = WEEKDAY[groups["day"]]
        if name == "weekday":
            return Token(Kind.WEEKDAYS, days=frozenset({day}), **span)
        # "Next Tuesday" on a Monday may be meant either way; the date is shown back.
        ahead = (day - calendar.today.weekday() - 1) % 7 + 1
        return Token(Kind.DATE, first=calendar.today + dt.timedelta(days=ahead), **span)
    if name == "weekdays":
        return Token(Kind.WEEKDAYS, days=frozenset(range(5)), **span)
    if name == "weekends":
        return Token(Kind.WEEKDAYS, days=frozenset({5, 6}), **span)
    if name == "number":
        return _bare_number(int(groups["n"]), calendar, before, span)
    simple = {"past": Kind.PAST, "soon": Kind.SOON, "any": Kind.ANY, "not": Kind.NOT, "to": Kind.TO,
              "and": Kind.AND, "filler": Kind.FILLER, "unknown": Kind.UNKNOWN}  # fmt: skip
    if name in simple:
        return Token(simple[name], **span)
    return date_token(name, groups, calendar, span, MONTH_NAMES)


def _bare_number(n: int, calendar: Calendar, before: list[Token], span: Mapping[str, Any]) -> Token:
    """A number alone is a time after a day ("tuesday 4"), else nothing that is known."""
    if before and before[-1].kind in (Kind.WEEKDAYS, Kind.DATE, Kind.PERIOD) and 1 <= n <= 12:
        start = _minutes(str(n), calendar.latest)
        return Token(Kind.WINDOW, start=start, end=start, **span)
    return Token(Kind.UNKNOWN, **span)


def _window(
    name: str, groups: dict[str, str | None], calendar: Calendar, span: Mapping[str, Any]
) -> Token | None:
    first = _minutes(groups["t1"] or "", calendar.latest)
    second = _minutes(groups.get("t2") or "", calendar.latest) if name == "between" else None
    if first is None or (name == "between" and second is None):
        return None
    if second is not None and first > second >= 0 and first - 720 < second and first >= 720:
        first -= 720  # "11-1" and "9 to 5"
    bounds = {
        "between": (first, second),
        "not_before": (first, None),
        "after": (first, None),
        "not_after": (None, first),
        "before": (None, first),
    }.get(name, (first, first))
    if name == "between" and bounds[0] is not None and bounds[1] is not None and bounds[0] >= bounds[1]:
        return None
    return Token(Kind.WINDOW, start=bounds[0], end=bounds[1], **span)


def _minutes(said: str, latest: int) -> int | None:
    """Minutes since midnight; "4" is in the afternoon and "9" in the morning, as at a clinic."""
    if said in ("noon", "midday"):
        return 720
    if said == "midnight":
        return 1440
    match = re.match(
        r"(?P<half>half|quarter\s+past|quarter\s+to)?(?:\s+past)?\s*(?P<h>[a-z]+|\d+)(?:[:.h](?P<m>\d{2}))?",
        said,
    )
    if not match:
        return None
    word = match.group("h")
    if word in NUMBER_WORDS:
        hour, minute = NUMBER_WORDS.index(word) + 1, 0
    elif word.isdecimal():
        digits = int(word)
        hour, minute = divmod(digits, 100) if len(word) == 4 else (digits, 0)
    else:
        return None
    minute = int(match.group("m") or minute)
    added = {"half": 30, "quarter past": 15, "quarter to": -15}.get(
        " ".join((match.group("half") or "").split()), 0
    )
    if hour > 24 or minute > 59 or (hour == 0 and len(word) < 2):
        return None
    rest = said[match.end() :]
    if re.search(r"p\.?m|afternoon|evening", rest):
        hour += 12 if hour < 12 else 0
    elif re.search(r"a\.?m|morning", rest):
        hour = 0 if hour == 12 else hour
    elif (hour < 7 and not word.startswith("0") and len(word) < 4) or (hour == 7 and latest > 19 * 60):
        hour += 12
    return hour * 60 + minute + added
