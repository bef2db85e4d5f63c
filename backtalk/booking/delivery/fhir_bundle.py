"""A request as a FHIR R4B transaction: an Appointment that is proposed, and a Task to deal with it.

`proposed` is FHIR's word for an appointment that nobody has accepted yet (R4B, AppointmentStatus). Plain
dictionaries; the tests validate them with `fhir.resources`.
"""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote

from backtalk.booking.delivery.adapter import Parcel
from backtalk.booking.wanted import ReachBy, Wanted

_APPOINTMENT = uuid.UUID("6f3f2c0e-6f0c-5a53-9d0e-0f1f4b0c7a11")


def bundle(parcel: Parcel, system: str) -> dict[str, Any]:
    """The transaction. `system` is the URI that makes references of this clinic unique.

    `ifNoneExist` makes a repeat harmless: the server then answers 200 and creates nothing.
    """
    identifier = {"system": system, "value": parcel.reference}
    once = f"identifier={quote(system, safe='')}%7C{parcel.reference}"
    appointment_url = f"urn:uuid:{uuid.uuid5(_APPOINTMENT, parcel.key)}"
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "fullUrl": appointment_url,
                "resource": _appointment(parcel, identifier),
                "request": {"method": "POST", "url": "Appointment", "ifNoneExist": once},
            },
            {
                "fullUrl": f"urn:uuid:{parcel.key}",
                "resource": _task(parcel, identifier, appointment_url),
                "request": {"method": "POST", "url": "Task", "ifNoneExist": once},
            },
        ],
    }


def _appointment(parcel: Parcel, identifier: dict[str, str]) -> dict[str, Any]:
    wanted = parcel.wanted
    return {
        "resourceType": "Appointment",
        "contained": [_patient(wanted)],
        "identifier": [identifier],
        "status": "proposed",
        "serviceType": [{"text": _text(wanted.service)}],
        "created": parcel.asked_at.isoformat(timespec="seconds"),
        "comment": _text(_comment(wanted)),
        "participant": [{"actor": {"reference": "#patient"}, "status": "needs-action"}],
    }


def _patient(wanted: Wanted) -> dict[str, Any]:
    use = "mobile" if wanted.reach_by is ReachBy.TEXT else "home"
    return {
        "resourceType": "Patient",
        "id": "patient",
        "name": [{"text": _text(wanted.name)}],
        "telecom": [{"system": "phone", "value": wanted.phone, "use": use}],
        "communication": [{"language": {"text": wanted.language}, "preferred": True}],
    }


def _task(parcel: Parcel, identifier: dict[str, str], appointment_url: str) -> dict[str, Any]:
    return {
        "resourceType": "Task",
        "identifier": [identifier],
        "status": "requested",
        "intent": "proposal",
        "code": {"text": "Reply to a request for an appointment"},
        "focus": {"reference": appointment_url},
        "authoredOn": parcel.asked_at.isoformat(timespec="seconds"),
        "restriction": {"period": {"end": parcel.due_at.isoformat(timespec="seconds")}},
        "input": [
            {"type": {"text": label}, "valueString": _text(value)} for label, value in _inputs(parcel.wanted)
        ],
    }


def _inputs(wanted: Wanted) -> list[tuple[str, str]]:
    said = [
        ("Reach by", wanted.reach_by.value),
        ("Message may be left", _yes_or_no(wanted.may_leave_message)),
        ("Patient of the clinic already", _yes_or_no(wanted.existing_patient)),
        ("Preferred times", wanted.times),
        ("Access or interpreter", wanted.needs or "nothing said"),
        ("Consent text version", wanted.consent_version),
        ("Topics asked about", ", ".join(wanted.topics) or "none"),
        ("Symptom check", wanted.screening or "not done"),
    ]
    return said


def _comment(wanted: Wanted) -> str:
    needs = f" Needs: {wanted.needs}" if wanted.needs else ""
    return f"Preferred times: {wanted.times}.{needs}"


def _yes_or_no(value: bool | None) -> str:
    return "not said" if value is None else "yes" if value else "no"


def _text(said: str) -> str:
    """`said` as FHIR's string allows it: no control characters, never empty."""
    kept = "".join(character for character in said if character.isprintable() or character in "\n\t")
    return kept.strip() or "-"
