"""Changing an answer: "no, Thursday", "my number is …", "change the name", and a no to the summary."""

from __future__ import annotations

import re
from dataclasses import replace

from backtalk.booking.form_answers import read_answer
from backtalk.booking.form_move import Lead, Move, Outcome, failed, replaced, shown_back
from backtalk.booking.form_setting import Setting
from backtalk.booking.form_words import FormWords, plain_words
from backtalk.booking.gathering import gathered
from backtalk.booking.progress import Progress, Step
from backtalk.triage.answers import YesNo, yes_or_no

# What "no, …" may correct: answers that are read out of words.
_CORRECTABLE = (Step.SERVICE, Step.NAME, Step.PHONE, Step.REACH, Step.TIMES)
_NEW_VALUE = re.compile(r"\b(?:to|is)\b[: ]+(?=\S)")


def corrected(progress: Progress, text: str, setting: Setting, words: FormWords) -> Move | None:
    """The effect of `text` if it corrects an earlier answer; None if it does not."""
    plain = plain_words(text)
    step = field_named(plain, words) if words.patterns["change"].match(plain) else None
    if step and step is not progress.step:
        if not progress.has(step):
            return Move(progress, (Lead("later"),))
        return _changed(progress, step, text, setting, words)
    marked = words.patterns["correction"].match(text.strip())
    if not marked:
        return None
    rest = text.strip()[marked.end() :].strip()
    changed = progress
    noted: list[Step] = []
    said = gathered(rest, setting, words)
    if any(not progress.has(one) for one, _ in said.found):
        return None  # it answers what was not asked yet
    for one, value in said.found:
        if progress.has(one) and (one is not Step.NAME or field_named(plain, words) is Step.NAME):
            changed, noted = changed.with_answer(one, value), [*noted, one]
    last = progress.answered[-1] if progress.answered else None
    if not noted and marked.end() and rest and last in _CORRECTABLE and progress.step is not last:
        answer = read_answer(last, rest, setting, words)
        if answer.is_read and not answer.own_words:
            changed, noted = progress.with_answer(last, answer.value), [last]
    return Move(_kept_place(progress, changed), shown_back(changed, tuple(noted))) if noted else None


def confirmed(progress: Progress, text: str, setting: Setting, words: FormWords) -> Move:
    """The effect of a reply to the summary: send it, or change something."""
    answer, plain = yes_or_no(text), plain_words(text)
    if words.says("send", text) or answer is YesNo.YES:
        return Move(progress, outcome=Outcome.STORE)
    step = field_named(plain, words)
    if step:
        return _changed(progress, step, text, setting, words)
    if answer in (YesNo.NO, YesNo.UNSURE) or words.patterns["change"].match(plain):
        return Move(replace(progress, is_changing=True))
    said = gathered(text, setting, words)
    return replaced(progress, said) if said.found else failed(progress, words)


def change_chosen(progress: Progress, text: str, setting: Setting, words: FormWords) -> Move:
    """The effect of a reply to "what should I change?"."""
    plain = plain_words(text)
    if words.says("nothing", text):
        return Move(replace(progress, is_changing=False))
    step = field_named(plain, words)
    if step:
        return _changed(progress, step, text, setting, words)
    said = gathered(text, setting, words)
    return replaced(replace(progress, is_changing=False), said) if said.found else failed(progress, words)


def field_named(plain: str, words: FormWords) -> Step | None:
    """The answer that a message names, such as "the phone number"."""
    for step, names in words.fields.items():
        if any(re.search(rf"\b{re.escape(name)}\b", plain) for name in names):
            return step
    return None


def _changed(progress: Progress, step: Step, text: str, setting: Setting, words: FormWords) -> Move:
    """The answer replaced if the message gives the new one ("change the name to Bob"), else asked again."""
    given = _NEW_VALUE.search(text)
    if given:
        answer = read_answer(step, text[given.end() :], setting, words)
        if answer.is_read:
            changed = progress.with_answer(step, answer.value)
            return Move(_kept_place(progress, changed), shown_back(changed, (step,)))
    return Move(progress.without(step), (Lead("back"),))


def _kept_place(before: Progress, after: Progress) -> Progress:
    """`after`, with its answers in the order of `before`: a correction is no step forward."""
    order = {step: number for number, step in enumerate(before.answered)}
    kept = tuple(sorted(after.answered, key=lambda step: order.get(step, len(order))))
    return replace(after, answered=kept, failures=before.failures)
