"""How booking requests look in a terminal. What patients wrote is shown as text, never obeyed as markup."""

from __future__ import annotations

import datetime as dt
from typing import Iterator, Sequence
from zoneinfo import ZoneInfo

from rich.markup import escape
from rich.table import Table

from backtalk.booking.request import AuditEntry, BookingRequest, DeliveryState
from backtalk.clinic import Clinic

_UNDELIVERED = (DeliveryState.WAITING, DeliveryState.DEAD)


def request_table(requests: Sequence[BookingRequest], now: dt.datetime) -> Table:
    """One row for each request."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Reference", "State", "Age", "Name", "Phone", "For", "Times", "Look at"):
        table.add_column(heading, overflow="fold")
    for request in requests:
        wanted = request.wanted
        cells = (
            request.reference, _state(request), age_in_words(request.age(now)),
            wanted.name, wanted.phone, wanted.service,
            wanted.times, "; ".join(_warnings(request, now)),
        )  # fmt: skip
        table.add_row(*(escape(shown(cell)) for cell in cells))
    return table


def request_lines(
    request: BookingRequest, trail: Sequence[AuditEntry], clinic: Clinic, now: dt.datetime
) -> Iterator[str]:
    """One request in full."""
    zone = ZoneInfo(clinic.timezone)

    def local(at: dt.datetime) -> str:
        return f"{at.astimezone(zone):%a %d %b %Y %H:%M}"

    wanted = request.wanted
    yield f"{request.reference}  {_state(request)}  {'; '.join(_warnings(request, now))}".rstrip()
    facts = {
        "asked": f"{local(request.created_at)} ({age_in_words(request.age(now))} ago, by {wanted.channel})",
        "reply due": local(request.due_at),
        "appointment": local(request.appointment_at) if request.appointment_at else None,
        "name": wanted.name,
        "phone": f"{wanted.phone}, by {wanted.reach_by.value}",
        "leave a message": _yes(wanted.may_leave_message),
        "been here before": _yes(wanted.existing_patient),
        "for": wanted.service,
        "times": wanted.times,
        "needs": wanted.needs,
        "asked about": ", ".join(wanted.topics) or None,
        "symptom check": wanted.screening,
        "consent": f"text {wanted.consent_version}, {local(wanted.consented_at)}",
        "same phone": ", ".join(request.duplicates) or None,
    }
    for label, fact in facts.items():
        if fact is not None:
            yield f"  {label:<17}{shown(fact)}"
    for one in request.deliveries:
        why = f": {one.last_error}" if one.last_error else ""
        yield f"  delivery         {one.target} {one.state.value}, tries {one.attempts}{why} ({one.id})"
    for entry in trail:
        note = f": {shown(entry.note)}" if entry.note else ""
        yield f"  {local(entry.at)}  {entry.by} {entry.action}{note}"


def age_in_words(span: dt.timedelta) -> str:
    """ "12 min", "5 h", "3 days"."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"


def shown(text: str) -> str:
    """`text` on one line, with nothing in it that a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in text)


def _state(request: BookingRequest) -> str:
    if request.claimed_by and request.state.value in ("claimed", "contacted"):
        return f"{request.state.value} ({request.claimed_by})"
    return request.state.value


def _warnings(request: BookingRequest, now: dt.datetime) -> list[str]:
    said = []
    if request.is_undelivered:
        targets = ", ".join(one.target for one in request.deliveries if one.state in _UNDELIVERED)
        said.append(f"not delivered: {targets}")
    if request.is_overdue(now):
        said.append("reply overdue")
    if request.duplicates:
        said.append(f"same phone as {', '.join(request.duplicates)}")
    return said


def _yes(value: bool | None) -> str:
    return "not said" if value is None else "yes" if value else "no"
