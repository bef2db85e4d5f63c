"""What the feature files say of a finding, in words: how long it counts, what cancels it, its numbers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Iterable

from backtalk.triage import doses, facts
from backtalk.triage.catalogue import Catalogue, read_yaml

FOR_GOOD_DAYS = 3650
FIGURE_OF_SPEECH = "figure_of_speech"  # sayings are read as nothing, by the `idiom` phrases of assertion.yml
SHOWN_CANCELS = 3
WHILE_THERE = "While it is there"


def _tablets(times: int) -> str:
    paracetamol, other = times * doses.PARACETAMOL_TABLETS, times * doses.OTHER_TABLETS
    return (
        f"more than {paracetamol} tablets of paracetamol, of a mixed painkiller such as co-codamol or of an "
        f"unnamed one; more than {other} of another named one ({times * 3} if of 400, 600 or 800 mg)"
    )


# Kept beside facts.py by tests/safety/test_clinical_pages.py.
NUMBERS = {
    "fever": f"a reading of {facts.FEVER_C:g} C or {facts.FEVER_F:g} F, or more",
    "low_reading": f"a reading below {facts.FEVER_C:g} C or {facts.FEVER_F:g} F",
    "age_50": "a stated age of 50 or more",
    "bone_risk": "a stated age of 65 or more",
    "child": "a stated age below 18",
    "age_under_50": "a stated age below 50",
    "onset_under_45": "any stated age below 45, taken for the age when it began",
    "bp_180_120": f"a first number of {facts.SYSTOLIC} or more, or a second of {facts.DIASTOLIC} or more",
    "pregnant_20wk": "20 weeks of pregnancy or more, or a birth at most 45 days ago",
    "pregnant_any": "any stated weeks or months of pregnancy, or a birth at most 45 days ago",
    "maybe_pregnant": "less than 14 weeks of pregnancy",
    "six_weeks": f"a stated duration of {facts.SIX_WEEKS_DAYS} days or more",
    "over_daily_max": _tablets(1),
    "overdose_large": _tablets(2),
}


class Findings:
    """Every finding of a catalogue as a clinician can read it. Raises CatalogueError for unreadable files."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self._titles = catalogue.features
        self._place = {name: place for place, name in enumerate(catalogue.features)}
        self._entries: dict[str, Any] = {}
        self._includes: dict[str, frozenset[str]] = {}
        for file in (folder / "words.yml", *sorted((folder / "features").glob("*.yml"))):
            content = read_yaml(file) or {}
            self._entries.update(content.get("features") or {})
            includes = content.get("implies") or {}
            self._includes.update({name: frozenset(text.split()) for name, text in includes.items()})
        self._included = frozenset().union(*self._includes.values())

    def in_order(self, names: Iterable[str]) -> list[str]:
        """`names` in the order of the catalogue, which groups what belongs together."""
        return sorted(names, key=self._place.__getitem__)

    def title(self, name: str) -> str:
        """The finding in words; says so where the software does not look for it."""
        unknown = "" if self.is_looked_for(name) else " (the software does not look for this yet)"
        return f"{self._titles[name]}{unknown}"

    def is_looked_for(self, name: str) -> bool:
        """Whether wordings, numbers or another finding can lead to this one."""
        return name in self._entries or name in self._included or name in NUMBERS or name == FIGURE_OF_SPEECH

    def with_included(self, names: Iterable[str]) -> frozenset[str]:
        """`names` and every finding that they include ("back pain" includes "spine pain")."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._includes.get(name, ())
        return frozenset(found)

    def lasts(self, name: str) -> str:
        """How long the finding counts once it is over; "" where the software does not look for it."""
        if name not in self._entries:
            if name in NUMBERS:
                return "For good"
            return "As long as the finding that it is part of" if name in self._included else ""
        kind, _, days = str(self._entries[name].get("lasts", "now")).partition(" ")
        if kind == "days" and int(days) < FOR_GOOD_DAYS:
            return f"For {days} days, even if it has gone"
        return WHILE_THERE if kind == "now" else "For good"

    def remembered(self, name: str) -> str:
        """FACT or COMPLAINT where later messages of the conversation count it too; "" where not."""
        return str((self._entries.get(name) or {}).get("remembered") or "")

    def cancelled_by(self, name: str) -> tuple[int, tuple[str, ...]]:
        """How many wordings close by cancel the finding, and some of them as examples."""
        written = (self._entries.get(name) or {}).get("unless") or ()
        readable = [_one_wording(text) for text in written if "<" not in text]
        return len(written), tuple(dict.fromkeys(readable))[:SHOWN_CANCELS]


def _one_wording(pattern: str) -> str:
    """One wording that a pattern fits: the first of each choice."""
    parts = [part.split("|")[0].rstrip("?*") for part in pattern.replace("&", "..").split()]
    return re.sub(r"\s+", " ", " ".join("…" if part in ("..", "") else part for part in parts))
