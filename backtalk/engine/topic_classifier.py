"""The Rasa component that understands messages: trains on the topic files, reads in context."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Dict, List, Mapping, Sequence, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from backtalk.booking.fit import holds_details
from backtalk.content.topic_file import intent_of
from backtalk.engine.last_turn import (
    BOOKING,
    metadata_of,
    pressed_intent,
    question_put,
    shown_last,
    topic_answered,
)
from backtalk.engine.open_task import TaskReply, is_surely_topic, task_reply
from backtalk.engine.private_words import PRIVATE
from backtalk.engine.task_requests import BOOKING_REQUEST, ERASE_REQUEST, as_task
from backtalk.engine.triage_tagger import TRIAGE, as_dict, from_dict, is_reply
from backtalk.triage.answers import YesNo, yes_or_no
from backtalk.triage.assess import shipped_triage
from backtalk.triage.backstop import NOTHING, Backstop, phrase_examples, without_assent
from backtalk.triage.message import data_folder
from backtalk.understanding.classifier import IntentClassifier, as_read, fit_classifier
from backtalk.understanding.embeddings import embeddings_of
from backtalk.understanding.encoder import built_encoder
from backtalk.understanding.reading import Kind, LastReply, Reading, TopicCard, Via
from backtalk.understanding.regression import MAX_ITERATIONS
from backtalk.understanding.spelling import Spelling
from backtalk.understanding.text import clean, has_words, normalise
from backtalk.understanding.understanding import (
    AFFIRM,
    EMPTY,
    MAX_CHARACTERS,
    TOO_LONG,
    TWO_QUESTIONS,
    Understanding,
    save_cards,
)

logger = logging.getLogger(__name__)
UNDERSTANDING = "understanding"
BACKSTOP = "backstop"
BACKSTOP_ITERATIONS = 25
SURELY_ORDINARY = 0.8
# Intents with examples for the reader's sake; the classifier never predicts them.
_NOT_PREDICTED = {
    EMPTY, TOO_LONG, TWO_QUESTIONS, "screening_reply", "screening_stop", "booking_reply", "erase_reply",
    BOOKING_REQUEST, ERASE_REQUEST,
}  # fmt: skip
# Worries about ordinary pain: most of what is told there is no red flag of tier urgent or above.
_GENERAL_WORRIES = {"worry_persistent_pain", "worry_headache_serious", "worry_back_pain_serious"}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(GraphComponent, RasaIntentClassifier):
    """Sets the intent of a message and, under `understanding`, how it was understood."""

    def __init__(
        self, model_storage: ModelStorage, resource: Resource, follow_up_targets: Dict[str, str]
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._follow_up_targets = follow_up_targets
        self._topics: IntentClassifier | None = None
        self._understanding: Understanding | None = None
        self._alike: IntentClassifier | None = None
        self._backstop: Backstop | None = None

    @classmethod
    def required_components(cls) -> List[Type[Any]]:
        return []

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {"follow_up_targets": {}}

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicClassifier:
        return cls(model_storage, resource, config["follow_up_targets"])

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TopicClassifier:
        component = cls(model_storage, resource, config["follow_up_targets"])
        with model_storage.read_from(resource) as folder:
            component._load(folder)
        return component

    def _load(self, folder: Path) -> None:
        topics = IntentClassifier.load(folder)
        self._topics = topics
        self._understanding = Understanding.load(folder, topics)
        self._alike = IntentClassifier.load(folder, BACKSTOP, beside=topics)
        self._backstop = Backstop(shipped_triage().catalogue, self._alike.labels)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [
            (example.get(TEXT), example.get(INTENT))
            for example in training_data.intent_examples
            if example.get(TEXT) and example.get(INTENT) not in _NOT_PREDICTED
        ]
        with self._model_storage.write_to(self._resource) as folder:
            shutil.copyfile(built_encoder(), folder / "encoder.onnx")
            _fit_both(examples, _backstop_examples(examples), folder)
            save_cards(_cards(training_data), self._follow_up_targets, folder)
            self._load(Path(folder))
        return self._resource

    def start_thread(self) -> None:
        """Start what `begin` needs: after a fork, and before the first message."""
        if self._topics:
            self._topics.start_thread()

    def begin(self, text: str) -> Future[Any] | None:
        """Have a message that `process` is going to get encoded on another core; None if it has no words."""
        if not self._topics or not has_words(text) or len(text) > MAX_CHARACTERS:
            return None
        return self._topics.begin(clean(text))

    def weigh(self, text: str) -> None:
        """Do the rest of what can be done for a message that `begin` got."""
        if self._topics and self._alike:
            self._topics.weigh_terms(clean(text))
            self._alike.weigh_terms(without_assent(clean(text)))

    def process(self, messages: List[Message], tracker: DialogueStateTracker) -> List[Message]:
        """Understand each message in the light of what `tracker` says was answered last."""
        assert self._understanding, "train or load comes first"
        last = last_reply(tracker)
        for message in messages:
            text = message.get(TEXT) or ""
            pressed = pressed_intent(message)
            if pressed:
                message.set(INTENT, {"name": pressed, "confidence": 1.0}, add_to_output=True)
                read = Reading(Kind.ANSWER, pressed, 1.0, via=Via.BUTTON)
                message.set(UNDERSTANDING, read.as_dict(), add_to_output=True)
                continue
            task = task_reply(tracker, text)
            if task and not task.unless_topic:
                self._take_for_task(message, tracker, task)
                continue
            if question_put(tracker) and yes_or_no(text) is YesNo.NO:
                if tracker.get_slot(BOOKING):
                    # No red flag: the form puts its question again.
                    message.set(INTENT, {"name": "booking_request", "confidence": 1.0}, add_to_output=True)
                    continue
                # No red flag: the answer that was due to the message before.
                text = tracker.latest_message.text or "" if tracker.latest_message else ""
            understood = self._understanding.read(text, last)
            reading = as_task(understood, text)
            if task and not is_surely_topic(reading):
                self._take_for_task(message, tracker, task)
                continue
            if reading.intent == BOOKING_REQUEST and holds_details(text, dt.date.today()):
                message.set(PRIVATE, True, add_to_output=True)
            self._add_backstop(message, tracker, ordinary=_is_ordinary(understood))
            intent = {"name": reading.intent, "confidence": reading.confidence}
            others = [
                {"name": name, "confidence": p} for name, p in reading.ranking if name != reading.intent
            ]
            message.set(INTENT, intent, add_to_output=True)
            message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)
            message.set(UNDERSTANDING, reading.as_dict(), add_to_output=True)
        return messages

    def _take_for_task(self, message: Message, tracker: DialogueStateTracker, task: TaskReply) -> None:
        """Set the intent of a reply to a task; nothing else is understood of it but red flags."""
        message.set(INTENT, {"name": task.intent, "confidence": 1.0}, add_to_output=True)
        if task.is_private:
            message.set(PRIVATE, True, add_to_output=True)
        if task.is_telling:
            self._add_backstop(message, tracker, ordinary=False)

    def _add_backstop(self, message: Message, tracker: DialogueStateTracker, *, ordinary: bool) -> None:
        """Let the second detector add to the assessment that the rules made."""
        text, stored = message.get(TEXT) or "", message.get(TRIAGE)
        if stored and self._backstop and self._alike and has_words(text) and not is_reply(tracker, text):
            alike = self._alike.probabilities(without_assent(clean(text)))
            judged = self._backstop.judge(from_dict(stored), alike, ordinary=ordinary)
            message.set(TRIAGE, {**as_dict(judged), "memory": stored["memory"]}, add_to_output=True)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data


def _fit_both(examples: list[tuple[str, str]], backstop: list[tuple[str, str]], folder: Path) -> None:
    """Fit the classifier of topics and the one of red flags, each on a core of its own."""
    spelling = Spelling.learn(normalise(text) for text, _ in examples)
    examples, backstop = (
        [(as_read(text, spelling), label) for text, label in told] for told in (examples, backstop)
    )
    texts = [text for text, _ in [*examples, *backstop]]
    embeddings = embeddings_of(
        texts, built_encoder(), lambda done, total: _log_progress("Reading examples", done, total)
    )

    def progress(done: int) -> None:
        _log_progress("Fitting the classifier", done, MAX_ITERATIONS)

    with ThreadPoolExecutor(2) as pool:
        topics = pool.submit(fit_classifier, examples, folder, embeddings, spelling, progress=progress)
        alike = pool.submit(
            fit_classifier, backstop, folder, embeddings, spelling, BACKSTOP, BACKSTOP_ITERATIONS
        )
        topics.result(), alike.result()


def _is_ordinary(reading: Reading) -> bool:
    """Whether a message surely asks for a topic that is not about warning signs, or takes up an offer."""
    is_worry = any(topic.startswith("worry/") for topic in reading.topics)
    is_taken_up = any(intent == AFFIRM for intent, _ in reading.ranking[:1])
    is_ordinary = (bool(reading.topics) and not is_worry) or is_taken_up
    return is_ordinary and reading.confidence >= SURELY_ORDINARY


def last_reply(tracker: DialogueStateTracker) -> LastReply:
    """The last topic answered, and what the last turn offered, from the bot's own messages."""
    shown = [metadata_of(message) for message in reversed(shown_last(tracker))]
    by_sms = tracker.get_latest_input_channel() == "sms"
    offered = tuple(_offered(shown, by_sms=by_sms))
    if any(said.get("type") == "choices" for said in shown):
        # "Is that safe?" after a choice is about what was offered, not about what came before.
        return LastReply(None, offered)
    return LastReply(_topic_answered_last(tracker), offered)


