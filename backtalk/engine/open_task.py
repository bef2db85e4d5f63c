"""The intent of a message that answers the open question of a task: symptom check, booking, erasure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Optional

from rasa.shared.core.trackers import DialogueStateTracker

from backtalk.booking.fit import Fit, answers_privately, fit
from backtalk.booking.form_words import shipped_form_words
from backtalk.booking.progress import Step, open_step
from backtalk.engine.last_turn import (
    BOOKING,
    SCREENING,
    is_booking,
    is_erasing,
    question_put,
    screened,
    shown_last,
    was_stored,
)
from backtalk.triage.answers import YesNo, yes_or_no
from backtalk.triage.screening import Progress, shipped_screening
from backtalk.understanding.reading import Reading

# Of these answers more may be told than was asked, also a red flag in words that no rule knows.
SURELY_TOPIC = 0.6
_OF_FORM = ("booking/book",)  # "as soon as possible" is no question on how to book, while the form is open
_TELLING = (Step.SERVICE, Step.TROUBLE, Step.NEEDS)


@dataclass(frozen=True)
class TaskReply:
    """A reply to a task. `unless_topic`: only if the message is not surely about a topic.

    `is_private`: it may say who the patient is. `is_telling`: it is free text about the patient.
    """

    intent: str
    unless_topic: bool = False
    is_private: bool = False
    is_telling: bool = False


def task_reply(tracker: DialogueStateTracker, text: str) -> Optional[TaskReply]:
    """What `text` is to the task that waits for an answer; None if it is nothing to it."""
    if is_erasing(tracker) and yes_or_no(text) and not question_put(tracker):
        return TaskReply("erase_reply")
    if screened(tracker):
        screening = shipped_screening()
        progress = Progress.from_dict(tracker.get_slot(SCREENING))
        if screening.is_stop(progress, text):
            return TaskReply("screening_stop")
        return TaskReply("screening_reply") if screening.is_reply(progress, text) else None
    if is_booking(tracker):
        return _to_form(tracker, text)
    if was_stored(tracker) and yes_or_no(text) is YesNo.YES and len(text.split()) <= 3:
        return TaskReply("booking_reply")
    return None


def is_surely_topic(reading: Reading) -> bool:
    """Whether a message that may answer a task's question rather is about something else."""
    about = reading.topics[:1]
    return bool(about) and about != _OF_FORM and reading.confidence >= SURELY_TOPIC


def _to_form(tracker: DialogueStateTracker, text: str) -> Optional[TaskReply]:
    step, words, today = open_step(tracker.get_slot(BOOKING)), shipped_form_words(), dt.date.today()
    shown = [
        str(b.get("title")) for message in shown_last(tracker) for b in message.data.get("buttons") or ()
    ]
    fits = fit(step, text, words, today, shown)
    if fits is Fit.NO:
        return None
    return TaskReply(
        "booking_reply",
        unless_topic=fits is Fit.MAYBE,
        is_private=answers_privately(step, text, words, today),
        is_telling=step in _TELLING,
    )
