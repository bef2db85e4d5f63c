"""Findings that are numbers: ages, temperatures, blood pressure, weeks pregnant, durations, tablets."""

from __future__ import annotations

from typing import Iterator, Sequence

from backtalk.triage.message import Message
from backtalk.triage.patterns import Match
from backtalk.triage.times import days_of, number_of

FEVER_C, FEVER_F = 38.0, 100.4
SYSTOLIC, DIASTOLIC = 180, 120
SIX_WEEKS_DAYS, OVER_THREE_DAYS = 42, 4
# What a pack allows in 24 hours, in tablets (NHS: paracetamol 8 x 500 mg, ibuprofen 6 x 200 mg).
PARACETAMOL_TABLETS, OTHER_TABLETS = 8, 6
_PARACETAMOL = frozenset("paracetamol paracetamols tylenol panadol acetaminophen anadin calpol".split())
_OTHER = frozenset(
    "ibuprofen ibuprofens nurofen advil motrin naproxen aleve aspirin aspirins codeine tramadol excedrin "
    "diclofenac solpadeine".split()
)
_COMBINED = frozenset("cocodamol codamol codydramol".split())
_PILLS = frozenset("tablets tablet pills pill painkillers painkiller capsules caplets tabs".split())
_TAKEN = frozenset(
    "took taken take taking had having swallowed popped ate necked downed used been "
    "munched chucked washed".split()
)
_FEVER_WORDS = frozenset(
    "temp temperature fever feverish thermometer c f degrees celsius fahrenheit reading".split()
)
_TIME_UNITS = frozenset("day days week weeks wks month months year years yrs hours hrs hour yo".split())
_PREGNANT = frozenset("pregnant pregnancy preg expecting gestation trimester prego preggers".split())
_BORN = frozenset("birth delivered delivery postpartum csection section newborn labour labor".split())


def numeric_findings(message: Message) -> list[Match]:
    """Matches named by feature: age_50, child, fever, bp_180_120, pregnant_20wk, six_weeks, ..."""
    texts = [word.text for word in message.words]
    found: list[Match] = []
    for reader in (_ages, _temperatures, _pressures, _pregnancy, _durations, _tablets):
        found += reader(texts)
    return found


def _ages(texts: Sequence[str]) -> Iterator[Match]:
    for position, text in enumerate(texts):
        value = number_of(text) if text[0].isdigit() else None
        if value is None or not 0 < value < 112 or value != int(value):
            decade = _DECADES.get(text)
            if (
                decade
                and texts[max(0, position - 2) : position]
                and texts[position - 1] in ("my", "his", "her")
            ):
                yield from _age_features(decade + 1, (position,), f"in the {text}")
            continue
        before = texts[position - 1] if position else ""
        two_before = texts[position - 2] if position > 1 else ""
        after = texts[position + 1 : position + 4]
        years_old = (
            after[:1] in (["yo"], ["yrold"])
            or (after[:1] and after[0] in ("y", "yr", "yrs", "year", "years") and "old" in after[1:3])
            or after[:3] == ["-", "year", "-"] or after[:2] == ["y", "/"] or after[:2] == ["y", "o"]
            or (after[:1] in (["f"], ["m"], ["female"], ["male"]) and not _is_heat(texts, position))
        )  # fmt: skip
        told = (
            before in ("aged", "age", "turned", "turning", "nearly", "almost")
            or (before == "am" and two_before == "i")
            or (before in ("is", "at", ",", "(") and (_person_before(texts, position) or before == "at"))
            or before in _AGED_NOUNS
        ) and (not after or after[0] not in _NOT_AGES) and not _is_heat(texts, position)  # fmt: skip
        if (
            years_old
            or told
            or (before == "over" and two_before in ("am", "is", "and", "well") and value >= 18)
        ):
            months = bool(after) and after[0] in ("month", "months", "mo", "week", "weeks")
            yield from _age_features(0 if months else value, (position,), f"age {text}")


