"""From a confirmed form to the request that is stored."""

from __future__ import annotations

import datetime as dt
from typing import Sequence

from backtalk.booking.progress import Progress
from backtalk.booking.wanted import NOT_SURE, ReachBy, Wanted


def wanted_of(
    progress: Progress, *, version: str, channel: str, topics: Sequence[str], screening: str | None
) -> Wanted:
    """The request of a form whose summary was confirmed. Raises ValueError if an answer is missing."""
    if not (progress.service and progress.name and progress.phone and progress.reach and progress.consent):
        raise ValueError("the form is not complete")
    needs = progress.needs
    if progress.service == NOT_SURE and progress.trouble:
        trouble = f"Would like help to choose; trouble: {progress.trouble}."
        needs = f"{trouble} {needs}" if needs else trouble
    return Wanted(
        service=progress.service,
        name=progress.name,
        phone=progress.phone,
        reach_by=ReachBy(progress.reach),
        times=progress.times or "any time",
        consent_version=version,
        consented_at=dt.datetime.fromisoformat(progress.consent),
        channel=channel,
        existing_patient=progress.existing,
        may_leave_message=progress.leave,
        needs=needs,
        topics=tuple(topics),
        screening=screening,
    )
