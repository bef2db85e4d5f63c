"""What the form knows of the clinic and of the day on which it asks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from backtalk.booking.clock import TWELVE_HOURS
from backtalk.booking.phone_number import example_number, region_of
from backtalk.booking.times import Hours
from backtalk.clinic import Clinic
from backtalk.country import Country


@dataclass(frozen=True)
class Setting:
    """The clinic's services in order, how numbers are read, its hours, the version of the consent,
    and a number as an example."""

    services: tuple[str, ...]
    region: str | None
    hours: Hours
    consent_version: str
    example_phone: str


def setting_of(clinic: Clinic, at: dt.datetime, consent_digest: str) -> Setting:
    """The setting at the aware time `at`."""
    hours = Hours(
        today=at.astimezone(ZoneInfo(clinic.timezone)).date(),
        opening=clinic.opening_hours,
        twelve_hours=clinic.country in TWELVE_HOURS,
        month_first=clinic.country is Country.US,
    )
    region = region_of(clinic.country, clinic.phone)
    version = f"{clinic.handoff.consent_version}-{consent_digest}"
    return Setting(clinic.services, region, hours, version, example_number(region))
