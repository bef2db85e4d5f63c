"""Reading a reply as the answer to one question of the form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from backtalk.booking.form_setting import Setting
from backtalk.booking.form_words import FormWords, plain_words
from backtalk.booking.gathering import Gathered, gathered
from backtalk.booking.person_name import asks_something, read_name
from backtalk.booking.progress import Step
from backtalk.booking.service_choice import named_service
from backtalk.booking.times import Fault, read_times
from backtalk.booking.wanted import NOT_SURE, ReachBy
from backtalk.triage.answers import YesNo, yes_or_no
from backtalk.understanding.text import clean

LONGEST_WORDS = 300
ASKS_BACK = re.compile(r"\?|^(?:what|how|why|who|which|can|could|do|does|is|are)\b", re.IGNORECASE)
_FEWEST_DIGITS = 5
_MOST_WORDS_FOR_TROUBLE = 12
_BUT = re.compile(r"\b(just|but|only|except)\b")
_TEXT = re.compile(r"\b(text|texts|txt|sms|message|messages|whatsapp)\b")
_CALL = re.compile(r"\b(call|calls|phone|ring|voice|telephone|speak|talk|bell)\b")


@dataclass(frozen=True)
class Answer:
    """A reading of a reply: a value, or the name of the lead that says why there is none.

    `own_words` says that the value is what the patient typed, not what was understood of it.
    """

    value: Any = None
    lead: str | None = None
    is_read: bool = False
    own_words: bool = False


def read_answer(step: Step, text: str, setting: Setting, words: FormWords) -> Answer:
    """`text` as the answer to `step`; never raises. Without a value or lead, it is no answer."""
    if step in (Step.EXISTING, Step.CONSENT, Step.LEAVE):
        return _yes_no(step, text, gathered(text, setting, words), words)
    if step is Step.SERVICE:
        return _service(text, setting, words)
    if step is Step.TROUBLE:
        return _trouble(text, words)
    if step is Step.NAME:
        return _name(text, gathered(text, setting, words), words)
    if step is Step.PHONE:
        return _phone(text, gathered(text, setting, words))
    if step is Step.REACH:
        return _reach(text, words)
    if step is Step.TIMES:
        return _times(text, setting, words)
    return _needs(text, words) if step is Step.NEEDS else Answer()


def number_said(text: str) -> int | None:
    """The number that a reply consists of."""
    plain = plain_words(text).strip("#.) ")
    return int(plain) if plain.isdecimal() and plain.isascii() and len(plain) <= 2 else None


def _yes_no(step: Step, text: str, said: Gathered, words: FormWords) -> Answer:
    if step is Step.EXISTING and said.value(Step.EXISTING) is not None:
        return Answer(said.value(Step.EXISTING), is_read=True)
    if step is Step.EXISTING and words.says("is_new", text):
        return Answer(False, is_read=True)
    if step is Step.EXISTING and words.says("been_before", text):
        return Answer(True, is_read=True)
    answer = yes_or_no(text)
    if words.says("agreed", text):
        answer = YesNo.YES
    elif words.says("not_sure", text):
        answer = YesNo.UNSURE
    if step is Step.CONSENT and answer is YesNo.YES and _doubts(text):
        return Answer()
    if answer is YesNo.UNSURE:
        # Consent is given or not; the others may stay open.
        return Answer() if step is Step.CONSENT else Answer(None, is_read=True)
    return Answer(answer is YesNo.YES, is_read=True) if answer else Answer()


def _doubts(text: str) -> bool:
    """ "Maybe" and "a bit" are a yes to a question on symptoms, and none to a question for consent."""
    return (
        re.match(r"(maybe|possibly|kind|kinda|sort|a bit|a little|somewhat|i think so)\b", plain_words(text))
        is not None
    )


def _service(text: str, setting: Setting, words: FormWords) -> Answer:
    if words.says("not_sure", text):
        return Answer(NOT_SURE, is_read=True)
    named = named_service(text, setting.services, words.services)
    if named:
        return Answer(named, is_read=True)
    return Answer(NOT_SURE, is_read=True) if trouble_named(text) else Answer()


def _trouble(text: str, words: FormWords) -> Answer:
    named = trouble_named(text)
    return Answer(named, is_read=True) if named else Answer()


def trouble_named(text: str) -> str | None:
    """The kind of trouble that a short message names, such as "neck"; "other" for several."""
    said = re.findall(r"[a-z]+", plain_words(text))
    if len(said) > _MOST_WORDS_FOR_TROUBLE or asks_something(text):
        return None
    named = [kind for kind, names in _TROUBLE_WORDS.items() if names & set(said)]
    return "other" if len(named) > 1 else named[0] if named else None


_TROUBLE_WORDS = {
    "back": {"back", "lower", "spine", "sciatica", "lumbar", "disc", "hip"},
    "neck": {"neck", "shoulder", "shoulders", "whiplash"},
    "head": {"head", "headache", "headaches", "migraine", "migraines"},
    "other": {"other", "else", "several", "both", "all", "more", "everything", "something", "everywhere"},
}


def _name(text: str, said: Gathered, words: FormWords) -> Answer:
    if (yes_or_no(text) and len(text.split()) <= 2) or words.says("no_matter", text):
        return Answer()
    name = said.value(Step.NAME) or read_name(said.rest if said.value(Step.PHONE) else text)
    return Answer(name, is_read=True) if name else Answer()


def _phone(text: str, said: Gathered) -> Answer:
    if said.value(Step.PHONE):
        return Answer(said.value(Step.PHONE), is_read=True)
    has_digits = sum(c.isdigit() for c in text) >= _FEWEST_DIGITS
    return Answer(lead="phone_impossible") if has_digits else Answer()


def _reach(text: str, words: FormWords) -> Answer:
    plain = plain_words(text)
    calls, texts = bool(_CALL.search(plain)), bool(_TEXT.search(plain))
    if re.search(r"\b(no|not|don'?t|rather than)\b.*\b(call|phone|ring)", plain):
        calls, texts = False, True
    elif re.search(r"\b(no|not|don'?t|rather than)\b.*\b(text|sms|message)", plain):
        calls, texts = True, False
    if (calls and texts) or words.says("no_matter", text):
        return Answer(ReachBy.CALL.value, is_read=True)
    if calls or texts:
        return Answer((ReachBy.CALL if calls else ReachBy.TEXT).value, is_read=True)
    return Answer()


def _times(text: str, setting: Setting, words: FormWords) -> Answer:
    read = read_times(text, setting.hours)
    if read.fault:
        return Answer(lead=read.fault.value)
    if read.words:
        return Answer(read.words, is_read=True)
    plain = clean(text)
    if words.says("no_matter", text) or words.says("not_sure", text):
        return Answer("any time", is_read=True)
    if ASKS_BACK.search(plain) or sum(c.isalpha() for c in plain) < 3 or not plain.isprintable():
        return Answer()
    return Answer(plain, is_read=True, own_words=True) if not yes_or_no(plain) else Answer()


def _needs(text: str, words: FormWords) -> Answer:
    plain = clean(text)
    if len(plain) > LONGEST_WORDS:
        return Answer(lead=Fault.TOO_LONG.value)
    says_no = yes_or_no(plain) is YesNo.NO and len(plain.split()) <= 3 and not _BUT.search(plain.lower())
    is_done = words.says("nothing", text) or (words.says("send", text) and not yes_or_no(text))
    if says_no or is_done:
        return Answer(None, is_read=True)
    if (yes_or_no(plain) is YesNo.YES and len(plain.split()) <= 2) or not any(c.isalpha() for c in plain):
        return Answer()
    return Answer(plain, is_read=True, own_words=True)
