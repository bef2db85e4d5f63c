"""A booked appointment as a calendar file (RFC 5545). Nothing of the patient is in it but the reference."""

from __future__ import annotations

import datetime as dt

from backtalk.booking.errors import IllegalMove
from backtalk.booking.request import BookingRequest
from backtalk.booking.state import State
from backtalk.clinic import Clinic

_LONGEST = 75  # octets of a line, RFC 5545 3.1
_STAMP = "%Y%m%dT%H%M%SZ"


def calendar_file(request: BookingRequest, clinic: Clinic) -> str:
    """The appointment as an .ics file. Raises IllegalMove unless the request is booked."""
    if request.state is not State.BOOKED or request.appointment_at is None:
        raise IllegalMove(
            f"{request.reference} is {request.state.value}: there is a calendar file only once it is booked."
        )
    said = {
        "UID": f"{request.reference}@{clinic.privacy_url.split('/')[2]}",
        "SEQUENCE": str(request.version),
        "DTSTAMP": request.changed_at.astimezone(dt.timezone.utc).strftime(_STAMP),
        "DTSTART": request.appointment_at.astimezone(dt.timezone.utc).strftime(_STAMP),
        "SUMMARY": _escaped(f"Appointment at {clinic.name}"),
        "DESCRIPTION": _escaped(f"Reference {request.reference}. Phone {clinic.phone}."),
    }
    if clinic.address:
        said["LOCATION"] = _escaped(clinic.address)
    event = [f"{name}:{value}" for name, value in said.items()]
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Backtalk//Booking//EN", "BEGIN:VEVENT", *event,
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    folded, length = "", 0
    for character in line:
        octets = len(character.encode("utf-8"))
        if length + octets > _LONGEST:
            folded, length = folded + "\r\n ", 1
        folded, length = folded + character, length + octets
    return folded
