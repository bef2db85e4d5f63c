"""A booking request in the words and times that the front desk reads."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Mapping, Sequence

from backtalk.booking.request import AuditEntry, BookingRequest, Delivery, DeliveryState
from backtalk.booking.state import State
from backtalk.booking.wanted import ReachBy, Wanted
from backtalk.desk.words import ago, due, local, number

_CHANNELS = {"web": "the chat on the web", "sms": "text message", "shell": "the shell"}
_STEPS = {
    "stored": "asked for an appointment",
    "claimed": "claimed it",
    "contacted": "reached the patient",
    "booked": "booked the visit",
    "closed": "closed it",
    "note": "wrote a note",
    "delivery retry": "had it sent again",
    "delivery drop": "stopped the sending",
}


@dataclass(frozen=True)
class Wording:
    """What words depend on: the clinic's time zone, and titles of topics by id."""

    timezone: str
    topic_titles: Mapping[str, str]

    def topic(self, topic: str) -> str:
        """Its title; without one its id in words: "condition/slipped-disc" is "slipped disc"."""
        return self.topic_titles.get(topic) or topic.rpartition("/")[2].replace("-", " ")

    def local(self, at: dt.datetime) -> str:
        """A moment on the clinic's clock."""
        return local(at, self.timezone)


@dataclass(frozen=True)
class Card:
    """One line of the queue. `phone` is E.164 or ""; `trouble` and `due` may be "" too."""

    reference: str
    name: str
    service: str
    state: State
    claimed_by: str | None
    age: str
    due: str
    is_overdue: bool
    phone: str
    phone_shown: str
    by_text: bool
    trouble: str
    twins: tuple[str, ...]
    readable: bool


@dataclass(frozen=True)
class DeliveryLine:
    """How one delivery stands."""

    id: str
    target: str
    words: str
    is_bad: bool
    can_retry: bool


@dataclass(frozen=True)
class Step:
    """One thing that was done, on the clinic's clock."""

    at: str
    who: str
    what: str
    note: str | None


@dataclass(frozen=True)
class Sheet:
    """All that the page of one request shows beside its card. `moves` are the states it may go to."""

    version: int
    moves: frozenset[str]
    fields: tuple[tuple[str, str], ...]
    advice: str
    appointment: str
    deliveries: tuple[DeliveryLine, ...]
    history: tuple[Step, ...]


def card(request: BookingRequest, now: dt.datetime) -> Card:
    """The card of `request` at `now` (aware)."""
    unheard = request.state in (State.NEW, State.CLAIMED)
    return Card(
        reference=request.reference,
        name=request.wanted.name,
        service=request.wanted.service,
        state=request.state,
        claimed_by=request.claimed_by,
        age=ago(request.created_at, now),
        due=due(request.due_at, now) if unheard else "",
        is_overdue=request.is_overdue(now),
        phone=request.wanted.phone,
        phone_shown=number(request.wanted.phone),
        by_text=request.wanted.reach_by is ReachBy.TEXT,
        trouble=_trouble(request),
        twins=request.duplicates if request.state.is_open else (),
        readable=request.readable,
    )


def sheet(request: BookingRequest, trail: Sequence[AuditEntry], wording: Wording) -> Sheet:
    """The page of `request`."""
    appointment = request.appointment_at
    return Sheet(
        version=request.version,
        moves=frozenset(state.value for state in request.state.moves),
        fields=tuple(_fields(request, wording)),
        advice=_advice(request.wanted),
        appointment=wording.local(appointment) if appointment else "",
        deliveries=tuple(_delivery(one, wording) for one in request.deliveries),
        history=tuple(_step(entry, wording) for entry in trail),
    )


def _fields(request: BookingRequest, wording: Wording) -> list[tuple[str, str]]:
    wanted = request.wanted
    rows = [
        ("Wants", wanted.service),
        ("Preferred times", wanted.times),
        ("Needs", wanted.needs or "none named"),
        ("Been here before", _yes_no(wanted.existing_patient)),
    ]
    if wanted.language != "en":
        rows.append(("Language", wanted.language))
    rows += [
        ("Asked about", ", ".join(wording.topic(topic) for topic in wanted.topics) or "no topic"),
        ("Symptom check", wanted.screening or "not done"),
        ("Asked on", wording.local(request.created_at)),
        ("Reply promised by", wording.local(request.due_at)),
        ("Came by", _CHANNELS.get(wanted.channel, wanted.channel)),
        ("Consent", f"text {wanted.consent_version}, {wording.local(wanted.consented_at)}"),
    ]
    return rows


def _advice(wanted: Wanted) -> str:
    if wanted.reach_by is ReachBy.TEXT:
        return "Wants a text message. Write nothing about health: texts are not encrypted."
    if wanted.may_leave_message:
        return "Wants a call. You may leave a message: your name, the clinic, the number. Nothing else."
    if wanted.may_leave_message is None:
        return "Wants a call. Leave no message: the patient was not asked."
    return "Wants a call. Leave no message."


def _trouble(request: BookingRequest) -> str:
    if not request.is_undelivered:
        return ""
    dead = [one.target for one in request.deliveries if one.state is DeliveryState.DEAD]
    if dead:
        return f"Not delivered to {', '.join(dead)}"
    waiting = [one for one in request.deliveries if one.state is DeliveryState.WAITING]
    tried = any(one.attempts for one in waiting)
    return f"{'Not yet delivered' if tried else 'Being sent'} to {', '.join(one.target for one in waiting)}"


def _delivery(one: Delivery, wording: Wording) -> DeliveryLine:
    why = f" Last error: {one.last_error}." if one.last_error else ""
    tries = f"{one.attempts} {'try' if one.attempts == 1 else 'tries'}"
    if one.state is DeliveryState.DELIVERED:
        words = f"sent {wording.local(one.delivered_at)}" if one.delivered_at else "sent"
    elif one.state is DeliveryState.DEAD:
        words = f"given up after {tries}.{why}"
    elif one.state is DeliveryState.DROPPED:
        words = "dropped by staff, not sent"
    elif one.attempts:
        words = f"not yet sent after {tries}, next {wording.local(one.due_at)}.{why}"
    else:
        words = "waiting to be sent"
    is_dead = one.state is DeliveryState.DEAD
    return DeliveryLine(one.id, one.target, words, is_dead, is_dead)


def _step(entry: AuditEntry, wording: Wording) -> Step:
    what = _STEPS.get(entry.action, entry.action.replace("_", " "))
    if entry.action == "booked" and "at" in entry.detail:
        at = dt.datetime.fromisoformat(entry.detail["at"].replace("Z", "+00:00"))
        what = f"booked the visit for {wording.local(at)}"
    who = "The patient" if entry.by == "patient" else entry.by
    return Step(wording.local(entry.at), who, what, entry.note)


def _yes_no(said: bool | None) -> str:
    return "not said" if said is None else "yes" if said else "no"
