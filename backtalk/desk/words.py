"""Times, ages and numbers as the front desk reads them."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import phonenumbers

from backtalk.desk.refusal import BadInput

_DAY = 86_400
_HOUR = 3_600
FURTHEST_DAYS = 731


def span(seconds: float) -> str:
    """A length of time in one unit: "less than a minute", "12 minutes", "3 hours", "2 days"."""
    seconds = abs(seconds)
    if seconds < 60:
        return "less than a minute"
    if seconds < _HOUR:
        return _count(seconds // 60, "minute")
    if seconds < 2 * _DAY:
        return _count(seconds // _HOUR, "hour")
    return _count(seconds // _DAY, "day")


def ago(at: dt.datetime, now: dt.datetime) -> str:
    """How long `at` is past: "3 hours ago"."""
    return f"{span((now - at).total_seconds())} ago"


def due(by: dt.datetime, now: dt.datetime) -> str:
    """How a promised time stands: "Reply due in 2 hours", "Reply overdue by 1 day"."""
    left = (by - now).total_seconds()
    return f"Reply due in {span(left)}" if left >= 0 else f"Reply overdue by {span(left)}"


def number(e164: str) -> str:
    """A phone number in groups that can be read aloud: "+1 202-555-0143". As given if it is none."""
    try:
        parsed = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def local(at: dt.datetime, timezone: str) -> str:
    """A moment on the clinic's clock: "Tue 24 Nov 2026, 16:05"."""
    return at.astimezone(ZoneInfo(timezone)).strftime("%a %-d %b %Y, %H:%M")


def local_moment(day: str, time: str, timezone: str, now: dt.datetime) -> dt.datetime:
    """What a form's date and time mean on the clinic's clock, as an aware time from today on.

    Raises BadInput.
    """
    try:
        written = dt.datetime.strptime(f"{day.strip()} {time.strip()[:5]}", "%Y-%m-%d %H:%M")
    except ValueError as error:
        raise BadInput("Write the date as 2026-11-26 and the time as 16:00.") from error
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    moment = written.replace(tzinfo=zone)
    if not 0 <= (written.date() - today).days <= FURTHEST_DAYS:
        raise BadInput("The date has passed or is more than 2 years ahead. Check day, month and year.")
    there_and_back = moment.astimezone(dt.timezone.utc).astimezone(zone)
    if there_and_back.replace(tzinfo=None) != written:
        raise BadInput("The clocks go forward then, and this time does not exist. Choose another.")
    return moment


def _count(many: float, unit: str) -> str:
    return f"{int(many)} {unit}" if int(many) == 1 else f"{int(many)} {unit}s"
