"""The policy that goes back to an open task after a question in the middle was answered."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from backtalk.engine.safety_policy import done_this_turn

PRIORITY = 9  # below the safety policy, above the rules
TASKS = {"screening": "action_screening"}  # slot: the action that puts its open question


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class ResumePolicy(Policy):
    """Where a turn has answered something else while a task is open, its question is put again."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {"priority": PRIORITY}

    @staticmethod
    def supported_data() -> SupportedData:
        return SupportedData.ML_AND_RULE_DATA

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ResumePolicy:
        return cls(config, model_storage, resource, execution_context, **kwargs)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ResumePolicy:
        return cls(config, model_storage, resource, execution_context)

    def train(
        self, training_trackers: List[TrackerWithCachedStates], domain: Domain, **kwargs: Any
    ) -> Resource:
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[Dict[str, Any]] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        scores = [0.0] * domain.num_actions
        action = _next_action(tracker)
        if action is None:
            return self._prediction(scores)
        scores[domain.index_for_action(action)] = 1.0
        return self._prediction(scores, is_no_user_prediction=True)


def _next_action(tracker: DialogueStateTracker) -> Optional[str]:
    done = done_this_turn(tracker)
    if not done or not tracker.latest_message or not tracker.latest_message.text:
        return None
    for slot, action in TASKS.items():
        if tracker.get_slot(slot):
            return ACTION_LISTEN_NAME if action in done else action
    return None
