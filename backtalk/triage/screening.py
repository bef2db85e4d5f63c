"""The symptom check: which questions are asked, how a reply is read, and what the result may say.

Pure: the progress of a check is a value, and each step gives the next one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Mapping

from backtalk.triage.answers import YesNo, yes_or_no
from backtalk.triage.catalogue import Catalogue, CatalogueError, read_yaml
from backtalk.triage.message import data_folder
from backtalk.understanding.text import normalise

MOST_WORDS_FOR_REGION = 8
_ASKS_SOMETHING = re.compile(r"\?|^(what|why|how|when|where|who|which|can|could|should|is|are|does|do)\b")


@dataclass(frozen=True)
class Question:
    """One yes/no question. A yes counts as the flag; `says` names it in the result."""

    id: str
    asks: str
    says: str
    flag: str


@dataclass(frozen=True)
class Region:
    """A part of the body: its button, words that mean it, and its questions in order."""

    id: str
    title: str
    words: frozenset[str]
    questions: tuple[Question, ...]
    also_tell: str


@dataclass(frozen=True)
class Progress:
    """How far a check has come: no region yet, or the number of questions answered with no or not sure."""

    region: str | None = None
    answered: int = 0
    unsure: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """In plain types, for a slot."""
        return {"region": self.region, "answered": self.answered, "unsure": list(self.unsure)}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Progress:
        return cls(stored.get("region"), int(stored.get("answered", 0)), tuple(stored.get("unsure", ())))


class Screening:
    """The regions and questions of screening.yml. Raises CatalogueError where the file is wrong."""

    def __init__(self, file: Path, catalogue: Catalogue) -> None:
        data = read_yaml(file)
        questions = {
            name: Question(name, entry["asks"], entry["says"], entry["flag"])
            for name, entry in data["questions"].items()
        }
        for question in questions.values():
            if question.flag not in catalogue.flags:
                raise CatalogueError(f"{file}: {question.id}: '{question.flag}' is no flag of red_flags.yml.")
        self._stops = frozenset(normalise(stop) for stop in data["stops"])
        self.leads: Mapping[str, str] = data["leads"]
        self.regions = {
            name: _region(file, name, entry, questions, int(data["most_questions"]))
            for name, entry in data["regions"].items()
        }

    def question(self, progress: Progress) -> Question | None:
        """The question to put; None while the region is open, and when all are answered."""
        if progress.region is None:
            return None
        questions = self.regions[progress.region].questions
        return questions[progress.answered] if progress.answered < len(questions) else None

    def region_meant(self, text: str) -> str | None:
        """The region that a short reply names: by number, title, or words of it; two of them mean "more"."""
        plain = normalise(text).strip(" .!,)")
        names = list(self.regions)
        if plain.isdigit():
            return names[int(plain) - 1] if 1 <= int(plain) <= len(names) else None
        for region in self.regions.values():
            if plain == normalise(region.title):
                return region.id
        if len(plain.split()) > MOST_WORDS_FOR_REGION or _ASKS_SOMETHING.search(plain):
            return None
        return self.region_named(plain)

    def region_named(self, text: str) -> str | None:
        """The region whose words `text` holds, however long it is."""
        said = set(re.findall(r"[a-z]+", normalise(text)))
        named = [region.id for region in self.regions.values() if region.words & said]
        return named[0] if len(named) == 1 else "more" if named else None

    def is_reply(self, progress: Progress, text: str) -> bool:
        """Whether `text` answers the question that is open."""
        if progress.region is None:
            return self.region_meant(text) is not None
        return yes_or_no(text) is not None

    def is_stop(self, progress: Progress, text: str) -> bool:
        """Whether `text` just asks to leave the check: in words, or by the number after the last choice."""
        plain = normalise(text).strip(" .!,)")
        choices = len(self.regions) if progress.region is None else len(YesNo)
        return plain in self._stops or plain == str(choices + 1)

    def after(self, progress: Progress, text: str) -> Progress:
        """The progress after a reply. A yes has been answered as a red flag before it comes here."""
        if progress.region is None:
            return replace(progress, region=self.region_meant(text))
        question = self.question(progress)
        unsure = progress.unsure
        if question and yes_or_no(text) is not YesNo.NO:
            unsure = (*unsure, question.id)
        return replace(progress, answered=progress.answered + 1, unsure=unsure)

    def unsure_about(self, progress: Progress) -> list[str]:
        """What the patient was not sure of, in words for the result."""
        questions = self.regions[progress.region or "more"].questions
        return [question.says for question in questions if question.id in progress.unsure]


def _region(
    file: Path, name: str, entry: Mapping[str, Any], questions: Mapping[str, Question], most: int
) -> Region:
    if len(entry["questions"]) > most:
        raise CatalogueError(f"{file}: {name}: more than {most} questions. Leave some out.")
    for key in entry["questions"]:
        if key not in questions:
            raise CatalogueError(f"{file}: {name}: question '{key}' is not described under 'questions'.")
    return Region(
        name,
        entry["title"],
        frozenset(entry["words"]),
        tuple(questions[key] for key in entry["questions"]),
        entry["also_tell"],
    )


@lru_cache(maxsize=1)
def shipped_screening() -> Screening:
    """The project's own questions, loaded once."""
    from backtalk.triage.assess import shipped_triage

    return Screening(data_folder() / "screening.yml", shipped_triage().catalogue)
