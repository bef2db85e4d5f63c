"""What a message does to the booking form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Mapping

from backtalk.booking.form_words import FormWords
from backtalk.booking.gathering import Gathered
from backtalk.booking.progress import ORDER, Progress, Step
from backtalk.booking.wanted import NOT_SURE

MOST_FAILURES = 3


class Outcome(str, Enum):
    """What comes next."""

    ASK = "ask"  # put the open question
    STOPPED = "stopped"  # the patient left
    REFUSED = "refused"  # no consent
    STORE = "store"  # the patient has confirmed the summary


@dataclass(frozen=True)
class Lead:
    """What is said before the question, by its name in form.yml; `noted` are the steps just answered."""

    name: str
    noted: tuple[Step, ...] = ()
    fill: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Move:
    """A message's effect: the progress after it, what to say first, and what comes next."""

    progress: Progress
    leads: tuple[Lead, ...] = ()
    outcome: Outcome = Outcome.ASK


def taken(progress: Progress, said: Gathered) -> tuple[Progress, tuple[Step, ...]]:
    """`progress` with what was said of questions that are not answered yet, and of which."""
    new = [(step, value) for step, value in said.found if not progress.has(step)]
    for step, value in new:
        progress = progress.with_answer(step, value)
    steps = [step for step, _ in new]
    return progress, tuple(step for step in ORDER if step in steps)


def replaced(progress: Progress, said: Gathered) -> Move:
    """`progress` with everything that was said, whether it was answered before or not."""
    for step, value in said.found:
        progress = progress.with_answer(step, value)
    return Move(progress, shown_back(progress, tuple(step for step, _ in said.found)))


def shown_back(progress: Progress, steps: tuple[Step, ...]) -> tuple[Lead, ...]:
    """The lead that shows what was understood; none if there is nothing to show."""
    silent = (Step.CONSENT, Step.TROUBLE, Step.SUMMARY)
    said = [step for step in ORDER if step in steps and step not in silent]
    shown = tuple(step for step in said if progress.value(step) not in (None, NOT_SURE))
    return (Lead("noted", shown),) if shown else ()


def failed(progress: Progress, words: FormWords, lead: str | None = None) -> Move:
    """A reply that was not understood: an example, and at the third the phone."""
    failures = progress.failures + 1
    if failures >= MOST_FAILURES:
        return Move(replace(progress, failures=0), (Lead("help_offer"),))
    hint = Lead(lead) if lead else Lead("hint", fill={"hint": words.questions[progress.step].again})
    return Move(replace(progress, failures=failures), (hint,))
