"""The texts that go with an assessment: what to do now first, then why, then what not to wait for."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Mapping

from backtalk.triage.assess import Assessment
from backtalk.triage.catalogue import Catalogue, CatalogueError, Flag, read_yaml
from backtalk.triage.message import data_folder
from backtalk.triage.people import SELF

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_OF_FLAG = ("why", "do_not", "clarify", "no_driving")
OVERDOSE = "overdose_taken"
SMS = "sms"


class AdviceTexts:
    """advice.yml filled with a clinic's facts. Raises CatalogueError for a placeholder nobody fills."""

    def __init__(self, catalogue: Catalogue, facts: Mapping[str, str], file: Path) -> None:
        self._catalogue = catalogue
        self._texts = _filled(read_yaml(file), facts, file)

    def urgent(self, assessment: Assessment, channel: str) -> str:
        """The urgent-care message for a routed assessment, in the variant of `channel`."""
        first = self._catalogue.flags[assessment.flags[0]]
        kind = "overdose" if assessment.tier == "crisis" and OVERDOSE in assessment.flags else assessment.tier
        text = self._put(self._texts[kind][assessment.person][_variant(channel)], first, assessment.person)
        bodily = next((name for name, tier in assessment.tiers.items() if tier == "emergency"), None)
        if assessment.tier == "crisis" and bodily:
            also = self._put(self._texts["also_emergency"][_variant(channel)], self._catalogue.flags[bodily])
            text = f"{text}\n{also}" if channel == SMS else f"{text}\n\n{also}"
        return text

    def soon(self, assessment: Assessment, channel: str) -> str:
        """What is added to the normal answer: who to see within which time."""
        return self._put(self._texts["soon"][_variant(channel)], self._catalogue.flags[assessment.flags[0]])

    def ask(self, flag_id: str, channel: str) -> str:
        """The clarifying question of a flag, with what to do meanwhile."""
        return self._put(self._texts["ask"][_variant(channel)], self._catalogue.flags[flag_id])

    def safety_net(self, channel: str) -> str:
        """The line under an answer to a question about red flags."""
        return str(self._texts["safety_net"][_variant(channel)])

    def _put(self, text: str, flag: Flag, person: str = SELF) -> str:
        no_driving = "" if "drive" in flag.do_not else str(self._texts["no_driving"][person])
        of_flag = {
            "why": flag.why, "do_not": flag.do_not, "clarify": flag.clarify, "no_driving": no_driving
        }  # fmt: skip
        return _PLACEHOLDER.sub(lambda match: of_flag[match.group(1)], text)


def _variant(channel: str) -> str:
    return SMS if channel == SMS else "web"


def _filled(texts: Any, facts: Mapping[str, str], file: Path) -> Any:
    """`texts` with the clinic's facts in place; those of a flag stay for later."""
    if isinstance(texts, Mapping):
        return {key: _filled(value, facts, file) for key, value in texts.items()}

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in _OF_FLAG:
            return match.group()
        if name not in facts:
            raise CatalogueError(f"{file}: nobody fills {{{name}}}. Use a placeholder of clinic.yml.")
        return facts[name]

    return _PLACEHOLDER.sub(fill, str(texts))


@lru_cache(maxsize=4)
def _loaded(facts: tuple[tuple[str, str], ...], catalogue_version: int) -> AdviceTexts:
    from backtalk.triage.assess import shipped_triage

    return AdviceTexts(shipped_triage().catalogue, dict(facts), data_folder() / "advice.yml")


def shipped_advice(facts: Mapping[str, str]) -> AdviceTexts:
    """The project's own texts with the placeholders of a clinic (`Clinic.placeholders()`)."""
    from backtalk.triage.assess import shipped_triage

    return _loaded(tuple(sorted(facts.items())), shipped_triage().catalogue.version)
