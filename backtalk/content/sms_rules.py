"""What a text for SMS must keep to: its alphabet, its parts, its links."""

from __future__ import annotations

import re
from typing import Iterator, Mapping

from backtalk.content.sms_parts import not_gsm, segments
from backtalk.content.sms_room import own_words, with_longest_facts, with_usual_facts

USUAL_PARTS, MOST_PARTS = 2, 3
# The first part of a text of several: its header takes 7 of the 160 characters.
FIRST_PART = 153

_MARKUP = re.compile(r"\*\*|^\s*[-*] ", re.MULTILINE)
_LINK = re.compile(r"https?://\S+|\{(?:booking_url|privacy_url)\}")
_WHO_TO_CALL = ("emergency_number", "crisis_line", "urgent_advice")


def sms_faults(text: str, facts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Rule and message for each fault of `text`, which holds placeholders; `facts` are the clinic's.

    Two parts with usual facts, three with the longest that a clinic may have.
    """
    usual = segments(with_usual_facts(text, facts))
    if not not_gsm(own_words(text)) and usual.parts > USUAL_PARTS:
        yield "length", f"{usual.characters} characters, at most 306 (2 parts). Shorten it."
    else:
        yield from three_part_faults(text)
    if _MARKUP.search(text):
        yield "markup", "no bullets or bold here."
    if len(_LINK.findall(text)) > 1:
        yield "links", "at most 1 link."


def three_part_faults(text: str) -> Iterator[tuple[str, str]]:
    """Faults of a text that may have three parts, with the longest facts."""
    odd = not_gsm(own_words(text))
    size = segments(with_longest_facts(text))
    if odd:
        yield "characters", f"{odd} are not GSM-7. Use plain quotes, hyphens and letters."
    elif size.parts > MOST_PARTS:
        yield (
            "length",
            f"{size.characters} characters with the longest facts, at most 459 (3 parts). Shorten it.",
        )


def urgent_faults(text: str) -> Iterator[tuple[str, str]]:
    """Faults of an urgent text: what to do and whom to call stands in its first line and first part."""
    yield from three_part_faults(text)
    action = text.splitlines()[0]
    count = segments(with_longest_facts(action)).characters
    if not any(f"{{{name}}}" in action for name in _WHO_TO_CALL):
        yield "action-first", "the first line must say whom to call."
    if count > FIRST_PART:
        yield "action-first", f"the first line has {count} characters, at most {FIRST_PART} (the first part)."
