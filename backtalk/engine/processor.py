"""Rasa's turn without the copies that it makes for log lines nobody reads."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import rasa.core.processor
from rasa.core.actions.action import (
    Action,
    ActionBotResponse,
    ActionExecutionRejection,
    ActionListen,
    RemoteAction,
)
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator, TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecutionRejected,
    DefinePrevUserUtteredFeaturization,
    Event,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from backtalk.engine.graph_runner import InOrder
from backtalk.engine.last_turn import PRESSED
from backtalk.engine.topic_classifier import TopicClassifier
from backtalk.triage.assess import assess

logger = logging.getLogger(__name__)
ENCODING_SECONDS = 1.0
# These only read the conversation, so they may be given the real one instead of a copy.
_READERS = (ActionBotResponse, ActionListen, RemoteAction)


class QuickProcessor(MessageProcessor):
    """Does in a turn what Rasa 3.6's processor does; a test compares the events.

    What it leaves out: Dask, deep copies of events for debug logging, and a replay of the whole
    conversation before each action, made in case the action is rejected. What it does at once: it encodes
    the message in a thread.
    """

    @staticmethod
    def _load_model(model_path: str | Path) -> Tuple[str, ModelMetadata, GraphRunner]:
        dask = rasa.core.processor.DaskGraphRunner
        rasa.core.processor.DaskGraphRunner = InOrder
        try:
            return MessageProcessor._load_model(model_path)  # type: ignore[no-any-return]
        finally:
            rasa.core.processor.DaskGraphRunner = dask

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._classifier = self.graph_runner.component(TopicClassifier)
        self._actions: Dict[str, Action] = {}

    def start_thread(self) -> None:
        """Start what `prepare` needs: after a fork, and before the first message."""
        if self._classifier is None:
            return
        try:
            self._classifier.start_thread()
        except Exception as error:  # messages are then encoded in their turn
            logger.error("no thread to encode in", extra={"error": type(error).__name__})

    def prepare(self, message: UserMessage) -> None:
        """Begin with what needs no conversation: encode `message` on another core, and look for red flags as
        soon as the caller waits for something."""
        message.encoded = None
        if self._classifier and not (message.metadata or {}).get(PRESSED):
            text = message.text or ""
            encoding = self._classifier.begin(text)
            if encoding:
                message.encoded = asyncio.wrap_future(encoding)
                asyncio.get_running_loop().call_soon(self._look_ahead, text)

    def _look_ahead(self, text: str) -> None:
        try:
            assess(text)  # the triage tagger finds the greater part done, the guard all of it
            self._classifier.weigh(text)
        except Exception as error:  # whoever asks for it meets it again
            logger.error("not looked at ahead", extra={"error": type(error).__name__})

    async def log_message(
        self, message: UserMessage, should_save_tracker: bool = True
    ) -> DialogueStateTracker:
        if not hasattr(message, "encoded"):
            self.prepare(message)
        return await super().log_message(message, should_save_tracker)

    async def parse_message(
        self,
        message: UserMessage,
        tracker: Optional[DialogueStateTracker] = None,
        only_output_properties: bool = True,
    ) -> Dict[str, Any]:
        encoded = getattr(message, "encoded", None)
        if encoded and not encoded.done():  # what fails or takes too long, the classifier does again
            await asyncio.wait({encoded}, timeout=ENCODING_SECONDS)
        if tracker is None:
            tracker = DialogueStateTracker.from_events(message.sender_id, [])
        return self._parse_message_with_graph(  # type: ignore[no-any-return]
            message, tracker, only_output_properties
        )

    def _get_action(self, action_name: str) -> Optional[Action]:
        """As Rasa's, which makes all of its own actions anew to find one."""
        known = self._actions.get(action_name)
        if known is None:
            known = super()._get_action(action_name)
            if isinstance(known, _READERS):  # these keep nothing between turns
                self._actions[action_name] = known
        return known

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        if not isinstance(action, _READERS) or _changes_state(prediction):
            return bool(await super()._run_action(action, tracker, output_channel, nlg, prediction))
        try:
            events = await action.run(output_channel, nlg, tracker, self.domain)
        except ActionExecutionRejection:
            tracker.update(
                ActionExecutionRejected(action.name(), prediction.policy_name, prediction.max_confidence)
            )
            return bool(self.should_predict_another_action(action.name()))
        except Exception as error:  # as in Rasa, the turn goes on without what the action would have said
            logger.error("action failed", extra={"action": action.name(), "error": type(error).__name__})
            events = []
        self._log_action_on_tracker(tracker, action, events, prediction)
        if any(isinstance(event, UserUttered) for event in events):
            tracker = await self.run_action_extract_slots(output_channel, tracker)
        await self.execute_side_effects(events, tracker, output_channel)
        return bool(self.should_predict_another_action(action.name()))

    def _log_action_on_tracker(
        self,
        tracker: DialogueStateTracker,
        action: Action,
        events: Optional[List[Event]],
        prediction: PolicyPrediction,
    ) -> None:
        if not any(isinstance(event, ActionExecutionRejected) for event in events or ()):
            tracker.update_with_events(prediction.events, self.domain)
            tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events or [], self.domain)


def _changes_state(prediction: PolicyPrediction) -> bool:
    return any(not isinstance(event, DefinePrevUserUtteredFeaturization) for event in prediction.events)


class QuickAgent(Agent):
    """An agent with a `QuickProcessor`."""

    def start_thread(self) -> None:
        """See `QuickProcessor.start_thread`."""
        if isinstance(self.processor, QuickProcessor):
            self.processor.start_thread()

    def prepare(self, message: UserMessage) -> None:
        """See `QuickProcessor.prepare`; the message is handled next."""
        if isinstance(self.processor, QuickProcessor):
            self.processor.prepare(message)

    def load_model(self, model_path: str | Path, fingerprint: Optional[str] = None) -> None:
        self.processor = QuickProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.domain: Domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
        if isinstance(self.nlg, TemplatedNaturalLanguageGenerator):
            self.nlg.responses = self.domain.responses
