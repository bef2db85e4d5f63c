"""How much room a text message keeps for a clinic's own facts, so that our writing fits every clinic."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterator, Mapping

from backtalk.content.sms_folding import fold
from backtalk.content.sms_parts import not_gsm

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Room:
    """Characters for one fact: an answer has two parts up to `usual` and three up to `longest`."""

    usual: int
    longest: int


_SENTENCE = Room(120, 160)
_OTHER = Room(60, 120)
ROOM: Mapping[str, Room] = {
    "clinic_name": Room(30, 60),
    "clinic_phone": Room(14, 20),
    "clinic_email": Room(30, 60),
    "clinic_address": Room(40, 80),
    "clinic_access": _SENTENCE,
    "opening_hours": Room(60, 100),
    "open_now": Room(30, 40),
    "booking_url": Room(40, 80),
    "reply_within": Room(20, 40),
    "booking_retention_days": Room(4, 4),
    "diary": Room(60, 100),
    "privacy_url": Room(40, 80),
    "retention_days": Room(4, 4),
    "services": Room(60, 120),
    "emergency_number": Room(4, 12),
    "urgent_advice": Room(38, 60),
    "crisis_line": Room(22, 40),
    "poison_advice": Room(29, 40),
    "fees": _SENTENCE,
    "insurance": _SENTENCE,
    "free_consultation": _SENTENCE,
    "first_visit": _SENTENCE,
    "cancellation": _SENTENCE,
    "video_visits": _SENTENCE,
    "prescribing": _SENTENCE,
}


def with_usual_facts(text: str, facts: Mapping[str, str]) -> str:
    """`text` with each fact at its own length, but not over the usual one. It is for measuring only."""
    return PLACEHOLDER.sub(lambda match: "x" * min(len(facts[match[1]]), _room(match[1]).usual), text)


def with_longest_facts(text: str) -> str:
    """`text` with each fact as long as it may be. It is for measuring only."""
    return PLACEHOLDER.sub(lambda match: "x" * _room(match[1]).longest, text)


def own_words(text: str) -> str:
    """`text` without its placeholders."""
    return PLACEHOLDER.sub("", text)


def too_long_facts(facts: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each fact that takes more room than our texts keep for it."""
    for name, value in facts.items():
        if len(value) > _room(name).longest:
            yield (
                f"{{{name}}} has {len(value)} characters, at most {_room(name).longest}: "
                "a text message would need a fourth part. Shorten it."
            )


def costly_facts(facts: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each fact whose letters are not in the SMS alphabet: allowed, but it costs."""
    for name, value in facts.items():
        odd = not_gsm(fold(value))
        if odd:
            yield (
                f"{{{name}}} has {' '.join(odd)}, which the SMS alphabet lacks: parts of a text with it hold "
                "67 characters instead of 153."
            )


def _room(name: str) -> Room:
    return ROOM.get(name, _OTHER)
