"""The policy that goes back to an open task after a question in the middle was answered."""

from __future__ import annotations

from typing import Any, Dict, Optional

from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from backtalk.engine.last_turn import TASKS, open_tasks
from backtalk.engine.overriding_policy import OverridingPolicy
from backtalk.engine.safety_policy import done_this_turn

_ASKS_ITSELF = "action_erase"  # two questions at once would be one too many
PRIORITY = 9  # below the safety policy, above the rules


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class ResumePolicy(OverridingPolicy):
    """Where a turn has answered something else while a task is open, its question is put again."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {"priority": PRIORITY}

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[Dict[str, Any]] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        action = _next_action(tracker)
        return self._surely(action, domain) if action else self._none(domain)


def _next_action(tracker: DialogueStateTracker) -> Optional[str]:
    open_now = open_tasks(tracker)
    if not open_now or not tracker.latest_message or not tracker.latest_message.text:
        return None
    done, action = done_this_turn(tracker), TASKS[open_now[0]]
    if not done:
        return None
    if action in done or _ASKS_ITSELF in done:
        return str(ACTION_LISTEN_NAME)
    return action
