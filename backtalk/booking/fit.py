"""Whether a message is for the open question of the form, or a question of its own in the middle.

Needs nothing of the clinic and decrypts nothing: it looks at the message and at which question is open.
"""

from __future__ import annotations

import datetime as dt
import re
from enum import Enum
from typing import Sequence

from backtalk.booking.form_answers import ASKS_BACK, number_said, trouble_named
from backtalk.booking.form_words import FormWords, plain_words
from backtalk.booking.person_name import asks_something, find_name, read_name
from backtalk.booking.progress import Step
from backtalk.booking.service_choice import named_service
from backtalk.booking.times import Hours, find_times, read_times
from backtalk.triage.answers import yes_or_no
from backtalk.understanding.text import has_words

_COMMANDS = ("stop", "back", "skip", "start_over", "show")
_YES_NO = (Step.EXISTING, Step.CONSENT, Step.LEAVE, Step.SUMMARY)
_REACH = re.compile(r"\b(call|text|sms|phone|ring|message|either|both)\b")
_FEW = 4
_MANY = 12
_DIGITS_OF_PHONE = 7


class Fit(str, Enum):
    YES = "yes"  # it is for the form
    MAYBE = "maybe"  # it is, unless it surely is about a topic
    NO = "no"  # it is not


def fit(step: Step, text: str, words: FormWords, today: dt.date, shown: Sequence[str] = ()) -> Fit:
    """How well `text` fits as a reply while the question of `step` is open. Pure; never raises.

    `shown` are the titles of the buttons below the question.
    """
    plain = plain_words(text)
    if _is_command(plain, text, words) or number_said(text) is not None:
        return Fit.YES
    if not has_words(text):
        return Fit.MAYBE
    if step in _YES_NO and (yes_or_no(text) or words.says("agreed", text)):
        return Fit.YES
    if _is_answer(step, plain, text, words, today, shown):
        return Fit.YES
    # "When the kids are at school" is a time.
    if ASKS_BACK.search(plain) if step is Step.TIMES else asks_something(plain):
        return Fit.NO
    # Of access or other needs anything may be said; and a name may be that of an illness.
    return Fit.YES if step is Step.NEEDS and len(plain.split()) <= 3 * _MANY else Fit.MAYBE


def _is_command(plain: str, text: str, words: FormWords) -> bool:
    if any(words.says(phrase, text) for phrase in (*_COMMANDS, "not_sure", "no_matter")):
        return True
    patterns = words.patterns
    if patterns["why"].search(plain) or (patterns["change"].match(plain) and _names_field(plain, words)):
        return True
    return bool(patterns["correction"].match(text.strip())) and not asks_something(plain)


def _names_field(plain: str, words: FormWords) -> bool:
    return any(
        re.search(rf"\b{re.escape(name)}\b", plain) for names in words.fields.values() for name in names
    )


def _is_answer(
    step: Step, plain: str, text: str, words: FormWords, today: dt.date, shown: Sequence[str]
) -> bool:
    if sum(c.isdigit() for c in text) >= _DIGITS_OF_PHONE and len(plain.split()) <= 2 * _MANY:
        return True  # a phone number, whatever was asked
    hours = Hours(today)
    if step is Step.SERVICE:
        names = [name.lower() for name in (*shown, *words.services)]
        is_short = len(plain.split()) <= 2 * _FEW and not asks_something(plain)
        named = named_service(text, names, words.services) is not None or trouble_named(text) is not None
        return words.says("not_sure", text) or (is_short and named)
    if step is Step.TROUBLE:
        return words.says("not_sure", text) or trouble_named(text) is not None
    if step is Step.NAME:
        return read_name(text) is not None and len(plain.split()) <= _FEW
    if step is Step.REACH:
        return bool(_REACH.search(plain)) and len(plain.split()) <= _MANY and "?" not in plain
    if step is Step.TIMES:
        read = read_times(text, hours)
        found = find_times(text, hours)
        return bool(read.words or read.fault or (found.words and len(plain.split()) <= _MANY))
    if step in (Step.SUMMARY, Step.CHANGE):
        return words.says("send", text) or (_names_field(plain, words) and len(plain.split()) <= _FEW)
    return False


def holds_details(text: str, today: dt.date) -> bool:
    """Whether a message says who the patient is or when they can come: it is then not stored as it is."""
    digits = sum(c.isdigit() for c in text) >= _DIGITS_OF_PHONE
    return digits or find_name(text) is not None or find_times(text, Hours(today)).words is not None


def answers_privately(step: Step, text: str, words: FormWords, today: dt.date) -> bool:
    """Whether a reply to the question of `step` may hold what identifies the patient."""
    if number_said(text) is not None or any(words.says(command, text) for command in _COMMANDS):
        return False
    if yes_or_no(text) and len(text.split()) <= _FEW:
        return False
    details = (Step.NAME, Step.PHONE, Step.TIMES, Step.NEEDS, Step.SUMMARY, Step.CHANGE)
    return step in details or holds_details(text, today)
