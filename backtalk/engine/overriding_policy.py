"""What our policies share: they are not trained, and what they predict goes before the rules."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.generator import TrackerWithCachedStates


class OverridingPolicy(Policy):
    """A policy that either says surely what comes next, or nothing; its priority is in its configuration.

    A form's own prediction needs no user message and would rank first, so these predictions say the
    same of themselves.
    """

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
    ) -> OverridingPolicy:
        return cls(config, model_storage, resource, execution_context, **kwargs)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> OverridingPolicy:
        # There is nothing to read: Rasa's own would look for a featurizer.
        return cls(config, model_storage, resource, execution_context)

    def train(
        self, training_trackers: List[TrackerWithCachedStates], domain: Domain, **kwargs: Any
    ) -> Resource:
        return self._resource

    def _surely(self, action: str, domain: Domain, events: Optional[List[Event]] = None) -> PolicyPrediction:
        scores = [0.0] * domain.num_actions
        scores[domain.index_for_action(action)] = 1.0
        return self._prediction(scores, is_no_user_prediction=True, optional_events=events)

    def _none(self, domain: Domain) -> PolicyPrediction:
        return self._prediction([0.0] * domain.num_actions)
