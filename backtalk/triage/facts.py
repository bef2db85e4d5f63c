"""Findings that are numbers: ages, temperatures, blood pressure, weeks pregnant, durations, tablets."""

from __future__ import annotations

from typing import Iterator

from backtalk.triage.ages import ages, is_age
from backtalk.triage.doses import doses
from backtalk.triage.message import Message
from backtalk.triage.patterns import Words
from backtalk.triage.sequences import Match
from backtalk.triage.times import days_of, number_of

FEVER_C, FEVER_F = 38.0, 100.4
SYSTOLIC, DIASTOLIC = 180, 120
SIX_WEEKS_DAYS, OVER_THREE_DAYS = 42, 4
WEEKS_20_DAYS, LATE_DAYS, EARLY_DAYS, AFTER_BIRTH_DAYS = 140, 310, 98, 45
_UNNAMED_COUNT = 3.0  # "for weeks"

Texts = tuple[str, ...]


def numeric_findings(message: Message, words: Words) -> list[Match]:
    """Matches named by feature: age_50, child, fever, bp_180_120, pregnant_20wk, six_weeks, ...

    `words` are the lists of words.yml by name.
    """
    texts = tuple(message.words)
    found: list[Match] = []
    for reader in (ages, _temperatures, _pressures, _pregnancy, _durations, doses):
        found += reader(texts, words)
    return found


def _temperatures(texts: Texts, words: Words) -> Iterator[Match]:
    for position, text in enumerate(texts):
        if not text[0].isdigit():
            continue
        value = number_of(text) or 0.0
        unit = texts[position + 1] if position + 1 < len(texts) else ""
        near = texts[max(0, position - 6) : position + 4]
        near = texts if "." in text else near  # "no fever yesterday, but now it has come to 38.6"
        is_told = unit in words["degrees"] or not words["fever_words"].isdisjoint(near)
        if not is_told or unit in words["time_units"]:
            continue
        if 34 <= value <= 43 and unit not in ("f", "m", "female", "male"):
            yield Match("fever" if value >= FEVER_C else "low_reading", (position,), f"{text} C")
        elif 94 <= value <= 110:
            yield Match("fever" if value >= FEVER_F else "low_reading", (position,), f"{text} F")


def _pressures(texts: Texts, words: Words) -> Iterator[Match]:
    for position, text in enumerate(texts):
        upper = number_of(text) if text[0].isdigit() else None
        if upper is None or not 60 <= upper <= 300:
            continue
        near = texts[max(0, position - 8) : position + 6]
        if not words["other_pressure"].isdisjoint(near):
            continue  # "tyre pressure is 180"
        between, second = texts[position + 1 : position + 2], texts[position + 2 : position + 3]
        is_pair = between and between[0] in ("/", "over", "-") and second and second[0][0].isdigit()
        lower = number_of(second[0]) if is_pair else None
        if lower is None:
            told = not words["pressure"].isdisjoint(near)
            if told and upper >= SYSTOLIC and (not position or texts[position - 1] not in ("/", "over")):
                yield Match("bp_180_120", (position,), f"pressure {text}")
        elif 30 <= lower <= 200 and (upper >= SYSTOLIC or lower >= DIASTOLIC) and upper > lower:
            yield Match("bp_180_120", (position, position + 2), f"{text}/{second[0]}")


def _pregnancy(texts: Texts, words: Words) -> Iterator[Match]:
    is_pregnant = not words["pregnant_words"].isdisjoint(texts)
    gave_birth = not words["birth"].isdisjoint(texts) or (
        "baby" in texts and any(t in ("had", "born", "is") for t in texts)
    )
    if not (is_pregnant or gave_birth):
        return
    for position, text in enumerate(texts[:-1]):
        count, unit = number_of(text), days_of(texts[position + 1])
        if count is None or unit is None:
            continue
        days = count * unit
        places = (position, position + 1)
        told = f"{text} {texts[position + 1]}"
        near = texts[max(0, position - 7) : position + 9]
        if is_pregnant and unit in (7.0, 30.0) and days < LATE_DAYS and not _is_since(texts, position):
            yield Match("pregnant_any", places, told)
            if days >= WEEKS_20_DAYS:
                yield Match("pregnant_20wk", places, told)
            elif days < EARLY_DAYS:
                yield Match("maybe_pregnant", places, told)
        elif gave_birth and days <= AFTER_BIRTH_DAYS and _is_of_birth(near, words):
            yield Match("pregnant_20wk", places, told)
            yield Match("pregnant_any", places, told)


def _is_of_birth(near: Texts, words: Words) -> bool:
    return not words["birth"].isdisjoint(near) or "baby" in near or "born" in near


def _is_since(texts: Texts, position: int) -> bool:
    """ "pregnant, headache for 3 weeks": the weeks are not those of the pregnancy."""
    before = texts[position - 1] if position else ""
    after = texts[position + 2] if position + 2 < len(texts) else ""
    return before in ("for", "last", "past", "since") or after in ("ago", "now")


def _durations(texts: Texts, words: Words) -> Iterator[Match]:
    for position, text in enumerate(texts[:-1]):
        unit = days_of(texts[position + 1])
        if not unit:
            continue
        count = number_of(text)
        if text in ("for", "of", "last", "past", "in") and texts[position + 1].endswith("s"):
            count = _UNNAMED_COUNT
        if count is None or is_age(texts, position, words):
            continue
        places = (position, position + 1)
        told = f"{text} {texts[position + 1]}"
        if count * unit >= SIX_WEEKS_DAYS:
            yield Match("six_weeks", places, told)
        if count * unit >= OVER_THREE_DAYS:
            yield Match("over_three_days", places, told)
