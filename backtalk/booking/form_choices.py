"""What may be picked at a question of the form: by button on the web, by number in a text message."""

from __future__ import annotations

from backtalk.booking.form_setting import Setting
from backtalk.booking.form_words import FormWords
from backtalk.booking.progress import Step

LEAVE = {"web": "Leave this request", "sms": "Leave"}
_NO_LEAVING = (Step.CONSENT, Step.CHANGE)  # a no, and nothing, do that


def choices(step: Step, channel: str, words: FormWords, setting: Setting) -> tuple[str, ...]:
    """What may be picked at a question, in the order of its buttons and of the numbers by SMS."""
    if step is Step.SERVICE:
        named = (*(service.capitalize() for service in setting.services), "Not sure")
    else:
        named = words.questions[step].choices
    return named if step in _NO_LEAVING else (*named, LEAVE[channel])
