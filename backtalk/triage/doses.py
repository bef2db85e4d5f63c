"""Tablets told as taken, against what a pack allows in 24 hours. Doses of one day are added up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Sequence

from backtalk.triage.patterns import Words
from backtalk.triage.sequences import Match
from backtalk.triage.times import number_of

# In tablets (NHS: paracetamol 8 x 500 mg, ibuprofen 6 x 200 mg; half of that for stronger tablets).
PARACETAMOL_TABLETS, OTHER_TABLETS, STRONG_TABLETS = 8, 6, 3
MOST = 400  # a larger number counts no tablets
_STRONG = ("400", "600", "800")


@dataclass(frozen=True)
class _Dose:
    position: int
    count: float
    drug: str
    limit: int
    adds: bool  # "then 8 more": added to the dose before


def doses(texts: Sequence[str], words: Words) -> Iterator[Match]:
    """Matches named over_daily_max (more than a pack allows), overdose_large (more than twice as many)."""
    if words["swallowed"].isdisjoint(texts):
        return
    day, total, drug = "", 0.0, ""
    for dose in _told(texts, words):
        new_day = _day_near(texts, dose.position, words)
        goes_on = dose.adds and dose.drug in ("", drug) and new_day in ("", day)
        total = total + dose.count if goes_on else dose.count
        drug, day = dose.drug or drug, new_day or day
        places = (dose.position, dose.position + 1)
        told = f"{total:g} {drug}"
        if total > 2 * dose.limit:
            yield Match("overdose_large", places, told)
        if total > dose.limit:
            yield Match("over_daily_max", places, told)


def _told(texts: Sequence[str], words: Words) -> Iterator[_Dose]:
    names = words["paracetamol"] | words["other_painkiller"] | words["combined_painkiller"] | words["pills"]
    last: _Dose | None = None
    for position, text in enumerate(texts[:-1]):
        count = number_of(text) if text not in ("a", "an", "one") else None
        after = texts[position + 1 : position + 6]
        if count is None or count != int(count) or count > MOST:
            continue
        if after[0] in words["not_doses"] or after[0] == ":" or _is_asked(texts, position, words):
            continue
        near = (*texts[max(0, position - 4) : position], *after[:2])
        adds = last is not None and not words["dose_added"].isdisjoint(near)
        named = [t for t in after[:4] if t in names]
        if named:
            limit = OTHER_TABLETS if named[0] in words["other_painkiller"] else PARACETAMOL_TABLETS
            if limit == OTHER_TABLETS and any(t in _STRONG for t in after):
                limit = STRONG_TABLETS
            drug = "" if named[0] in words["pills"] else named[0]
            last = _Dose(position, count, drug, last.limit if last and adds and not drug else limit, adds)
            yield last
        elif last and (
            after[0] in ("more", "extra", "others") or texts[position - 1] in ("another", "extra")
        ):
            last = _Dose(position, count, "", last.limit, True)
            yield last


def _is_asked(texts: Sequence[str], position: int, words: Words) -> bool:
    """ "can I take 10 ...", "10 a week": no dose that was taken in a day."""
    asked = not words["dose_asked"].isdisjoint(texts[max(0, position - 5) : position])
    return asked or not words["dose_other_span"].isdisjoint(texts[position : position + 8])


def _day_near(texts: Sequence[str], position: int, words: Words) -> str:
    """The day that is told beside a dose; "yesterday 6, today 6" is not 12 in a day."""
    start = position
    while start and position - start < 6 and texts[start - 1] not in ".!?":
        start -= 1
    near = texts[start : position + 6]
    return next((t for t in near if t in words["dose_days"]), "")
