"""Whether a finding is affirmed: not denied, only asked about, over, or somebody else's past.

The idea of ConText (Harkema 2009): cue words with a reach, cut at clause borders. What counts is the
project's labelling rules; in doubt a finding counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Sequence

from backtalk.triage.cues import Cues
from backtalk.triage.denial import denial
from backtalk.triage.message import Message
from backtalk.triage.past import over
from backtalk.triage.people import is_past_of_other, person_of
from backtalk.triage.question import question
from backtalk.triage.times import times_near


class Status(str, Enum):
    """What a message says of a finding. Only AFFIRMED counts."""

    AFFIRMED = "affirmed"
    NEGATED = "negated"
    HYPOTHETICAL = "hypothetical"
    HISTORICAL = "historical"
    FAMILY = "family history"


@dataclass(frozen=True)
class Assertion:
    """The status, whose finding it is (`self`, `other`, `anyone`), and the cue that decided, for people."""

    status: Status
    person: str
    cue: str


class Asserter:
    """Decides about findings."""

    def __init__(self, cues: Cues) -> None:
        self._cues = cues

    def judge(self, message: Message, places: Sequence[int], lasts: str) -> Assertion:
        """The assertion of a finding at word positions `places`.

        `lasts` says how long the finding matters once it is over: "now", "always", or "days N".
        """
        key = (places, lasts)
        if key not in message.notes:
            message.notes[key] = self._judge(message, places, lasts)
        found: Assertion = message.notes[key]
        return found

    def is_denied(self, message: Message, places: Sequence[int]) -> bool:
        """Whether only a denial is told of what stands at `places`."""
        return bool(denial(message, places, self._cues))

    def _judge(self, message: Message, places: Sequence[int], lasts: str) -> Assertion:
        cues = self._cues
        person = person_of(message, places, cues)
        denied = denial(message, places, cues)
        if denied:
            return Assertion(Status.NEGATED, person.whose, denied)
        asked = question(message, places, cues)
        if asked:
            return Assertion(Status.HYPOTHETICAL, person.whose, asked)
        when = times_near(message, places, cues)
        if is_past_of_other(message, places, person, lasts, when, cues):
            return Assertion(Status.FAMILY, "other", when.words or "past of someone else")
        gone = "" if lasts == "always" else over(message, places, when, lasts, cues)
        if gone:
            return Assertion(Status.HISTORICAL, person.whose, gone)
        return Assertion(Status.AFFIRMED, person.whose, "")
