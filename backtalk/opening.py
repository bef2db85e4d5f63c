"""Whether the clinic is open now, in words: "open now, until 17:00" or "closed, opens Monday 09:00"."""

from __future__ import annotations

import datetime as dt
from typing import Mapping
from zoneinfo import ZoneInfo

KEYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def opening_now(hours: Mapping[str, str], timezone: str, at: dt.datetime) -> str:
    """What `hours` (as in clinic.yml) say at the aware time `at`; "open by appointment" without hours."""
    local = at.astimezone(ZoneInfo(timezone))
    clock = local.strftime("%H:%M")
    for ahead in range(8):
        day = (local.weekday() + ahead) % 7
        span = hours.get(KEYS[day])
        if span is None:
            continue
        opens, closes = span[:5], span[6:]
        if ahead == 0 and opens <= clock < closes:
            return f"open now, until {closes}"
        if ahead or clock < opens:
            when = ("today", "tomorrow")[ahead] if ahead < 2 else NAMES[day]
            return f"closed, opens {when} {opens}"
    return "open by appointment"
