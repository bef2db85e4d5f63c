"""data/booking/form.yml: what the booking form asks, and the words by which it understands replies."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Mapping

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from backtalk.booking.progress import Step
from backtalk.understanding.text import normalise

CHANNELS = ("web", "sms")
PHRASES = (
    "stop",
    "back",
    "skip",
    "start_over",
    "show",
    "not_sure",
    "no_matter",
    "send",
    "is_new",
    "been_before",
    "nothing",
    "agreed",
)
PATTERNS = ("why", "correction", "change")
LEADS = (
    "begin", "resumed", "again", "noted", "pass_on", "consented", "back", "back_at_start", "started_over",
    "skipped", "later", "not_optional", "why", "hint", "trouble", "help_offer", "no_such_date", "past",
    "closed", "too_long", "phone_impossible",
)  # fmt: skip
_FILE = Path(__file__).resolve().parents[2] / "data" / "booking" / "form.yml"


class FormFileError(ValueError):
    """form.yml is missing or wrong; one line that says where and what to write."""


@dataclass(frozen=True)
class Question:
    """One question. `asks` by channel; `why` is the reason for it; `again` follows a reply not understood."""

    asks: Mapping[str, str]
    why: str
    again: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormWords:
    """The whole file, checked."""

    questions: Mapping[Step, Question]
    leads: Mapping[str, Mapping[str, str]]
    troubles: Mapping[str, str]
    services: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, frozenset[str]]
    patterns: Mapping[str, re.Pattern[str]]
    fields: Mapping[Step, tuple[str, ...]]
    values: Mapping[str, str]
    redacted: Mapping[str, str]

    def says(self, phrase: str, text: str) -> bool:
        """Whether `text` is just one of the `phrase` words, such as "never mind"."""
        return plain_words(text) in self.phrases[phrase]

    @property
    def consent_digest(self) -> str:
        """Changes with the consent text."""
        asks = self.questions[Step.CONSENT].asks
        return hashlib.sha256("|".join(asks[one] for one in CHANNELS).encode()).hexdigest()[:8]


def plain_words(text: str) -> str:
    """`text` in lower case, without marks around it and without please or thanks."""
    plain = normalise(text).strip(" .,;:!?\"'()")
    plain = re.sub(
        r"^(?:please|pls|ok|okay|oh|um|well|hmm)[, ]+|[, ]+(?:please|pls|plz|thanks|thank you)$", "", plain
    )
    return plain.strip(" .,;:!?")


def load_form_words(file: Path) -> FormWords:
    """Read and check form.yml. Raises FormFileError."""
    try:
        raw: Any = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise FormFileError(
            f"{file}: cannot be read ({type(error).__name__}). Mend or restore it."
        ) from error
    try:
        return _checked(file, raw)
    except (KeyError, TypeError, AttributeError, ValueError, re.error) as error:
        raise FormFileError(
            f"{file}: a part is missing or has a wrong form ({error}). Compare the last change."
        ) from error


def _checked(file: Path, raw: Mapping[str, Any]) -> FormWords:
    words = FormWords(
        questions={step: _question(raw["questions"][step.value]) for step in Step},
        leads={name: _by_channel(raw["leads"][name]) for name in LEADS},
        troubles=dict(raw["troubles"]),
        services={name: tuple(also) for name, also in raw["services"].items()},
        phrases={name: frozenset(plain_words(one) for one in raw["phrases"][name]) for name in PHRASES},
        patterns={name: re.compile(raw["patterns"][name]) for name in PATTERNS},
        fields={Step(name): tuple(said) for name, said in raw["fields"].items()},
        values=dict(raw["values"]),
        redacted=dict(raw["redacted"]),
    )
    for part, known in (("questions", [s.value for s in Step]), ("leads", LEADS), ("phrases", PHRASES)):
        unknown = set(raw[part]) - set(known)
        if unknown:
            raise ValueError(f"{part}: '{sorted(unknown)[0]}' is unknown")
    return words


def _question(raw: Mapping[str, Any]) -> Question:
    return Question(
        {channel: str(raw[channel]).strip() for channel in CHANNELS},
        str(raw["why"]),
        str(raw["again"]),
        tuple(raw.get("choices", ())),
    )


def _by_channel(raw: Any) -> Mapping[str, str]:
    if isinstance(raw, str):
        return dict.fromkeys(CHANNELS, raw)
    return {channel: str(raw[channel]).strip() for channel in CHANNELS}


@lru_cache(maxsize=1)
def shipped_form_words() -> FormWords:
    """The project's own file, loaded once."""
    return load_form_words(_FILE)
