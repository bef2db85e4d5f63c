"""What the form says next: leads and question as templates, and the patient's words that go into them.

Templates may hold the clinic's {placeholders}; the words of a patient are never read as a template.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping

from backtalk.booking.form_choices import choices
from backtalk.booking.form_move import Move
from backtalk.booking.form_setting import Setting
from backtalk.booking.form_words import FormWords
from backtalk.booking.phone_number import shown
from backtalk.booking.progress import PERSONAL, Progress, Step
from backtalk.booking.wanted import NOT_SURE

_SMS_WORDS = 60  # of a free answer, in a summary by SMS


@dataclass(frozen=True)
class Say:
    """One message. `words` fill placeholders as they are; `is_private` if they say who the patient is."""

    lead: str
    asks: str
    words: Mapping[str, str]
    buttons: tuple[str, ...]
    is_private: bool


def say(move: Move, channel: str, words: FormWords, setting: Setting) -> Say:
    """The message for `move` on "web" or "sms"."""
    progress = move.progress
    step = progress.step
    question = words.questions[step]
    picks = choices(step, channel, words, setting)
    leads, said, is_private = [], _answers(progress, channel, words, setting), step is Step.SUMMARY
    for lead in move.leads:
        template = words.leads[lead.name][channel]
        for name, value in (lead.fill or {}).items():
            template = template.replace("{" + name + "}", value)
        leads.append(template)
        if lead.noted:
            said["noted"] = "; ".join(_noted(one, progress, words, setting) for one in lead.noted)
            is_private = is_private or any(one in PERSONAL for one in lead.noted)
    said["choices"] = ", ".join(f"{n} {pick.lower()}" for n, pick in enumerate(picks, start=1))
    joint = " " if channel == "sms" else "\n\n"
    return Say(
        lead="".join(f"{lead}{joint}" for lead in leads),
        asks=question.asks[channel],
        words=said,
        buttons=picks,
        is_private=is_private,
    )


def _answers(progress: Progress, channel: str, words: FormWords, setting: Setting) -> dict[str, str]:
    reach = _reach(progress, words)
    said = {
        "service": _service(progress, words),
        "existing": _yes_no(progress.existing, words),
        "name": progress.name or words.values["skipped"],
        "phone": shown(progress.phone, setting.region) if progress.phone else words.values["skipped"],
        "reach": reach,
        "times": progress.times or words.values["any_time"],
        "needs": progress.needs or words.values["nothing"],
        "example_phone": setting.example_phone,
    }
    if channel == "sms":
        said |= {name: _cut(said[name]) for name in ("name", "times", "needs")}
    return said


def _noted(step: Step, progress: Progress, words: FormWords, setting: Setting) -> str:
    if step is Step.EXISTING:
        return words.values["existing_yes" if progress.existing else "existing_no"]
    if step is Step.LEAVE:
        return words.values["may_leave" if progress.leave else "may_not_leave"]
    if step is Step.REACH and progress.reach:
        return words.values[progress.reach]
    return _answers(progress, "web", words, setting)[step.value]


def _service(progress: Progress, words: FormWords) -> str:
    if progress.service != NOT_SURE:
        return progress.service or words.values["not_sure"]
    trouble = progress.trouble if progress.trouble != "other" else None
    return f"{words.values['not_sure']} ({trouble})" if trouble else words.values["not_sure"]


def _reach(progress: Progress, words: FormWords) -> str:
    said = words.values[progress.reach] if progress.reach else words.values["skipped"]
    if progress.leave is None:
        return said
    return f"{said}; {words.values['may_leave' if progress.leave else 'may_not_leave']}"


def _yes_no(value: bool | None, words: FormWords) -> str:
    return words.values["skipped"] if value is None else words.values["yes" if value else "no"]


def _cut(text: str) -> str:
    return text if len(text) <= _SMS_WORDS else f"{text[: _SMS_WORDS - 3].rstrip()}..."