def _topic_answered_last(tracker: DialogueStateTracker) -> str | None:
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            topic = topic_answered(metadata_of(event))
            if topic:
                return topic
    return None


def _offered(turn: Sequence[Mapping[str, Any]], by_sms: bool) -> list[str]:
    """What a turn's replies offered, in the order shown; by SMS only choices are shown."""
    shown = [said for said in turn if not by_sms or said.get("type") == "choices"]
    return [key for said in shown for key in said.get("offers", ())]


def _backstop_examples(examples: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The phrases of the catalogue, and as nothing the examples of topics that tell no warning sign."""
    triage = shipped_triage()
    ordinary = [
        (text, NOTHING)
        for text, intent in examples
        if not intent.startswith("worry_")
        or (intent in _GENERAL_WORRIES and not triage.assess(text).is_routed)
    ]
    return [*phrase_examples(triage.catalogue, data_folder()), *ordinary]


def _cards(training_data: TrainingData) -> list[TopicCard]:
    cards = []
    for name, variants in training_data.responses.items():
        metadata = variants[0].get("metadata") or {}
        topic = metadata.get("topic")
        if topic and name == f"utter_{intent_of(topic)}":
            cards.append(
                TopicCard(
                    id=topic,
                    intent=intent_of(topic),
                    title=metadata["title"],
                    next=tuple(metadata["next"]),
                    followups=metadata["followups"],
                )
            )
    return cards


def _log_progress(step: str, done: int, total: int) -> None:
    logger.info("training", extra={"step": step, "done": done, "total": total})
