"""The measurable plain-language rules, for one topic's answers.

Sources: NHS content style guide, GOV.UK content design, AHRQ PEMAT, CDC Clear Communication Index
(the numbers are listed in docs/content.md).
"""

from __future__ import annotations

import re
from typing import Iterator, Mapping

from backtalk.content.plain_words import PlainWords
from backtalk.content.prose import paragraphs, reading_grade, sentences, words
from backtalk.content.sms_parts import segments
from backtalk.content.sms_room import with_longest_facts
from backtalk.content.sms_rules import FIRST_PART, sms_faults
from backtalk.content.topic_file import Answer, Finding, Topic

GRADE_LIMIT = 6.0
WEB_SENTENCE_WORDS, WEB_AVERAGE_WORDS = 25, 15.0
SMS_SENTENCE_WORDS, SIMPLE_SENTENCE_WORDS = 20, 12
WEB_WORDS = (60, 150)
WEB_WORDS_SHORT_KINDS = (12, 150)
FIRST_SENTENCE_WORDS = {"web": 20, "sms": 15, "simple": 15}
ACTION_WORDS = 60
PARAGRAPH_SENTENCES, BULLETS = 2, 6

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SAFETY_NET = re.compile(r"emergency (help|department|care)|\bcall \{emergency_number\}", re.IGNORECASE)
_CAPITALS = re.compile(r"\b[A-Z][A-Z-]+\b")
_DIGITS_PHONE = re.compile(r"\b(?:999|911|112|000|988|111|811|116 123)\b|\+?\d[\d ()-]{7,}\d")


def check_answers(topic: Topic, plain: PlainWords, fill: Mapping[str, str]) -> Iterator[Finding]:
    """Findings on every variant of `topic`, measured as a patient reads it (placeholders filled)."""
    for name in ("web", "sms", "simple"):
        answer = topic.answers.get(name)
        if answer is None:
            yield Finding(topic.file, topic.metadata_line, "variant", f"has no {name} answer. Write one.")
            continue
        for rule, message in _check_one(topic, name, answer, plain, fill):
            yield Finding(topic.file, answer.line, rule, f"{name}: {message}")


def _check_one(
    topic: Topic, name: str, answer: Answer, plain: PlainWords, fill: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    unknown = [key for key in _PLACEHOLDER.findall(answer.text) if key not in fill]
    if unknown:
        yield "placeholder", f"nobody fills {{{unknown[0]}}}. Known: {', '.join(sorted(fill))}."
        return
    text = _PLACEHOLDER.sub(lambda match: fill[match.group(1)], answer.text)
    # Our own words, with each placeholder as one word, or one sentence where it is one.
    own = _PLACEHOLDER.sub(lambda match: "X." if fill[match.group(1)].endswith(".") else "X", answer.text)
    told = sentences(text)
    if not told:
        yield "empty", "has no text."
        return
    counts = [len(words(s)) for s in told]
    names = plain.medical_names | {w.lower() for value in fill.values() for w in words(value)}

    grade = reading_grade(text, names)
    if grade > GRADE_LIMIT:
        yield (
            "reading-level",
            f"grade {grade:.1f}, at most {GRADE_LIMIT:.0f}. Use shorter words and sentences.",
        )
    longest = {"web": WEB_SENTENCE_WORDS, "sms": SMS_SENTENCE_WORDS, "simple": SIMPLE_SENTENCE_WORDS}
    for sentence in sentences(own):
        count = len(words(sentence))
        if count > longest[name]:
            yield "sentence", f"{count} words, at most {longest[name]}: {sentence[:60]!r}. Split it."
    if counts[0] > FIRST_SENTENCE_WORDS[name]:
        yield (
            "first-sentence",
            f"first sentence has {counts[0]} words, at most {FIRST_SENTENCE_WORDS[name]}. Answer first.",
        )
    if name == "web":
        yield from _check_web_shape(topic, text, own, counts)
    else:
        yield from sms_faults(answer.text, fill)
        if "\n" in answer.text:
            yield "markup", "no line breaks here."
    yield from _check_safety(topic, name, answer.text, fill)
    yield from _check_wording(topic, text, own, plain)


def _check_web_shape(topic: Topic, text: str, own: str, counts: list[int]) -> Iterator[tuple[str, str]]:
    if sum(counts) / len(counts) > WEB_AVERAGE_WORDS:
        yield "sentence", f"average {sum(counts) / len(counts):.1f} words, at most {WEB_AVERAGE_WORDS:.0f}."
    full = topic.type in ("inform", "safety", "decline")
    low, high = WEB_WORDS if full else WEB_WORDS_SHORT_KINDS
    total = len(words(text))
    if not low <= total <= high:
        yield "length", f"{total} words, wanted {low} to {high}."
    for block in paragraphs(own):
        if len(block) > BULLETS:
            yield "bullets", f"{len(block)} bullets, at most {BULLETS}."
        for item in block:
            if len(sentences(item)) > PARAGRAPH_SENTENCES:
                yield (
                    "paragraph",
                    f"{len(sentences(item))} sentences, at most {PARAGRAPH_SENTENCES}: {item[:50]!r}.",
                )


def _check_safety(topic: Topic, name: str, raw: str, fill: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if topic.type in ("inform", "safety", "decline") and not _SAFETY_NET.search(raw):
        yield "safety-net", "has no safety-net line ('Get emergency help for …')."
    if topic.type != "safety" or topic.urgency != "emergency":
        return
    first = sentences(raw)[0]
    if "{emergency_number}" not in first and "{crisis_line}" not in first:
        yield "action-first", "the first sentence must say to call {emergency_number}."
    filled = _PLACEHOLDER.sub(lambda match: fill[match.group(1)], first)
    if name == "web" and len(words(filled)) > ACTION_WORDS:
        yield "action-first", f"the action has {len(words(filled))} words, at most {ACTION_WORDS}."
    length = segments(with_longest_facts(first)).characters
    if name == "sms" and length > FIRST_PART:
        yield "action-first", f"the action has {length} characters, at most {FIRST_PART} (the first part)."


def _check_wording(topic: Topic, text: str, own: str, plain: PlainWords) -> Iterator[tuple[str, str]]:
    for avoided in plain.never:
        match = avoided.pattern.search(own)
        if match and topic.id not in avoided.except_topics:
            yield "wording", f"'{match.group(0)}': say {avoided.say}."
    shouted = [w for w in _CAPITALS.findall(own) if w not in plain.capitals]
    if shouted:
        yield "capitals", f"{shouted[0]!r} is in capitals."
    if any(ord(c) > 0x2BFF or 0x2600 <= ord(c) <= 0x27BF for c in own):
        yield "emoji", "no emoji."
    if "!" in own and topic.type != "smalltalk":
        yield "wording", "no exclamation marks in health answers."
    number = _DIGITS_PHONE.search(own)
    if number:
        yield "clinic-fact", f"{number.group(0)!r} looks like a phone number. Use a placeholder."
