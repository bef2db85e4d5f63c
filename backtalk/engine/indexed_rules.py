"""Rasa's RulePolicy with an index: it looks only at the rules that the last message or action can meet."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Dict, List, Optional, Set, Tuple

from rasa.core.policies.rule_policy import (
    RULES,
    RULES_FOR_LOOP_UNHAPPY_PATH,
    RulePolicy,
)
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    PREVIOUS_ACTION,
    SHOULD_NOT_BE_SET,
    USER,
)
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT, TEXT

_Key = Tuple[Optional[str], Optional[str]]


class RuleIndex:
    """The keys of a table of rules by the intent and the previous action that their last state asks for."""

    def __init__(self, keys: Dict[str, List[State]]) -> None:
        self.longest = max((len(states) for states in keys.values()), default=1)
        self._by_need: Dict[_Key, List[str]] = defaultdict(list)
        for key, states in keys.items():
            is_start = not states[-1].get(PREVIOUS_ACTION)  # RulePolicy compares nothing else of a start
            self._by_need[(None, None) if is_start else _need(states[-1])].append(key)

    def candidates(self, state: State) -> Set[str]:
        """Every rule whose last state may fit `state`, and few others."""
        intent, action = _need(state)
        found: Set[str] = set()
        for need in {(intent, action), (None, action), (intent, None), (None, None)}:
            found.update(self._by_need.get(need, ()))
        return found


def _need(state: State) -> _Key:
    """The intent and the action that a state names; None where it leaves them open."""
    return _named(state, USER, INTENT), _named(state, PREVIOUS_ACTION, ACTION_NAME)


def _named(state: State, part: str, name: str) -> Optional[str]:
    value = (state.get(part) or {}).get(name)
    return value if isinstance(value, str) and value != SHOULD_NOT_BE_SET else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class IndexedRulePolicy(RulePolicy):
    """Predicts what RulePolicy predicts; a test compares them.

    With 160 rules RulePolicy tries each of them against each state of the conversation: 5 ms a turn,
    more as it goes on. The rest of its time goes into copies for a debug log.
    """

    _indexes: Dict[int, RuleIndex]
    _reads_text = True

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IndexedRulePolicy:
        policy: IndexedRulePolicy = super().load(config, model_storage, resource, execution_context, **kwargs)
        policy._indexes = {}
        for name in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH):
            keys = policy.lookup.get(name) or {}
            states = {key: policy._rule_key_to_state(key) for key in keys}
            policy._indexes[id(policy.lookup.get(name))] = RuleIndex(states)
            if name == RULES:
                policy._reads_text = any(_may_match_text(told[-1]) for told in states.values())
        return policy

    def _get_possible_keys(self, lookup: Dict[str, str], states: List[State]) -> Set[str]:
        index: Optional[RuleIndex] = getattr(self, "_indexes", {}).get(id(lookup))
        if index is None or not states:
            return set(super()._get_possible_keys(lookup, states))
        keys = index.candidates(states[-1])
        for turn, state in enumerate(reversed(states[-index.longest :])):
            keys = {key for key in keys if self._is_rule_applicable(key, turn, state)}
        return keys

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> Tuple[Optional[str], Optional[str], bool]:
        if not hasattr(self, "_indexes") or tracker.active_loop_name:
            found = super()._find_action_from_rules(tracker, domain, use_text_for_last_user_input)
            return (*found,)
        is_after_message = tracker.latest_action_name == ACTION_LISTEN_NAME
        if use_text_for_last_user_input and not (is_after_message and self._reads_text):
            return None, None, False
        states = last_states(tracker, domain, self._indexes[id(self.lookup[RULES])].longest)
        self.featurizer._choose_last_user_input([states], use_text_for_last_user_input)
        keys = self._get_possible_keys(self.lookup[RULES], states)
        best = max(keys, key=len) if keys else ""
        action = self.lookup[RULES].get(best) if best else None
        return action, best or self._create_feature_key(states), False


def last_states(tracker: DialogueStateTracker, domain: Domain, number: int) -> List[State]:
    """The last states of `domain.states_for_tracker_history`, without making the others."""
    events = tracker.applied_events()
    if any(slot.has_features() for slot in domain.slots) or any(type(e) is ActiveLoop for e in events):
        replayed = tracker.init_copy()
    else:
        events = _that_matter(events, number)
        replayed = DialogueStateTracker(tracker.sender_id, ())
    states: List[State] = []
    before_action = sum(isinstance(event, ActionExecuted) for event in events) - number + 1
    for event in events:
        if isinstance(event, ActionExecuted):
            if before_action <= 0:
                states.append(domain.get_active_state(replayed))
            before_action -= 1
        replayed.update(event)
    return [*states, domain.get_active_state(replayed)]


def _that_matter(events: List[Event], number: int) -> List[Event]:
    """The events from which the last states follow, where these are the last message and the last action."""
    actions, is_told, start = 0, False, 0
    for position in range(len(events) - 1, -1, -1):
        is_told = is_told or (actions >= number and type(events[position]) is UserUttered)
        if type(events[position]) is ActionExecuted:
            actions += 1
            if actions > number and is_told:
                start = position
                break
    return [event for event in events[start:] if type(event) is not SlotSet]


def _may_match_text(state: State) -> bool:
    """Whether a rule whose last state this is could be met by a message's text alone."""
    user = state.get(USER) or {}
    return bool(user.get(TEXT)) or not user.get(INTENT)
