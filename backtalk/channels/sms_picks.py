"""Which button of an open menu a text picks, and what is wrong with a number that picks none."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Sequence

from backtalk.channels.reply import Button
from backtalk.channels.sms_menu import named, number_meant
from backtalk.channels.sms_records import Contact
from backtalk.triage.assess import assess

INTENT = "/"  # how a payload begins that names an intent; others are words


class Missed(str, Enum):
    """Why a number picks nothing."""

    NO_MENU = "no_menu"
    OLD = "old"
    NOT_THERE = "not_there"


def picked(text: str, contact: Contact, now: dt.datetime) -> Button | Missed | None:
    """The button that `text` picks; None for words, which are the assistant's to read. `now` is UTC."""
    if contact.menu_until is None:
        return None
    is_open = now < contact.menu_until
    number = number_meant(text)
    if number is not None:
        return _by_number(number, contact.menu, is_open=is_open)
    button = named(text, contact.menu) if is_open else None
    # What sounds like a red flag is never taken for a title; "Yes" and "Back" are read by the engine.
    if button is None or not button.payload.startswith(INTENT) or assess(text).is_routed:
        return None
    return button


def is_task(menu: Sequence[Button]) -> bool:
    """Whether a menu is the answers to an open question, such as those of a symptom check."""
    return any(not button.payload.startswith(INTENT) for button in menu)


def _by_number(number: int, menu: Sequence[Button], *, is_open: bool) -> Button | Missed | None:
    if not menu:
        return Missed.NO_MENU
    if not is_open:
        return Missed.OLD
    if 1 <= number <= len(menu):
        return menu[number - 1]
    return None if is_task(menu) else Missed.NOT_THERE  # the question of a task knows what to say
