"""Numbered lines: what a reply offers by SMS, and which line a text picks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Sequence

from backtalk.channels.reply import Button, Reply
from backtalk.understanding.picks import picked
from backtalk.understanding.text import normalise

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ORDER = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_NUMBERS = {word: n for words in (_WORDS, _ORDER) for n, word in enumerate(words, start=1)}
_NUMBER = re.compile(
    r"(?:(?:i\s+(?:mean|want|choose|pick)|ok|okay|option|choice|number|no\.|nr\.?|reply|the|please)\s+)*"
    rf"[#(]?\s*(?P<number>[0-9]{{1,2}}|{'|'.join(_NUMBERS)})(?:st|nd|rd|th)?"
    r"(?:\s*[.,):!]|\s+(?:one|option|please|pls|thanks|thank you|thx))*\s*"
)
_KEYCAPS = str.maketrans("", "", "\ufe0f\u20e3")
_NEVER_SHOWN = ("urgent",)


@dataclass(frozen=True)
class Menu:
    """The buttons behind the numbers 1, 2, 3 …, and the lines to add to a text that does not name them."""

    buttons: tuple[Button, ...]
    lines: tuple[str, ...]


def menu_of(replies: Sequence[Reply]) -> Menu:
    """What the replies of a turn offer by number. Where a text numbers its own choices, these come first.

    Suggestions under an answer are left out, as by every SMS variant; nothing is offered beside urgent text.
    """
    offered = [(reply, _choices(reply)) for reply in replies if reply.kind not in _NEVER_SHOWN]
    numbered = [buttons for reply, buttons in offered if numbers_itself(reply.text, len(buttons))][:1]
    buttons = list(numbered[0]) if numbered else []
    lines = []
    for reply, choices in offered:
        if numbers_itself(reply.text, len(choices)) or _names_all(reply.text, choices):
            continue
        for button in choices:
            buttons.append(button)
            lines.append(f"{len(buttons)} {button.title}")
    return Menu(tuple(buttons), tuple(lines))


def numbers_itself(text: str, count: int) -> bool:
    """Whether `text` has "1 word", "2 word" … up to `count`, in this order."""
    numbers = range(1, count + 1)
    in_order = ".*?".join(rf"(?<![\w.:/]){n}[.):]?\s+[^\W\d]" for n in numbers)
    return count > 1 and re.search(in_order, text, re.DOTALL) is not None


def number_meant(text: str) -> int | None:
    """The number that is all `text` says: "2", "two", "2.", "#2", "the second one"."""
    match = _NUMBER.fullmatch(normalise(text.translate(_KEYCAPS)))
    if match is None:
        return None
    said = match.group("number")
    return int(said) if said.isdecimal() else _NUMBERS[said]


def named(text: str, menu: Sequence[Button]) -> Button | None:
    """The one button whose title `text` is, or starts."""
    index = picked(text, [button.title for button in menu])
    return None if index is None or number_meant(text) is not None else menu[index]


def _choices(reply: Reply) -> tuple[Button, ...]:
    if reply.kind == "choices":
        return reply.buttons
    return reply.buttons[: len(reply.buttons) - len(reply.offers)]


def _names_all(text: str, choices: Sequence[Button]) -> bool:
    plain = text.lower()
    return bool(choices) and all(button.title.lower() in plain for button in choices)
