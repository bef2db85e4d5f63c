"""When the reply that was promised is late."""

from __future__ import annotations

import datetime as dt
from typing import Mapping
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def due_at(asked: dt.datetime, hours: int, timezone: str, opening_hours: Mapping[str, str]) -> dt.datetime:
    """`hours` after `asked` (aware), where only days on which the clinic opens count, from 0:00 to 24:00.

    With 24 hours, a request of Friday 15:00 is due on Monday 15:00 if the clinic is closed at weekends.
    """
    zone = ZoneInfo(timezone)
    left = dt.timedelta(hours=hours)
    now = asked.astimezone(dt.timezone.utc)
    while True:
        local = now.astimezone(zone)
        tomorrow = dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(), zone)
        midnight = tomorrow.astimezone(dt.timezone.utc)
        if not opening_hours or DAYS[local.weekday()] in opening_hours:
            if now + left <= midnight:
                return now + left
            left -= midnight - now
        now = midnight
