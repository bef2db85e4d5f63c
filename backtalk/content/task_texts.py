"""Faults of what the assistant says while a task is open: the booking form, and deleting a conversation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Iterator, Mapping

from backtalk.booking.form_words import CHANNELS, FormFileError, FormWords, load_form_words
from backtalk.booking.progress import Step
from backtalk.content.lined_yaml import parsed
from backtalk.content.prose import reading_grade, sentences, words
from backtalk.content.sms_parts import segments
from backtalk.content.topic_file import Finding

FILES = ("booking.yml", "erase.yml")
GRADE_LIMIT = 6.0
SMS_PARTS = 3
SENTENCE_WORDS = 25
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
# Filled while the form is open; each as long as it gets in an ordinary request.
MOMENT = {
    "lead": "", "asks": "", "noted": "physiotherapy", "why": "", "hint": "", "trouble": "",
    "service": "exercise classes", "existing": "not said", "name": "Maximiliane Featherstone",
    "phone": "(202) 555-0143", "reach": "by phone call; no voicemail or text, please",
    "times": "Mondays to Thursdays between 10 am and noon", "needs": "step-free access, Spanish interpreter",
    "choices": "1 what for, 2 been before, 3 name", "example_phone": "(201) 555-0123", "reference": "BT-7K3Q",
}  # fmt: skip


def check_task_texts(data: Path, fill: Mapping[str, str]) -> Iterator[Finding]:
    """Every fault of data/booking/form.yml and of the responses in data/conversation that go with it.

    `fill` gives the value of each placeholder of the clinic.
    """
    known = {**fill, **MOMENT}
    form_file = data / "booking" / "form.yml"
    try:
        form = load_form_words(form_file)
    except FormFileError as error:
        yield Finding(form_file, 1, "form", str(error))
        return
    for name, channel, text in _form_texts(form):
        yield from _check(form_file, 1, f"{name} ({channel})", channel, text, known)
    for file in (data / "conversation" / name for name in FILES):
        yield from _check_responses(file, known)


def _form_texts(form: FormWords) -> Iterator[tuple[str, str, str]]:
    for step, question in form.questions.items():
        for channel in CHANNELS:
            yield f"questions.{step.value}", channel, question.asks[channel]
            # Before the question on the same message, so it counts there too.
            for part, lead in (("why", question.why), ("again", question.again)):
                yield f"questions.{step.value}.{part}", channel, f"{lead} {question.asks[channel]}"
    for name, by_channel in form.leads.items():
        for channel in CHANNELS:
            yield f"leads.{name}", channel, by_channel[channel]
    first = form.questions[Step.SERVICE].asks["sms"]
    yield "leads.begin with the first question", "sms", f"{form.leads['begin']['sms']} {first}"
    for kind, text in form.troubles.items():
        yield f"troubles.{kind}", "sms", text


def _check_responses(file: Path, known: Mapping[str, str]) -> Iterator[Finding]:
    document: Any = parsed(file.read_text(encoding="utf-8"))
    for name, variants in document["responses"].items():
        line = document["responses"].lc.key(name)[0] + 1
        said = {str(variant.get("channel", "web")): str(variant["text"]) for variant in variants}
        for channel in CHANNELS:
            if channel not in said:
                yield Finding(file, line, "variant", f"{name} has no {channel} text. Write one.")
        for channel, text in said.items():
            yield from _check(file, line, f"{name} ({channel})", channel, text, known)


def _check(
    file: Path, line: int, name: str, channel: str, text: str, known: Mapping[str, str]
) -> Iterator[Finding]:
    def fault(rule: str, message: str) -> Finding:
        return Finding(file, line, rule, f"{name}: {message}")

    unknown = [key for key in _PLACEHOLDER.findall(text) if key not in known]
    if unknown:
        yield fault("placeholder", f"nobody fills {{{unknown[0]}}}. Known: {', '.join(sorted(known))}.")
        return
    filled = _PLACEHOLDER.sub(lambda match: known[match.group(1)], text)
    own = _PLACEHOLDER.sub("it", text)
    if "!" in own:
        yield fault("wording", "no exclamation marks.")
    if not words(filled):
        return
    names = {word.lower() for value in known.values() for word in words(value)}
    grade = reading_grade(own, names) if len(words(own)) > 8 else 0.0
    if grade > GRADE_LIMIT:
        yield fault("reading-level", f"grade {grade:.1f}, at most {GRADE_LIMIT:.0f}. Use shorter words.")
    for sentence in sentences(own):
        if len(words(sentence)) > SENTENCE_WORDS:
            yield fault("sentence", f"{len(words(sentence))} words, at most {SENTENCE_WORDS}. Split it.")
    if channel == "sms":
        size = segments(filled)
        if size.encoding != "GSM-7":
            yield fault("characters", "has letters that are not GSM-7. Use plain quotes and hyphens.")
        elif size.parts > SMS_PARTS:
            yield fault("length", f"{size.parts} parts, at most {SMS_PARTS}. Shorten it.")
