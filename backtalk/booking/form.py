"""The booking form: which question is open, what a reply does to it, and when a request is complete.

Pure: a progress and a message give the next progress. Nothing here stores or sends anything.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from backtalk.booking.form_answers import Answer, number_said, read_answer, trouble_named
from backtalk.booking.form_changes import change_chosen, confirmed, corrected
from backtalk.booking.form_choices import choices
from backtalk.booking.form_move import Lead, Move, Outcome, failed, shown_back, taken
from backtalk.booking.form_setting import Setting
from backtalk.booking.form_words import FormWords, plain_words
from backtalk.booking.gathering import gathered, without
from backtalk.booking.progress import OPTIONAL, Progress, Step
from backtalk.booking.wanted import NOT_SURE

# What the patient typed or picked is not repeated; what was read out of words is.
_SHOWN_BACK = (Step.SERVICE, Step.NAME, Step.PHONE, Step.TIMES)


class BookingForm:
    """The form of one clinic on one day. `now` (aware) is the time of a consent given."""

    def __init__(self, words: FormWords, setting: Setting, now: dt.datetime) -> None:
        self._words = words
        self._setting = setting
        self._now = now

    def begun(self, text: str) -> Move:
        """A new request; what the opening message says already is taken."""
        progress, noted = taken(Progress(), gathered(text, self._setting, self._words))
        return Move(progress, (Lead("begin"), *shown_back(progress, noted)))

    def after(self, progress: Progress, text: str) -> Move:
        """The effect of `text`, whatever it is; a number picks from the choices of the open question."""
        text = self._picked(progress.step, text)
        move = self._command(progress, text) or corrected(progress, text, self._setting, self._words)
        if move:
            return move
        if progress.step is Step.SUMMARY:
            return confirmed(progress, text, self._setting, self._words)
        if progress.step is Step.CHANGE:
            return change_chosen(progress, text, self._setting, self._words)
        return self._answered(progress, text)

    def _picked(self, step: Step, text: str) -> str:
        number, picks = number_said(text), choices(step, "web", self._words, self._setting)
        return picks[number - 1] if number is not None and 1 <= number <= len(picks) else text

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
            return Move(progress, shown_back(progress, progress.answered))
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
            unsure = progress.with_answer(step, NOT_SURE).with_answer(Step.TROUBLE, None)
            return Move(unsure, (Lead("skipped"),))
        if step in OPTIONAL or step is Step.TROUBLE:
            return Move(progress.with_answer(step, None), (Lead("skipped"),))
        return Move(progress, (Lead("not_optional", fill={"why": self._words.questions[step].why}),))

    def _answered(self, progress: Progress, text: str) -> Move:
        step, words = progress.step, self._words
        answer = read_answer(step, text, self._setting, words)
        if not answer.is_read:
            more, noted = taken(progress, gathered(text, self._setting, words))
            if noted and not answer.lead:
                return Move(more, shown_back(more, noted))
            return failed(progress, words, answer.lead)
        if step is Step.CONSENT:
            return self._consented(progress, answer)
        done = progress.with_answer(step, answer.value)
        if answer.own_words:
            return Move(done, (Lead("pass_on", (step,)),) if step is Step.TIMES else ())
        trouble = trouble_named(text) if step is Step.SERVICE and answer.value == NOT_SURE else None
        if trouble:
            done = done.with_answer(Step.TROUBLE, trouble)
        if step is Step.TROUBLE or trouble:
            return Move(done, self._help_line(done))
        seen: tuple[Step, ...] = (step,) if step in _SHOWN_BACK else ()
        if len(text.split()) > 1:
            done, also = taken(done, without(gathered(text, self._setting, words), step))
            seen = (*seen, *also)
        return Move(done, shown_back(done, seen))

    def _consented(self, progress: Progress, answer: Answer) -> Move:
        if not answer.value:
            return Move(Progress(), outcome=Outcome.REFUSED)
        at = self._now.astimezone(dt.timezone.utc).isoformat()
        return Move(progress.with_answer(Step.CONSENT, at), (Lead("consented"),))

    def _help_line(self, progress: Progress) -> tuple[Lead, ...]:
        text = self._words.troubles.get(progress.trouble or "other", "")
        return (Lead("trouble", fill={"trouble": text}),) if text else ()
