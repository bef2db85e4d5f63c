"""When a thing was: days since, as far as a sentence tells."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Sequence

from backtalk.triage.message import Message

DAY_UNITS = {
    "second": 0.0, "sec": 0.0, "minute": 0.0, "min": 0.0, "hour": 0.04, "hr": 0.04, "day": 1.0, "night": 1.0,
    "week": 7.0, "fortnight": 14.0, "month": 30.0, "year": 365.0, "decade": 3650.0,
    "wk": 7.0, "mth": 30.0, "mo": 30.0, "yr": 365.0,
}  # fmt: skip
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "couple": 2,
    "few": 3, "several": 4, "some": 4, "many": 5, "half": 0.5, "forty": 40, "fourteen": 14, "hundred": 100,
}  # fmt: skip
RECENT = 7.0
_NOW = frozenset(
    "now justnow lastnight wakingup today "
    "tonight yesterday currently suddenly minute minutes hour hours hrs mins monday tuesday "
    "wednesday "
    "thursday friday saturday sunday".split()
)
_PRESENT = frozenset(
    "is are am now has have getting going feels feel hurts cannot keep keeps starting started comes "
    "worse".split()
)
_LONG_AGO = frozenset(
    "childhood teens twenties thirties seventies eighties nineties university college younger".split()
)
_BEFORE_YEAR = frozenset("in of back during early late , ( about around".split())


@dataclass(frozen=True)
class Times:
    """`days_ago` of what is told (None if nothing is said), and the words that say it."""

    days_ago: float | None = None
    words: str = ""
    says_now: bool = False

    @property
    def is_recent(self) -> bool:
        return self.says_now or (self.days_ago is not None and self.days_ago <= RECENT)


def number_of(text: str) -> float | None:
    """A number in digits or words."""
    if text and text[0].isdigit():
        return float(text.replace(",", "."))
    value = NUMBERS.get(text)
    return float(value) if value is not None else None


def days_of(text: str) -> float | None:
    """The days of a unit of time ("weeks": 7)."""
    return DAY_UNITS.get(text, DAY_UNITS.get(text.rstrip("s")))


def times_near(message: Message, places: Sequence[int]) -> Times:
    """What the clause of a finding, or else the clause right after it, says of when it was."""
    clause = message.words[min(places)].clause
    key = ("times", clause)
    if key not in message.notes:
        message.notes[key] = _times_of(message, clause, message.words[min(places)].sentence)
    found: Times = message.notes[key]
    return found


def _times_of(message: Message, clause: int, sentence: int) -> Times:
    own = _times(message.clause(clause))
    if own.days_ago is not None or own.says_now or not _PRESENT.isdisjoint(message.clause(clause)):
        return own
    beside = [w.text for w in message.words if w.sentence == sentence and abs(w.clause - clause) == 1]
    return _times(beside)


def _times(texts: Sequence[str]) -> Times:
    says_now = any(text in _NOW for text in texts) or _has(
        texts, "this", ("morning", "afternoon", "evening", "week")
    )
    says_now = says_now or _has(texts, "last", ("night",))
    for position, text in enumerate(texts):
        before = texts[position - 1] if position else ""
        if text == "ago" and before == "long":
            return Times(1000.0, "long ago", says_now)
        if text in ("ago", "back", "earlier") and position >= 2:
            unit = days_of(texts[position - 1])
            count = number_of(texts[position - 2])
            if unit is not None:
                days = unit * (count if count is not None else 3)
                return Times(days, " ".join(texts[max(0, position - 2) : position + 1]), says_now)
        if (
            text.isdigit()
            and len(text) == 4
            and 1930 <= int(text) <= 2035
            and before not in ("since", "from")
        ):
            return Times(1000.0, text, says_now)
        if before == "last" and text in ("year", "summer", "winter", "spring", "autumn", "christmas"):
            return Times(300.0, f"last {text}", says_now)
        if before == "last" and text in ("month", "week"):
            return Times(30.0 if text == "month" else 7.0, f"last {text}", says_now)
        if (
            text in ("was", "were")
            and position + 1 < len(texts)
            and "when" in texts[max(0, position - 2) : position]
        ):
            following = texts[position + 1]
            if following.isdigit() or following in ("a", "little", "young", "small", "pregnant", "in"):
                return Times(2000.0, f"when {before} {text} {following}", says_now)
        if text in _LONG_AGO and before in ("my", "in", "at", "since", "was", "as", "high", "the"):
            return (
                Times(2000.0, f"{before} {text}", says_now)
                if before != "since"
                else Times(None, "", says_now)
            )
        if (
            before in ("as", "a")
            and text in ("child", "kid", "teenager", "teen", "baby", "toddler")
            and "as" in texts
        ):
            return Times(2000.0, f"as a {text}", says_now)
    return Times(None, "", says_now)


def _has(texts: Sequence[str], first: str, following: tuple[str, ...]) -> bool:
    return any(one == first and two in following for one, two in itertools.pairwise(texts))
