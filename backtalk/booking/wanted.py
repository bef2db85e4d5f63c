"""What a patient asks for, as confirmed by the patient: the only thing that a booking request holds."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, fields
from enum import Enum
from typing import Any, Mapping

NOT_SURE = "not sure"
# What the patient confirmed word for word: asking for the same again is no second request.
_SUMMARY = (
    "service", "existing_patient", "name", "phone", "reach_by", "may_leave_message", "times", "needs",
)  # fmt: skip


class ReachBy(str, Enum):
    """How the clinic should get in touch."""

    CALL = "call"
    TEXT = "text"


@dataclass(frozen=True)
class Wanted:
    """A request for an appointment. Every text comes back exactly as it was given.

    `service` is one of clinic.yml or `NOT_SURE`; `phone` is E.164, "+12025550143"; `times` are the words
    that the patient confirmed, "Tuesday after 16:00"; `consented_at` is aware UTC; `topics` are ids of the
    topics that were asked about; `screening` is the result of a symptom check, if there was one. None
    means: not asked, or skipped.
    """

    service: str
    name: str
    phone: str
    reach_by: ReachBy
    times: str
    consent_version: str
    consented_at: dt.datetime
    channel: str
    existing_patient: bool | None = None
    may_leave_message: bool | None = None
    needs: str | None = None
    topics: tuple[str, ...] = ()
    screening: str | None = None
    language: str = "en"

    def summary(self) -> str:
        """One text for what the patient confirmed: equal exactly when the requests are the same."""
        kept = to_dict(self)
        return json.dumps([kept[field] for field in _SUMMARY], ensure_ascii=True)


def to_dict(wanted: Wanted) -> dict[str, Any]:
    """`wanted` as plain values for JSON; `from_dict` gives it back equal."""
    said = asdict(wanted)
    said["reach_by"] = wanted.reach_by.value
    said["consented_at"] = wanted.consented_at.astimezone(dt.timezone.utc).isoformat()
    said["topics"] = list(wanted.topics)
    return said


def from_dict(said: Mapping[str, Any]) -> Wanted:
    """The request that `to_dict` wrote. Fields of a later version are left out."""
    known = {field.name for field in fields(Wanted)}
    kept = {key: value for key, value in said.items() if key in known}
    kept["reach_by"] = ReachBy(kept["reach_by"])
    kept["consented_at"] = dt.datetime.fromisoformat(kept["consented_at"])
    kept["topics"] = tuple(kept.get("topics", ()))
    return Wanted(**kept)
