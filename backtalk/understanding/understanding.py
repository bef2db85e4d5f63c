"""From a message and what was said last to a reading: answer, answer two, offer choices, or refuse."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Mapping, Sequence

import numpy as np

from backtalk.understanding.classifier import IntentClassifier
from backtalk.understanding.picks import picked
from backtalk.understanding.questions import split_questions
from backtalk.understanding.reading import NOTHING_SAID, Kind, LastReply, Reading, TopicCard, Via
from backtalk.understanding.text import clean, has_words

UNSURE = "nlu_fallback"
EMPTY = "empty_message"
TOO_LONG = "too_long_message"
TWO_QUESTIONS = "two_questions"
AFFIRM = "affirm"
# Complete by themselves, whatever was said before.
COMPLETE = (AFFIRM, "deny", "choice_none", "after_urgent_called", "after_urgent_not_me")
MAX_CHARACTERS = 2000
TASKS = ("screening/",)
SMALL_TALK = "chitchat/"  # may be answered, but is nothing to choose
OUT_OF_SCOPE = "out_of_scope_"
FOLLOW_UP = "follow_up_"
RANKED = 5
_POINTS_BACK = re.compile(
    r"\b(it|its|it's|that|this|these|those|they|them|one|ones|he|she)\b|^(and|but|so|what about|how about)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Thresholds:
    """Probabilities that separate the outcomes; tuned on messages that no example file holds."""

    answer: float = 0.30
    margin: float = 1.5
    choices: float = 0.20
    choice_floor: float = 0.05
    refuse: float = 0.50
    second_question: float = 0.60
    context_words: int = 9
    context_below: float = 0.60
    context_outside: float = 0.70
    context_weight: float = 0.3


class Understanding:
    """Reads messages. Pure: the same message and last reply always give the same reading."""

    def __init__(
        self,
        classifier: IntentClassifier,
        topics: Sequence[TopicCard],
        follow_up_targets: Mapping[str, str],
        thresholds: Thresholds | None = None,
    ) -> None:
        self._classifier = classifier
        self._by_intent = {topic.intent: topic for topic in topics}
        self._by_id = {topic.id: topic for topic in topics}
        self._targets = follow_up_targets
        self._thresholds = thresholds or Thresholds()
        labels = classifier.labels
        self._is_topic = np.array([label in self._by_intent for label in labels])
        self._is_outside = np.array([label.startswith(OUT_OF_SCOPE) for label in labels])

    @classmethod
    def load(cls, folder: Path, classifier: IntentClassifier) -> Understanding:
        """Load what `save_cards` wrote into `folder`, for use with `classifier`."""
        described = json.loads((folder / "topics.json").read_text(encoding="utf-8"))
        cards = [
            TopicCard(c["id"], c["intent"], c["title"], tuple(c["next"]), c["followups"])
            for c in described["topics"]
        ]
        return cls(classifier, cards, described["follow_up_targets"])

    def read(self, text: str, last: LastReply = NOTHING_SAID) -> Reading:
        """The reading of `text` after the reply `last`; never raises on any text."""
        message = clean(text)
        if not has_words(message):
            return Reading(Kind.REFUSE, EMPTY, 1.0)
        if len(message) > MAX_CHARACTERS:
            return Reading(Kind.REFUSE, TOO_LONG, 1.0)
        offered = [self._by_id[key] for key in last.offered if key in self._by_id]
        pick = picked(message, [topic.title for topic in offered])
        if pick is not None:
            return self._answer(offered[pick].id, 1.0, Via.PICK, ())
        probabilities = self._classifier.probabilities(message)
        two = self._two_questions(message, last)
        if two:
            return two
        reading = self._decide(probabilities)
        if reading.intent == AFFIRM and offered:
            choices = tuple(topic.id for topic in offered)
            return replace(reading, kind=Kind.CHOICES, intent=UNSURE, choices=choices)
        topic = self._by_id.get(last.topic or "") or (offered[0] if offered else None)
        return self._in_context(message, reading, topic, probabilities) if topic else self._by_itself(reading)

    def _by_itself(self, reading: Reading) -> Reading:
        """`reading`; a follow-up to nothing gets the answer for that, if there is one."""
        target = self._targets.get(f"{reading.intent.removeprefix(FOLLOW_UP)} nothing")
        if reading.intent.startswith(FOLLOW_UP) and target in self._by_id:
            return self._answer(target, reading.confidence, Via.FOLLOW_UP, reading.ranking)
        return reading

    def _decide(self, probabilities: Any) -> Reading:
        limits = self._thresholds
        order = np.argsort(-probabilities)
        labels = self._classifier.labels
        ranking = tuple((labels[i], float(probabilities[i])) for i in order[:RANKED])
        best, confidence = ranking[0]
        outside = float(probabilities[self._is_outside].sum())
        if outside >= limits.refuse:
            worst = int(np.argmax(np.where(self._is_outside, probabilities, -1)))
            return Reading(Kind.REFUSE, labels[worst], outside, ranking=ranking)
        is_talk = best not in self._by_intent and not best.startswith(OUT_OF_SCOPE)
        if is_talk and confidence >= limits.answer:
            return Reading(Kind.REFUSE, best, confidence, ranking=ranking)
        topics = [(labels[i], float(probabilities[i])) for i in order if self._is_topic[i]][:3]
        first, second = topics[0], topics[1]
        if first[1] >= limits.answer or (
            first[1] >= limits.choices and first[1] >= limits.margin * second[1] and first[1] > outside
        ):
            return self._answer(self._by_intent[first[0]].id, first[1], Via.MESSAGE, ranking)
        inside = float(probabilities[self._is_topic].sum())
        if inside >= limits.choices and inside > outside:
            likely = [self._by_intent[name].id for name, p in topics if p >= limits.choice_floor]
            choices = tuple(key for key in likely if not key.startswith(SMALL_TALK))
            if len(choices) > 1:
                return Reading(Kind.CHOICES, UNSURE, first[1], choices=choices, ranking=ranking)
        return Reading(Kind.REFUSE, UNSURE, 1 - inside, ranking=ranking)

    def _answer(
        self, topic_id: str, confidence: float, via: Via, ranking: tuple[tuple[str, float], ...]
    ) -> Reading:
        topic = self._by_id[topic_id]
        return Reading(Kind.ANSWER, topic.intent, confidence, (topic.id,), via=via, ranking=ranking)

    def _two_questions(self, message: str, last: LastReply) -> Reading | None:
        parts = split_questions(message)
        if len(parts) != 2:
            return None
        first = self._read_part(parts[0], last)
        if first is None:
            return None
        second = self._read_part(parts[1], LastReply(topic=first[0]))
        if second is None or second[0] == first[0]:
            return None
        if any(topic.startswith(TASKS) for topic in (first[0], second[0])):
            return None  # a check or a form takes a turn of its own
        confidence = min(first[1], second[1])
        return Reading(Kind.TWO_ANSWERS, TWO_QUESTIONS, confidence, (first[0], second[0]))

    def _read_part(self, part: str, last: LastReply) -> tuple[str, float] | None:
        alone = self._classifier.probabilities(part)
        reading = self._decide(alone)
        topic = self._by_id.get(last.topic or "")
        if topic:
            reading = self._in_context(part, reading, topic, alone)
        sure = reading.confidence >= self._thresholds.second_question
        return (reading.topics[0], reading.confidence) if reading.kind is Kind.ANSWER and sure else None

    def _in_context(self, message: str, reading: Reading, last: TopicCard, alone: Any) -> Reading:
        """`reading`, unless the message makes sense only after the answer to `last`.

        `alone` are the probabilities of the message by itself.
        """
        if reading.intent.startswith(FOLLOW_UP):
            aspect = reading.intent[len(FOLLOW_UP) :]
            target = last.followups.get(aspect) or self._target(aspect, last)
            if target in self._by_id:
                return self._answer(target, reading.confidence, Via.FOLLOW_UP, reading.ranking)
            choices = tuple(key for key in last.next if key in self._by_id)[:3]
            return replace(reading, kind=Kind.CHOICES, intent=UNSURE, choices=choices, via=Via.FOLLOW_UP)
        if reading.intent in COMPLETE:
            return reading
        limits = self._thresholds
        settled = float(alone[self._is_topic].max()) >= limits.context_below
        outside = float(alone[self._is_outside].sum()) > limits.context_outside
        if settled or outside or len(message.split()) > limits.context_words:
            return reading
        named = _POINTS_BACK.sub(last.title, message, count=1)
        named = named if named != message else f"{message} {last.title}"
        # What the message says by itself counts most; the last topic's name only completes it.
        together = alone + limits.context_weight * self._classifier.probabilities(named)
        in_light = self._decide(together * self._is_topic / together[self._is_topic].sum())
        if reading.kind is Kind.ANSWER and in_light.topics == reading.topics:
            return reading
        return replace(in_light, via=Via.CONTEXT) if in_light.kind is not Kind.REFUSE else reading

    def _target(self, aspect: str, last: TopicCard) -> str:
        group = last.id.split("/")[0]
        return self._targets.get(f"{aspect} {group}") or self._targets.get(aspect, "")


def save_cards(topics: Sequence[TopicCard], follow_up_targets: Mapping[str, str], folder: Path) -> None:
    """Write what `Understanding.load` reads beside the classifier."""
    cards = [
        {"id": t.id, "intent": t.intent, "title": t.title, "next": t.next, "followups": t.followups}
        for t in topics
    ]
    described = {"topics": cards, "follow_up_targets": dict(follow_up_targets)}
    (folder / "topics.json").write_text(json.dumps(described), encoding="utf-8")
