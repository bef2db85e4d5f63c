"""Requests as files for a clinic's own programs: JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from enum import Enum
from typing import Any, Sequence
from zoneinfo import ZoneInfo

from backtalk.booking.request import BookingRequest
from backtalk.booking.wanted import to_dict


class ExportForm(str, Enum):
    """The form of an exported file."""

    JSON = "json"
    CSV = "csv"


def exported(requests: Sequence[BookingRequest], form: ExportForm, timezone: str) -> str:
    """The requests as one text, times in the zone `timezone`. JSON gives back every text as it was."""
    rows = [_row(request, ZoneInfo(timezone)) for request in requests]
    if form is ExportForm.JSON:
        return _writable(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, FIELDS)
    writer.writeheader()
    writer.writerows({field: _cell(row[field]) for field in FIELDS} for row in rows)
    return _writable(written.getvalue())


FIELDS = (
    "reference", "state", "asked_at", "due_at", "changed_at", "claimed_by", "appointment_at", "service",
    "existing_patient", "name", "phone", "reach_by", "may_leave_message", "times", "needs", "channel",
    "language", "topics", "screening", "consent_version", "consented_at", "undelivered", "duplicates",
)  # fmt: skip


def _row(request: BookingRequest, zone: ZoneInfo) -> dict[str, Any]:
    local = {
        "asked_at": request.created_at,
        "due_at": request.due_at,
        "changed_at": request.changed_at,
        "appointment_at": request.appointment_at,
        "consented_at": request.wanted.consented_at,
    }
    times = {
        name: at.astimezone(zone).isoformat(timespec="minutes") if at else None for name, at in local.items()
    }
    row = {
        **to_dict(request.wanted),
        **times,
        "reference": request.reference,
        "state": request.state.value,
        "claimed_by": request.claimed_by,
        "undelivered": request.is_undelivered,
        "duplicates": list(request.duplicates),
    }
    return {field: row[field] for field in FIELDS}


def _writable(text: str) -> str:
    """Halves of characters, which JSON from a browser may hold, cannot be written to a file."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = " ".join(value) if isinstance(value, list) else str(value)
    # A spreadsheet would take a patient's "=…" for a formula. Phone numbers keep their plus.
    is_formula = text[:1] in ("=", "-", "@", "\t", "\r") or (text[:1] == "+" and not text[1:].isdigit())
    return f"'{text}" if is_formula else text
