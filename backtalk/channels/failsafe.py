"""What a patient reads when nothing else can answer. Needs no model, database or network."""

from __future__ import annotations

from backtalk.channels.reply import Reply
from backtalk.clinic import Clinic
from backtalk.triage.advice import shipped_advice
from backtalk.triage.assess import Assessment

_TEXT = (
    "Sorry, I cannot answer right now. Please try again in a minute, or call {name} on {phone}. "
    "If this feels urgent or dangerous, call {emergency} now."
)

_NOT_ERASED = (
    "Sorry, I could not delete this just now. Please try again in a minute, or ask {name} on {phone}."
)


def not_erased_reply(clinic: Clinic) -> Reply:
    """Stands where "Done" would be untrue: what was to be deleted is still there, or may be."""
    return Reply(text=_NOT_ERASED.format(name=clinic.name, phone=clinic.phone), kind="erase")


def failsafe_reply(clinic: Clinic) -> Reply:
    """The fail-safe text, with the clinic's phone and the emergency number."""
    text = _TEXT.format(name=clinic.name, phone=clinic.phone, emergency=clinic.emergency)
    return Reply(text=text, kind="failsafe")


def urgent_reply(clinic: Clinic, assessed: Assessment, channel: str) -> Reply:
    """The urgent-care message for a routed assessment, without the engine."""
    text = shipped_advice(clinic.placeholders()).urgent(assessed, channel)
    return Reply(text=text, kind="urgent", urgency=assessed.tier, red_flags=assessed.flags)
