"""Several answers in one message: "physio tuesday after 4, I'm Ann Lee 202 555 0143"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from backtalk.booking.form_setting import Setting
from backtalk.booking.form_words import FormWords
from backtalk.booking.person_name import find_name
from backtalk.booking.phone_number import find_number
from backtalk.booking.progress import Step
from backtalk.booking.service_choice import named_service
from backtalk.booking.times import find_times
from backtalk.booking.wanted import ReachBy
from backtalk.understanding.text import clean, normalise

_NEW = re.compile(
    r"\b(new patient|new client|new here|first (time|visit|appointment)|never been|not been before|havent been|"
    r"haven'?t been (before|with|to)|i'?m new|i am new)\b"
)
_BEFORE = re.compile(
    r"\b(been (here |there |with you |to you |to see you )?before|existing (patient|client)|returning|"
    r"(was|were|been|came|come|seen) .{0,20}\b(last (year|month|week|time)|already|previously)|"
    r"regular (patient|client)|i'?m (already )?a patient|follow[- ]?up (visit|appointment))\b"
)
_TEXT = re.compile(
    r"\b(text me|message me|by text|by sms|send (me )?(a )?(text|sms|message)|prefer (a )?texts?)\b"
)
_CALL = re.compile(
    r"\b(call me|ring me|phone me|by phone|give me a (call|ring|bell)|prefer (a )?(phone )?calls?)\b"
)
_JOINTS = re.compile(
    r"\b(?:(?:and|on|or|with)\s+)?(?:my\s+)?(?:phone|mobile|cell|tel|telephone|number|no)\.?(?:\s+(?:number|no))?(?:\s+(?:is|on))?\s*[:=]?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Gathered:
    """The answers found, by step, and what is left of the message without number and times."""

    found: tuple[tuple[Step, Any], ...] = ()
    rest: str = ""

    def value(self, step: Step) -> Any:
        """What was found for `step`, or None."""
        return dict(self.found).get(step)


def gathered(text: str, setting: Setting, words: FormWords) -> Gathered:
    """Every answer that `text` surely gives. Pure; never raises."""
    plain = clean(text)[:1000]
    found: list[tuple[Step, Any]] = []
    number = find_number(plain, setting.region)
    if number:
        found.append((Step.PHONE, number.e164))
        before = _JOINTS.sub("", plain[: number.span[0]])
        plain = f"{before} {plain[number.span[1] :]}".strip()
    times = find_times(plain, setting.hours)
    if times.words:
        found.append((Step.TIMES, times.words))
        # The span is one of the normalised text; where that has another length, nothing is cut out.
        if len(normalise(plain)) == len(plain):
            plain = f"{plain[: times.span[0]]} {plain[times.span[1] :]}"
    name = find_name(text) or find_name(plain)
    if name:
        found.append((Step.NAME, name))
    lower = normalise(plain)
    service = named_service(lower, setting.services, words.services)
    if service:
        found.append((Step.SERVICE, service))
    if _NEW.search(lower):
        found.append((Step.EXISTING, False))
    elif _BEFORE.search(lower):
        found.append((Step.EXISTING, True))
    if _TEXT.search(lower):
        found.append((Step.REACH, ReachBy.TEXT.value))
    elif _CALL.search(lower):
        found.append((Step.REACH, ReachBy.CALL.value))
    return Gathered(
        tuple(found), re.sub(r"^[\s,.;&]+|[\s,.;&]+$|^\s*(?:and|or)\b|\b(?:and|or)\s*$", "", plain).strip()
    )


def without(gathered: Gathered, *steps: Step) -> Gathered:
    """The answers less those to `steps`."""
    return replace(gathered, found=tuple((s, v) for s, v in gathered.found if s not in steps))
