"""The Rasa component that looks for red flags, before anything else understands the message."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.events import SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from backtalk.engine.last_turn import is_button, pressed_intent, question_put, screened
from backtalk.triage.answers import YesNo, yes_or_no
from backtalk.triage.assertion import Assertion, Status
from backtalk.triage.assess import Assessment, Finding, shipped_triage
from backtalk.triage.memory import Memory

TRIAGE = "triage"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TriageTagger(GraphComponent):
    """Puts the assessment of a message under `triage`, in the light of the conversation so far."""

    @classmethod
    def required_components(cls) -> List[Type[Any]]:
        return []

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {}

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TriageTagger:
        return cls()

    def process(self, messages: List[Message], tracker: DialogueStateTracker) -> List[Message]:
        """Assess each message; what earlier messages of the session said is remembered.

        The title of a pressed button is not the patient's own words.
        """
        for message in messages:
            if pressed_intent(message):
                assessed = Assessment(memory=remembered(tracker))
            else:
                assessed = assess_in(tracker, message.get(TEXT) or "")
            message.set(TRIAGE, as_dict(assessed), add_to_output=True)
        return messages


def assess_in(tracker: DialogueStateTracker, text: str) -> Assessment:
    """The assessment of `text` as the next message of a conversation."""
    triage = shipped_triage()
    memory = remembered(tracker)
    if yes_or_no(text) is None and is_button(tracker, text):
        # The title of a suggestion, such as "Numb between the legs", picks that answer.
        return Assessment(memory=memory)
    assessed = triage.assess(text, memory)
    if assessed.is_routed:
        return assessed
    answer, asked, check = yes_or_no(text), question_put(tracker), screened(tracker)
    if asked and answer in (YesNo.YES, YesNo.UNSURE):
        return triage.confirmed(asked, assessed.memory)
    if check and check in triage.catalogue.flags and answer is YesNo.YES:
        return triage.confirmed(check, assessed.memory)
    return assessed


def remembered(tracker: DialogueStateTracker) -> Memory:
    """What the messages of this session affirmed, from the last of them."""
    for event in reversed(tracker.events):
        if isinstance(event, SessionStarted):
            break
        if isinstance(event, UserUttered):
            stored = (event.parse_data or {}).get(TRIAGE) or {}
            return Memory.of(stored.get("memory", ()))
    return Memory()


def is_reply(tracker: DialogueStateTracker, text: str) -> bool:
    """Whether `text` only answers what the last turn showed: a button's title, or yes or no."""
    is_asked = question_put(tracker) or screened(tracker)
    return (is_asked is not None and yes_or_no(text) is not None) or is_button(tracker, text)


def as_dict(assessed: Assessment) -> Dict[str, Any]:
    """An assessment in plain types, as stored with the message."""
    return {
        "tier": assessed.tier,
        "flags": list(assessed.flags),
        "tiers": dict(assessed.tiers),
        "ask": list(assessed.ask),
        "mentioned": list(assessed.mentioned),
        "is_general": assessed.is_general,
        "person": assessed.person,
        "memory": assessed.memory.stored(),
        "findings": [
            [f.feature, f.words, f.pattern, f.assertion.status.value, f.assertion.person, f.assertion.cue]
            for f in assessed.findings
        ],
    }


def from_dict(stored: Mapping[str, Any]) -> Assessment:
    """The assessment that `as_dict` stored, without its memory."""
    return Assessment(
        tier=stored["tier"],
        flags=tuple(stored["flags"]),
        findings=tuple(
            Finding(name, words, pattern, Assertion(Status(status), person, cue))
            for name, words, pattern, status, person, cue in stored["findings"]
        ),
        tiers=dict(stored["tiers"]),
        ask=tuple(stored["ask"]),
        mentioned=tuple(stored["mentioned"]),
        is_general=stored["is_general"],
        person=stored["person"],
    )
