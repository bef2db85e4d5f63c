"""The booking form: which question is open, what a reply does to it, and when a request is complete.

Pure: a progress and a message give the next progress. Nothing here stores or sends anything.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Mapping

from backtalk.booking.form_answers import Answer, number_said, read_answer
from backtalk.booking.form_setting import Setting
from backtalk.booking.form_words import FormWords, plain_words
from backtalk.booking.gathering import Gathered, gathered, without
from backtalk.booking.progress import IDENTIFYING, OPTIONAL, ORDER, Progress, Step
from backtalk.booking.wanted import NOT_SURE
from backtalk.triage.answers import YesNo, yes_or_no

MOST_FAILURES = 3
# What the patient typed or picked is not repeated; what was read out of words is.
_SHOWN_BACK = (Step.SERVICE, Step.NAME, Step.PHONE, Step.TIMES)


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


class BookingForm:
    """The form of one clinic on one day. `now` (aware) is the time of a consent given."""

    def __init__(self, words: FormWords, setting: Setting, now: dt.datetime) -> None:
        self._words = words
        self._setting = setting
        self._now = now

    def begun(self, text: str) -> Move:
        """A new request; what the opening message says already is taken."""
        said = gathered(text, self._setting, self._words)
        progress, noted = self._taken(Progress(), said)
        leads = [Lead("begin"), *self._noted(progress, noted)]
        return Move(progress, tuple(leads))

    def after(self, progress: Progress, text: str) -> Move:
        """The effect of `text`, whatever it is."""
        command = self._command(progress, text)
        if command:
            return command
        corrected = self._corrected(progress, text)
        if corrected:
            return corrected
        if progress.step is Step.SUMMARY:
            return self._confirmed(progress, text)
        if progress.step is Step.CHANGE:
            return self._change_chosen(progress, text)
        return self._answered(progress, text)

    def _command(self, progress: Progress, text: str) -> Move | None:
        words = self._words
        if words.says("stop", text):
            return Move(Progress(), outcome=Outcome.STOPPED)
        if words.says("start_over", text):
            return Move(Progress(), (Lead("started_over"),))
        if words.says("back", text):
            return self._back(progress)
        if words.says("skip", text):
            return self._skipped(progress)
        if words.says("show", text):
            return Move(progress, self._noted(progress, progress.answered))
        if words.patterns["why"].search(plain_words(text)):
            return Move(progress, (Lead("why", fill={"why": words.questions[progress.step].why}),))
        return None

    def _back(self, progress: Progress) -> Move:
        if progress.is_changing:
            return Move(replace(progress, is_changing=False))
        before = [step for step in progress.answered if step is not Step.CONSENT]
        if not before:
            return Move(progress, (Lead("back_at_start"),))
        return Move(progress.without(before[-1]), (Lead("back"),))

    def _skipped(self, progress: Progress) -> Move:
        step = progress.step
        if step is Step.SERVICE:
            return Move(progress.with_answer(step, NOT_SURE).with_answer(Step.TROUBLE, None), (Lead("skipped"),))
        if step in OPTIONAL or step is Step.TROUBLE:
            return Move(progress.with_answer(step, None), (Lead("skipped"),))
        return Move(progress, (Lead("not_optional", fill={"why": self._words.questions[step].why}),))

    def _corrected(self, progress: Progress, text: str) -> Move | None:
        """"No, Thursday", "actually my number is …", "change the name": an earlier answer is replaced."""
        plain = plain_words(text)
        asked = self._words.patterns["change"].match(plain)
        step = self._field_named(plain) if asked else None
        if step and progress.has(step) and step is not progress.step:
            value = self._read(step, re.split(r"\b(?:to|is)\b[: ]*", text, maxsplit=1)[-1]) if _gives(text) else Answer()
            if value.is_read:
                changed = progress.with_answer(step, value.value)
                return Move(_kept_place(progress, changed), self._noted(changed, (step,)))
            return Move(progress.without(step), (Lead("back"),))
        marked = self._words.patterns["correction"].match(text.strip())
        if not marked:
            return None
        rest = text.strip()[marked.end() :].strip()
        said = gathered(rest, self._setting, self._words)
        changed, noted = progress, []
        for one, value in said.found:
            if progress.has(one) and (one is not Step.NAME or self._field_named(plain) is Step.NAME):
                changed, noted = changed.with_answer(one, value), [*noted, one]
        last = progress.answered[-1] if progress.answered else None
        if not noted and rest and last and progress.step is not last:
            if last in (Step.SERVICE, Step.NAME, Step.PHONE, Step.REACH, Step.TIMES):
                answer = self._read(last, rest)
                if answer.is_read and not answer.own_words:
                    changed, noted = progress.with_answer(last, answer.value), [last]
        return Move(_kept_place(progress, changed), self._noted(changed, tuple(noted))) if noted else None

    def _field_named(self, plain: str) -> Step | None:
        for step, names in self._words.fields.items():
            if any(re.search(rf"\b{re.escape(name)}\b", plain) for name in names):
                return step
        return None

    def _answered(self, progress: Progress, text: str) -> Move:
        step = progress.step
        answer = self._read(step, text)
        if not answer.is_read:
            said = gathered(text, self._setting, self._words)
            more, noted = self._taken(progress, said)
            if noted and not answer.lead:
                return Move(more, self._noted(more, noted))
            return self._failed(progress, answer)
        if step is Step.CONSENT:
            return self._consented(progress, answer)
        done = progress.with_answer(step, answer.value)
        noted: tuple[Step, ...] = (step,) if step in _SHOWN_BACK else ()
        if not answer.own_words and len(text.split()) > 1:
            done, also = self._taken(done, without(gathered(text, self._setting, self._words), step))
            noted = (*noted, *also)
        if answer.own_words and step is Step.TIMES:
            return Move(done, (Lead("pass_on", (step,)),))
        lead = self._help_line(done) if step is Step.TROUBLE else self._noted(done, noted)
        return Move(done, lead)

    def _consented(self, progress: Progress, answer: Answer) -> Move:
        if not answer.value:
            return Move(Progress(), outcome=Outcome.REFUSED)
        at = self._now.astimezone(dt.timezone.utc).isoformat()
        return Move(progress.with_answer(Step.CONSENT, at), (Lead("consented"),))

    def _failed(self, progress: Progress, answer: Answer) -> Move:
        failed = replace(progress, failures=progress.failures + 1)
        name = answer.lead
        leads = [Lead(name) if name else Lead("hint", fill={"hint": self._words.questions[progress.step].again})]
        if failed.failures >= MOST_FAILURES:
            leads = [Lead("help_offer")]
            failed = replace(failed, failures=0)
        return Move(failed, tuple(leads))

    def _confirmed(self, progress: Progress, text: str) -> Move:
        answer, number = yes_or_no(text), number_said(text)
        if self._words.says("send", text) or (answer is YesNo.YES and number in (None, 1)):
            return Move(progress, outcome=Outcome.STORE)
        step = self._field_named(plain_words(text))
        if step:
            return Move(progress.without(step), (Lead("back"),))
        if answer in (YesNo.NO, YesNo.UNSURE) or self._words.patterns["change"].match(plain_words(text)):
            return Move(replace(progress, is_changing=True))
        said = gathered(text, self._setting, self._words)
        if said.found:
            changed = progress
            for one, value in said.found:
                changed = changed.with_answer(one, value)
            return Move(changed, self._noted(changed, tuple(one for one, _ in said.found)))
        return self._failed(progress, Answer())

    def _change_chosen(self, progress: Progress, text: str) -> Move:
        number, fields = number_said(text), changeable(progress)
        if number is not None and 1 <= number <= len(fields):
            return Move(progress.without(fields[number - 1]))
        if number == len(fields) + 1 or words_say_nothing(text):
            return Move(replace(progress, is_changing=False))
        step = self._field_named(plain_words(text))
        if step and progress.has(step):
            return Move(progress.without(step))
        said = gathered(text, self._setting, self._words)
        if said.found:
            changed = replace(progress, is_changing=False)
            for one, value in said.found:
                changed = changed.with_answer(one, value)
            return Move(changed, self._noted(changed, tuple(one for one, _ in said.found)))
        return self._failed(progress, Answer())

    def _read(self, step: Step, text: str) -> Answer:
        return read_answer(step, text, self._setting, self._words)

    def _taken(self, progress: Progress, said: Gathered) -> tuple[Progress, tuple[Step, ...]]:
        """`progress` with what was said of questions that are not answered yet, and of which."""
        noted = []
        for step, value in said.found:
            if not progress.has(step):
                progress = progress.with_answer(step, value)
                noted.append(step)
        return progress, tuple(step for step in ORDER if step in noted)

    @staticmethod
    def _noted(progress: Progress, steps: tuple[Step, ...]) -> tuple[Lead, ...]:
        """Shows back what was understood; what needs no showing is left out."""
        shown = tuple(s for s in ORDER if s in steps and s not in (Step.CONSENT, Step.TROUBLE, Step.SUMMARY)
                      and progress.has(s) and progress.value(s) is not None)  # fmt: skip
        return (Lead("noted", shown),) if shown else ()

    def _help_line(self, progress: Progress) -> tuple[Lead, ...]:
        text = self._words.troubles.get(progress.trouble or "other", "")
        return (Lead("trouble", fill={"trouble": text}),) if text else ()


def changeable(progress: Progress) -> tuple[Step, ...]:
    """The answers that the patient may change, in order."""
    return tuple(s for s in ORDER if s not in (Step.TROUBLE, Step.CONSENT, Step.SUMMARY))


def words_say_nothing(text: str) -> bool:
    """Whether a reply to "what should I change?" says: nothing."""
    return plain_words(text) in {"nothing", "none", "nothing else", "no", "it is fine", "all good", "it's fine"}


def identifies(progress: Progress) -> bool:
    """Whether it holds something that says who the patient is."""
    return any(progress.value(step) is not None for step in IDENTIFYING)


def _gives(text: str) -> bool:
    return re.search(r"\b(?:to|is)\b[: ]+\S", text) is not None


def _kept_place(before: Progress, after: Progress) -> Progress:
    """`after`, with its answers in the order of `before`: a correction is no step forward."""
    order = {step: number for number, step in enumerate(before.answered)}
    kept = tuple(sorted(after.answered, key=lambda step: order.get(step, len(order))))
    return replace(after, answered=kept, failures=before.failures, is_changing=before.is_changing)
