"""The clinic's own facts: clinic.yml, validated once and frozen."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any, Mapping, Optional
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, Extra, ValidationError, validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from backtalk.country import HELP_NUMBERS, Country
from backtalk.handoff import Handoff, Target, TargetKind

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PHONE = re.compile(r"^\+?[0-9][0-9 ().-]{2,22}[0-9]$")
_HOURS = re.compile(r"^([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])$")
_SENTENCE_KEYS = {
    "fees": "We do not list prices here. Please ask the clinic.",
    "insurance": "Please ask the clinic and your insurer if you are covered.",
    "free_consultation": "Please ask the clinic if a free first chat is possible.",
    "first_visit": "Please ask the clinic how a first visit works and if you need a referral.",
    "cancellation": "Please ask the clinic about its notice period.",
    "video_visits": "Please ask the clinic if video visits are possible.",
    "prescribing": "Please ask the clinic what its team may prescribe or sign.",
    "access": "Please ask the clinic about parking and step-free access.",
}


class ClinicFileError(ValueError):
    """clinic.yml is missing or wrong. `problems` holds one line for each fault."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class Clinic(BaseModel):
    """Everything the assistant may say about the clinic. Absent facts are never guessed."""

    name: str
    country: Country
    timezone: str
    phone: str
    privacy_url: str
    retention_days: int
    opening_hours: Mapping[str, str]
    services: tuple[str, ...]
    email: Optional[str] = None
    address: Optional[str] = None
    website: Optional[str] = None
    booking_url: Optional[str] = None
    access: Optional[str] = None
    fees: Optional[str] = None
    insurance: Optional[str] = None
    free_consultation: Optional[str] = None
    first_visit: Optional[str] = None
    cancellation: Optional[str] = None
    video_visits: Optional[str] = None
    prescribing: Optional[str] = None
    emergency_number: Optional[str] = None
    urgent_advice: Optional[str] = None
    crisis_line: Optional[str] = None
    poison_advice: Optional[str] = None
    booking_retention_days: Optional[int] = None
    handoff: Handoff = Handoff()

    class Config:
        extra = Extra.forbid
        frozen = True

    @validator("name", "services", *_SENTENCE_KEYS, each_item=True)
    def _has_words(cls, value: str | None) -> str | None:
        if value is not None and not value.strip():
            raise ValueError("expected some text, got nothing; leave the line out instead")
        return value

    @validator("phone")
    def _is_phone(cls, value: str) -> str:
        if not _PHONE.match(value):
            raise ValueError(f"expected a phone number such as 202-555-0143, got {value!r}")
        return value

    @validator("email")
    def _is_email(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", value):
            raise ValueError(f"expected an address such as hello@clinic.org, got {value!r}")
        return value

    @validator("website", "booking_url", "privacy_url")
    def _is_https(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"^https://[^\s/]+\.[^\s]+$", value):
            raise ValueError(f"expected an address that starts with https://, got {value!r}")
        return value

    @validator("timezone")
    def _is_timezone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"expected a time zone such as Europe/London, got {value!r}")
        return value

    @validator("retention_days", "booking_retention_days")
    def _is_days(cls, value: int | None) -> int | None:
        if value is not None and not 1 <= value <= 3650:
            raise ValueError(f"expected a number of days from 1 to 3650, got {value}")
        return value

    @validator("opening_hours")
    def _are_hours(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        for day, span in value.items():
            if day not in DAYS:
                raise ValueError(f"expected days named {', '.join(DAYS)}, got {day!r}")
            match = _HOURS.match(span)
            if not match or match.group(0)[:5] >= match.group(0)[6:]:
                raise ValueError(f"{day}: expected hours such as 09:00-17:00, got {span!r}")
        return value

    @property
    def emergency(self) -> str:
        """The emergency number, as dialled."""
        return self.emergency_number or HELP_NUMBERS[self.country].emergency

    @property
    def days_bookings_are_kept(self) -> int:
        """How many days a booking request is kept after the last thing that was done with it."""
        return self.booking_retention_days or self.retention_days

    def is_open(self, at: dt.datetime) -> bool:
        """Whether the clinic is open at an aware time `at`."""
        local = at.astimezone(ZoneInfo(self.timezone))
        span = self.opening_hours.get(DAYS[local.weekday()])
        return span is not None and span[:5] <= local.strftime("%H:%M") < span[6:]

    def placeholders(self) -> dict[str, str]:
        """What stands for each `{placeholder}` of an answer. Every value is a non-empty text."""
        numbers = HELP_NUMBERS[self.country]
        said = {key: getattr(self, key) or default for key, default in _SENTENCE_KEYS.items()}
        call_us = f"our phone line {self.phone}"
        return {
            "clinic_name": self.name,
            "clinic_phone": self.phone,
            "clinic_email": self.email or call_us,
            "clinic_address": self.address or f"on our phone line {self.phone}",
            "clinic_access": said.pop("access"),
            "opening_hours": opening_hours_text(self.opening_hours),
            "booking_url": self.booking_url or self.website or call_us,
            "privacy_url": self.privacy_url,
            "retention_days": str(self.retention_days),
            "booking_retention_days": str(self.days_bookings_are_kept),
            "reply_within": self.handoff.reply_within,
            "services": ", ".join(self.services),
            "emergency_number": self.emergency,
            "urgent_advice": self.urgent_advice or numbers.urgent_advice,
            "crisis_line": self.crisis_line or numbers.crisis,
            "poison_advice": self.poison_advice or numbers.poison,
            **said,
        }


def opening_hours_text(hours: Mapping[str, str]) -> str:
    """Days with the same hours joined: "Mon-Wed 09:00-17:00, Thu 09:00-19:00"."""
    runs: list[list[str]] = []
    for day in DAYS:
        span = hours.get(day)
        if span is None:
            continue
        follows = runs and runs[-1][2] == span and DAYS.index(runs[-1][1]) + 1 == DAYS.index(day)
        if follows:
            runs[-1][1] = day
        else:
            runs.append([day, day, span])
    if not runs:
        return "by appointment"
    return ", ".join(
        f"{first.title()} {span}" if first == last else f"{first.title()}-{last.title()} {span}"
        for first, last, span in runs
    )


def load_clinic(path: Path) -> Clinic:
    """Read and validate clinic.yml.

    Raises ClinicFileError with a line for each fault: file, key, and what is expected.
    """
    try:
        raw: Any = YAML(typ="base").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ClinicFileError([f"{path}: not found. Copy clinic.yml from the project."]) from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ClinicFileError(
            [f"{path}:{line}: not valid YAML ({error.problem}). Check indents and quotes."]
        ) from error
    if not isinstance(raw, dict):
        raise ClinicFileError([f"{path}: expected lines such as 'name: My Clinic'."])
    try:
        return Clinic(**{str(key): value for key, value in raw.items()})
    except ValidationError as error:
        raise ClinicFileError([_problem(path, fault) for fault in error.errors()]) from error


def _problem(path: Path, fault: Mapping[str, Any]) -> str:
    key = ".".join(str(part) for part in fault["loc"] if part != "__root__")
    kind = fault["type"]
    if kind == "value_error.missing":
        return f"{path}: {key}: missing. Add a line '{fault['loc'][-1]}: …'."
    if kind == "value_error.extra":
        model: Any = {1: Clinic, 2: Handoff}.get(len(fault["loc"]), Target)
        return f"{path}: {key}: unknown key. Known keys: {', '.join(sorted(model.__fields__))}."
    if kind == "type_error.enum":
        closed = Country if fault["loc"] == ("country",) else TargetKind
        return f"{path}: {key}: expected one of {', '.join(one.value for one in closed)}."
    return f"{path}: {key}: {fault['msg']}."
