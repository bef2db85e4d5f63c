"""When a thing was: days since, as far as a sentence tells."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from typing import Sequence

from backtalk.triage.cues import Cues
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
    "thirteen": 13, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
RECENT = 7.0
LONG = 60.0  # days after which what only matters while it lasts is over, if nothing says that it goes on
LONG_AGO, IN_YOUTH = 1000.0, 2000.0
# "in 2009" is long ago; of this year and the last the number alone says too little.
FIRST_YEAR, LAST_YEAR = 1930, date.today().year - 2
_UNNAMED_COUNT = 3  # "years ago", "a couple of years ago"
_CUTS = frozenset(",;(.!?")


@dataclass(frozen=True)
class Times:
    """`days_ago` of what is told (None if nothing is said), and the words that say it."""

    days_ago: float | None = None
    words: str = ""
    says_now: bool = False

    @property
    def is_recent(self) -> bool:
        return self.says_now or (self.days_ago is not None and self.days_ago <= RECENT)

    @property
    def is_long_ago(self) -> bool:
        return self.days_ago is not None and self.days_ago > LONG


NO_TIMES = Times()


def number_of(text: str) -> float | None:
    """A number in digits or words."""
    if text and text[0].isdigit():
        return float(text.replace(",", "."))
    value = NUMBERS.get(text)
    return float(value) if value is not None else None


def days_of(text: str) -> float | None:
    """The days of a unit of time ("weeks": 7)."""
    return DAY_UNITS.get(text, DAY_UNITS.get(text.rstrip("s")))


def times_near(message: Message, places: Sequence[int], cues: Cues) -> Times:
    """What is said of when the finding at `places` was: beside it, or else in the clause before or after."""
    first, last = min(places), max(places)
    part = _part_around(message, first, last)
    key = ("times", part.start, part.stop)
    if key not in message.notes:
        message.notes[key] = _times_of(message, part, message.clause_of[first], cues)
    found: Times = message.notes[key]
    return found


def times_of_clause(message: Message, number: int, cues: Cues) -> Times:
    """What a whole clause says of when it was."""
    key = ("times of clause", number)
    if key not in message.notes:
        message.notes[key] = _times(message.clause(number), cues)
    found: Times = message.notes[key]
    return found


def _part_around(message: Message, first: int, last: int) -> range:
    """The words between the commas around a finding."""
    words = message.words
    lowest, highest = message.clauses[message.clause_of[first]], message.clauses[message.clause_of[last]]
    while first > lowest.start and words[first - 1] not in _CUTS:
        first -= 1
    while last + 1 < highest.stop and words[last + 1] not in _CUTS:
        last += 1
    return range(first, last + 1)


def _times_of(message: Message, part: range, clause_number: int, cues: Cues) -> Times:
    own_words = message.words[part.start : part.stop]
    own = _times(own_words, cues)
    is_now = own.says_now or cues.has(own_words, "present")
    if own.days_ago is not None or is_now:
        return own
    is_past = cues.has(own_words, "past_verbs")
    for other in _parts_beside(message, part, clause_number):
        says_when = other[:2] in (("that", "was"), ("it", "was"), ("this", "was"))
        if says_when or ((is_past or not cues.has(other, "past_verbs")) and not cues.has(other, "onsets")):
            found = _times(other, cues)
            if found.days_ago is not None or found.says_now:
                return found
    return own


def _parts_beside(message: Message, part: range, clause_number: int) -> list[Sequence[str]]:
    """What the date of a finding may be in: the rest of its clause, the clauses beside it, "that was ..."."""
    words, clauses = message.words, message.clauses
    sentence = message.sentence_of[part.start]
    clause = clauses[clause_number]
    parts = [words[clause.start : part.start], words[part.stop : max(clause.stop, part.stop)]]
    for number in (clause_number - 1, clause_number + 1):
        if 0 <= number < len(clauses) and message.sentence_of[clauses[number].start] == sentence:
            parts.append(message.clause(number))
    for later in clauses[clause_number + 2 :]:
        if message.sentence_of[later.start] > sentence + 1:
            break
        if words[later.start + 1 : later.start + 2] == ("was",):
            parts.append(words[later.start : later.stop])
    return parts


def _times(texts: Sequence[str], cues: Cues) -> Times:
    says_now = cues.has(texts, "says_now") or any(
        one == "this" and two in ("morning", "afternoon", "evening", "week", "month")
        for one, two in itertools.pairwise(texts)
    )
    for position, text in enumerate(texts):
        if text in cues["ends_time"] or text in _LAST or text.isdigit():
            found = _time_at(texts, position, cues)
            if found:
                return Times(*found, says_now)
    return Times(None, "", says_now)


def _time_at(texts: Sequence[str], position: int, cues: Cues) -> tuple[float, str] | None:
    """The days, and the words that say them, if an expression of time ends at `position`."""
    text = texts[position]
    before = texts[position - 1] if position else ""
    after = texts[position + 1] if position + 1 < len(texts) else ""
    if text == "longago" or (text == "ago" and before == "long"):
        return LONG_AGO, "long ago"
    if text in ("ago", "earlier") or (text == "back" and after not in cues["back_of_body"]):
        unit = days_of(before)
        if unit is None:
            return None
        count = number_of(texts[position - 2]) if position > 1 else None
        words = " ".join(texts[max(0, position - 2) : position + 1])
        return unit * (_UNNAMED_COUNT if count is None else count), words
    if len(text) == 4 and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR:
        return None if before in ("since", "from", "is", "its", "at", "of") else (LONG_AGO, text)
    if before == "last" and not cues.has(texts[max(0, position - 2) : position - 1], "during"):
        days = _LAST.get(text)
        return None if days is None else (days, f"last {text}")
    return _stage_of_life(texts, position, cues)


_LAST = {"year": 300.0, "month": 30.0, "week": 7.0} | dict.fromkeys(
    ("summer", "winter", "spring", "autumn", "christmas"), 300.0
)


def _stage_of_life(texts: Sequence[str], position: int, cues: Cues) -> tuple[float, str] | None:
    """ "when I was four", "as a child", "in my twenties", "in the seventies", "before I was born"."""
    text, before = texts[position], texts[position - 1] if position else ""
    following = texts[position + 1 : position + 2]
    was_when = text in ("was", "were") and "when" in texts[max(0, position - 3) : position]
    if was_when and following and (number_of(following[0]) or following[0] in cues["when_was"]):
        return IN_YOUTH, f"when {before} {text} {following[0]}"
    if text == "born" and "before" in texts[:position]:
        return IN_YOUTH, "before born"
    if text in cues["decades"]:
        if before == "the":
            return IN_YOUTH, f"the {text}"
        # "in my seventies" is an age; what was in them is told as past
        was = before in ("my", "his", "her") and cues.has(texts, "past_verbs")
        return (IN_YOUTH, f"{before} {text}") if was and not cues.has(texts, "is_now") else None
    if text in cues["youth"] and before in ("my", "in", "at", "was", "as", "high", "the", "his", "her"):
        was = cues.has(texts, "past_verbs") and not cues.has(texts, "is_now")
        return (IN_YOUTH, f"{before} {text}") if was else None
    if text in cues["young"] and before in ("as", "a", "young") and "as" in texts[:position]:
        return IN_YOUTH, f"as a {text}"
    return None
