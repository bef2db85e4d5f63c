"""The symptom check as a page: its questions in order, where a yes leads, and the texts around them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Iterator, Mapping

from backtalk.triage.catalogue import Catalogue, Flag, read_yaml
from backtalk.triage.pages.reading import quoted
from backtalk.triage.pages.sign_off import page_code, read_sign_off
from backtalk.triage.screening import Region, Screening

CHECK = "symptom_check.md"
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_WHEN = {
    "utter_screening_start": "At the start",
    "utter_screening_question": "Around each question",
    "utter_screening_none_found": "At the end, if every answer was no",
    "utter_screening_unsure": "At the end, if an answer was not sure",
    "utter_screening_stopped": "When the patient stops",
}


class CheckPage:
    """The symptom check of the data folder `data`. Raises CatalogueError for a file that is wrong."""

    def __init__(self, data: Path, catalogue: Catalogue) -> None:
        file = data / "triage" / "screening.yml"
        self._catalogue = catalogue
        self._screening = Screening(file, catalogue)
        self._sign_off = read_sign_off("symptom check", read_yaml(file).get("sign_off") or {})
        self._responses = read_yaml(data / "conversation" / "screening.yml")["responses"]

    def questions_for(self, flag: Flag) -> Iterator[tuple[str, str]]:
        """(areas, question) of the check's questions that stand for `flag`."""
        areas: dict[str, list[str]] = {}
        for region in self._screening.regions.values():
            for question in region.questions:
                if question.flag == flag.id:
                    areas.setdefault(question.asks, []).append(region.title.lower())
        yield from ((", ".join(titles), asks) for asks, titles in areas.items())

    def text(self, facts: Mapping[str, str]) -> str:
        """The whole page, with a clinic's facts."""
        code = self._code(facts)
        signature = [
            "## Sign-off",
            f"This page is {self._sign_off.in_words(code)}.",
            f"Page code: `{code}`",
        ]
        return "\n\n".join([self._signed_part(facts), *signature]) + "\n"

    def sign_off_in_words(self, facts: Mapping[str, str]) -> str:
        """Whether the page is signed off, for the index."""
        return self._sign_off.in_words(self._code(facts))

    def _code(self, facts: Mapping[str, str]) -> str:
        return page_code(self._signed_part({name: f"[{name}]" for name in facts}))

    def _signed_part(self, facts: Mapping[str, str]) -> str:
        return "\n\n".join(
            [
                "# The symptom check",
                "A patient can ask for it. It asks where the trouble is, then a few questions one after the "
                "other, to be answered with yes, no or not sure. **A yes counts as the sign behind the "
                "question**: the check ends and the patient reads the text of that sign. Any other sign told "
                "in between does the same.",
                *(self._region(region) for region in self._screening.regions.values()),
                "## What is said around the questions",
                "Words in square brackets are filled in: what goes before a question, its number, and so on.",
                *self._texts(facts),
            ]
        )

    def _region(self, region: Region) -> str:
        lines = [f"## {region.title}", ""]
        for number, question in enumerate(region.questions, start=1):
            flag = self._catalogue.flags[question.flag]
            lines.append(f"{number}. {question.asks} (yes: [{flag.title}]({flag.id}.md), {flag.tier})")
        return "\n".join([*lines, "", f"Added to the result: {region.also_tell}"])

    def _texts(self, facts: Mapping[str, str]) -> Iterator[str]:
        leads = " / ".join(lead.strip() for lead in self._screening.leads.values() if lead.strip())
        yield f"What may go before a question: {_filled(leads, facts)}"
        for name, variants in self._responses.items():
            for variant in variants:
                where = "by text message" if variant.get("channel") == "sms" else "on the website"
                yield f"### {_WHEN.get(name, name)}, {where}"
                yield quoted(_filled(variant["text"], facts))


def _filled(text: Any, facts: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: facts.get(match.group(1), f"[{match.group(1)}]"), str(text))
