"""Ages told in a message: "I'm 71", "my 7 year old's back", "a girl of three years", "in my sixties"."""

from __future__ import annotations

from typing import Iterator, Sequence

from backtalk.triage.patterns import Words
from backtalk.triage.sequences import Match
from backtalk.triage.times import DAY_UNITS, days_of, number_of

OLDEST = 112
AGE_50, BONE_RISK_AGE, CHILD_UNDER, YOUNG_UNDER, ONSET_UNDER = 50, 65, 18, 50, 45
LATEST_HOUR = 12
_DECADES = {"fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80, "nineties": 90}
_YEARS = frozenset(("y", "yr", "yrs", "year", "years"))


def ages(texts: Sequence[str], words: Words) -> Iterator[Match]:
    """Matches named age_50, bone_risk, child, age_under_50, onset_under_45."""
    for position, text in enumerate(texts):
        if text in _DECADES:
            if position > 1 and texts[position - 1] in ("my", "his", "her"):
                yield from _features(_DECADES[text] + 1, position, f"in the {text}")
            continue
        value = number_of(text)
        if value is None or not 0 < value < OLDEST or value != int(value):
            continue
        in_years = is_age(texts, position, words)
        if in_years or (text[0].isdigit() and _is_told_age(texts, position, words)):
            after = texts[position + 1 : position + 2]
            is_baby = bool(after) and 0 < (days_of(after[0]) or 0) < DAY_UNITS["year"]
            yield from _features(0 if is_baby else value, position, f"age {text}")


def is_age(texts: Sequence[str], position: int, words: Words) -> bool:
    """Whether the number at `position` with its unit is an age, and no span of time.

    "7 years old", "3-year-old", "a girl of 3 years", "4 yr boy", "aged 9 months".
    """
    after = texts[position + 1 : position + 4]
    before = texts[position - 1] if position else ""
    two_before = texts[position - 2] if position > 1 else ""
    if not after:
        return False
    if after[0] in ("yo", "yrold") or after[:2] in (("y", "/"), ("y", "o"), ("years", "of")):
        return after[:3] != ("years", "of") or "age" in texts[position : position + 5]
    unit = days_of(after[0]) if after[0] not in _YEARS else DAY_UNITS["year"]
    if unit is not None and unit >= DAY_UNITS["week"]:
        if "old" in after[1:3] or "olds" in after[1:3] or before in ("aged", "age"):
            return True
        if before == "of" and two_before in words["aged_nouns"]:
            return True
        return len(after) > 1 and after[1] in ("boy", "girl", "lad", "child", "toddler", "baby")
    is_gender = after[0] in ("f", "m", "female", "male") and texts[position][0].isdigit()
    return is_gender and not _is_heat(texts, position, words)


def _is_told_age(texts: Sequence[str], position: int, words: Words) -> bool:
    """ "I am 71", "aged 71", "she is 9", "my son, 9", "well over 70"."""
    before = texts[position - 1] if position else ""
    two_before = texts[position - 2] if position > 1 else ""
    after = texts[position + 1 : position + 2]
    if before == "over" and two_before in ("am", "is", "and", "well"):
        return float(texts[position].replace(",", ".")) >= CHILD_UNDER
    if (after and after[0] in words["not_ages"]) or _is_heat(texts, position, words):
        return False
    if before == "at" and float(texts[position].replace(",", ".")) <= LATEST_HOUR:
        return False  # "two tablets at 8"
    if (
        before in ("aged", "age", "turned", "turning", "nearly", "almost", "at")
        or before in words["aged_nouns"]
    ):
        return True
    if before == "am" and two_before == "i":
        return True
    person_before = not words["aged_people"].isdisjoint(texts[max(0, position - 5) : position])
    return before in ("is", ",", "(") and person_before


def _is_heat(texts: Sequence[str], position: int, words: Words) -> bool:
    near = texts[max(0, position - 5) : position + 4]
    return not words["fever_words"].isdisjoint(near)


def _features(age: float, position: int, told: str) -> Iterator[Match]:
    if age >= AGE_50:
        yield Match("age_50", (position,), told)
    if age >= BONE_RISK_AGE:
        yield Match("bone_risk", (position,), told)
    if age < CHILD_UNDER:
        yield Match("child", (position,), told)
    if age < YOUNG_UNDER:
        yield Match("age_under_50", (position,), told)
    if age < ONSET_UNDER:
        yield Match("onset_under_45", (position,), told)
