"""What understanding gives back, and what it needs to know of the conversation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Mapping


class Kind(str, Enum):
    """What the assistant does with a message."""

    ANSWER = "answer"
    TWO_ANSWERS = "two_answers"
    CHOICES = "choices"
    REFUSE = "refuse"


class Via(str, Enum):
    """How the topic was found."""

    MESSAGE = "message"
    PICK = "pick"  # one of the offered choices was picked
    FOLLOW_UP = "follow_up"  # the message makes sense only after the last answer
    CONTEXT = "context"  # the message was read together with the last topic's name
    BUTTON = "button"  # a button was pressed that names its intent


@dataclass(frozen=True)
class TopicCard:
    """What understanding knows of a topic: its names and where a patient may go from it."""

    id: str
    intent: str
    title: str
    next: tuple[str, ...]
    followups: Mapping[str, str]


@dataclass(frozen=True)
class LastReply:
    """What the assistant last said: the topic answered and the topics offered, by id."""

    topic: str | None = None
    offered: tuple[str, ...] = ()


NOTHING_SAID = LastReply()


@dataclass(frozen=True)
class Reading:
    """How a message was understood.

    `intent` is what rules act on; `topics` are the topic ids to answer, `choices` those to offer;
    `ranking` holds (intent, probability), most probable first.
    """

    kind: Kind
    intent: str
    confidence: float
    topics: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    via: Via = Via.MESSAGE
    ranking: tuple[tuple[str, float], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain types, as stored with the message."""
        return {
            "kind": self.kind.value,
            "topics": list(self.topics),
            "choices": list(self.choices),
            "via": self.via.value,
        }