_DECADES = {"fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80, "nineties": 90}
_AGED_NOUNS = frozenset(
    "son daughter boy girl kid child mum mom mother dad father gran nan grandma grandad".split()
)
_NOT_AGES = frozenset(
    "mg days day weeks week wks months month hours hrs hour times minutes mins pills tablets tablet percent "
    "% of "
    "stone lbs kg kilos pounds out pm am x more other".split()
)


def _person_before(texts: Sequence[str], position: int) -> bool:
    return any(
        t in _AGED_NOUNS or t in ("he", "she", "am", "husband", "wife")
        for t in texts[max(0, position - 5) : position]
    )


def _age_features(age: float, places: tuple[int, ...], words: str) -> Iterator[Match]:
    if age >= 50:
        yield Match("age_50", places, words)
    if age >= 65:
        yield Match("bone_risk", places, words)
    if age < 18:
        yield Match("child", places, words)
    if age < 50:
        yield Match("age_under_50", places, words)
    if age < 45:
        yield Match("onset_under_45", places, words)


def _is_heat(texts: Sequence[str], position: int) -> bool:
    return any(t in _FEVER_WORDS - {"f", "c"} for t in texts[max(0, position - 5) : position + 4])


def _temperatures(texts: Sequence[str]) -> Iterator[Match]:
    for position, text in enumerate(texts):
        if not text[0].isdigit():
            continue
        value = number_of(text) or 0.0
        unit = texts[position + 1] if position + 1 < len(texts) else ""
        near = _FEVER_WORDS - {"c", "f"}
        is_told = unit in ("c", "f", "degrees", "celsius", "fahrenheit") or any(
            t in near for t in texts[max(0, position - 6) : position + 4]
        )
        if not is_told or unit in _TIME_UNITS:
            continue
        if 34 <= value <= 43 and unit not in ("f", "m", "female", "male"):
            yield Match("fever" if value >= FEVER_C else "low_reading", (position,), f"{text} C")
        elif 94 <= value <= 110:
            yield Match("fever" if value >= FEVER_F else "low_reading", (position,), f"{text} F")


def _pressures(texts: Sequence[str]) -> Iterator[Match]:
    for position, text in enumerate(texts):
        upper = number_of(text) if text[0].isdigit() else None
        if upper is None or not 60 <= upper <= 300:
            continue
        lower = None
        if (
            position + 2 < len(texts)
            and texts[position + 1] in ("/", "over", "-")
            and texts[position + 2][0].isdigit()
        ):
            lower = number_of(texts[position + 2])
        near = texts[max(0, position - 8) : position + 6]
        told = "pressure" in near or "bp" in near or "systolic" in near or "monitor" in near
        if (
            lower is not None
            and 30 <= lower <= 200
            and (upper >= SYSTOLIC or lower >= DIASTOLIC)
            and upper > lower
        ):
            yield Match("bp_180_120", (position, position + 2), f"{text}/{texts[position + 2]}")
        elif lower is None and told and upper >= SYSTOLIC and texts[position - 1] not in ("/", "over"):
            yield Match("bp_180_120", (position,), f"pressure {text}")


def _pregnancy(texts: Sequence[str]) -> Iterator[Match]:
    is_pregnant = any(t in _PREGNANT for t in texts)
    gave_birth = any(t in _BORN for t in texts) or (
        "baby" in texts and any(t in ("had", "born", "is") for t in texts)
    )
    for position, text in enumerate(texts[:-1]):
        count = number_of(text)
        unit = days_of(texts[position + 1])
        if count is None or unit is None:
            continue
        days = count * unit
        places = (position, position + 1)
        words = f"{text} {texts[position + 1]}"
        near = texts[max(0, position - 7) : position + 9]
        if is_pregnant and unit in (7.0, 30.0) and days < 310 and not _is_since(texts, position):
            yield Match("pregnant_any", places, words)
            if days >= 140:
                yield Match("pregnant_20wk", places, words)
            elif days < 98:
                yield Match("maybe_pregnant", places, words)
        elif gave_birth and days <= 45 and any(t in _BORN or t in ("baby", "born") for t in near):
            yield Match("pregnant_20wk", places, words)
            yield Match("pregnant_any", places, words)


def _is_since(texts: Sequence[str], position: int) -> bool:
    """ "pregnant, headache for 3 weeks": the weeks are not those of the pregnancy."""
    before = texts[position - 1] if position else ""
    after = texts[position + 2] if position + 2 < len(texts) else ""
    return before in ("for", "last", "past", "since") or after in ("ago", "now")


def _durations(texts: Sequence[str]) -> Iterator[Match]:
    for position, text in enumerate(texts[:-1]):
        count = number_of(text)
        unit = days_of(texts[position + 1])
        if (
            text in ("for", "of", "last", "past", "in")
            and days_of(texts[position + 1])
            and texts[position + 1].endswith("s")
        ):
            count, unit = 3.0, days_of(texts[position + 1])
        if count is None or unit is None or unit == 0:
            continue
        days = count * unit
        after = texts[position + 2] if position + 2 < len(texts) else ""
        if after == "old" or (position and texts[position - 1] in ("age", "aged")):
            continue
        places = (position, position + 1)
        words = f"{text} {texts[position + 1]}"
        if days >= SIX_WEEKS_DAYS:
            yield Match("six_weeks", places, words)
        if days >= OVER_THREE_DAYS:
            yield Match("over_three_days", places, words)


def _tablets(texts: Sequence[str]) -> Iterator[Match]:
    if not any(t in _TAKEN for t in texts):
        return
    for position, text in enumerate(texts):
        count = number_of(text) if text not in ("a", "an", "one") else None
        if count is None or count != int(count) or count > 400:
            continue
        after = texts[position + 1 : position + 6]
        if after and after[0] in (
            "mg",
            "x",
            "times",
            "hours",
            "days",
            "weeks",
            "years",
            "months",
            "ml",
            ":",
            "am",
            "pm",
        ):
            continue
        names = [t for t in after[:4] if t in _PARACETAMOL | _OTHER | _COMBINED | _PILLS]
        if not names:
            continue
        limit = OTHER_TABLETS if names[0] in _OTHER else PARACETAMOL_TABLETS
        strong = any(t in ("400", "600", "800") for t in after)
        limit = 3 if strong and names[0] in _OTHER else limit
        asks = any(
            t in ("can", "could", "should", "safe", "allowed") for t in texts[max(0, position - 5) : position]
        )
        week = any(t in ("week", "month", "weekly", "monthly") for t in texts[position : position + 8])
        if asks or week:
            continue
        places = (position, position + 1)
        if count > 2 * limit:
            yield Match("overdose_large", places, f"{text} {names[0]}")
        if count > limit:
            yield Match("over_daily_max", places, f"{text} {names[0]}")
