"""The quicker RulePolicy predicts what Rasa's own predicts, in every state a conversation can reach."""

import copy
import random

import pytest
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.events import ActionExecuted, Restarted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from backtalk.engine.indexed_rules import IndexedRulePolicy, RuleIndex, last_states


@pytest.fixture(scope="module")
def quick(assistant) -> IndexedRulePolicy:
    nodes = assistant.agent.processor.graph_runner._nodes.values()
    return next(n._component for n in nodes if isinstance(n._component, IndexedRulePolicy))


@pytest.fixture(scope="module")
def slow(quick) -> RulePolicy:
    plain = copy.copy(quick)
    plain.__class__ = RulePolicy
    return plain


@pytest.fixture(scope="module")
def domain(assistant):
    return assistant.agent.domain


def conversation(domain, number):
    """A conversation of random messages and actions, sensible or not."""
    chance = random.Random(number)
    intents, actions = domain.intents, domain.action_names_or_texts
    tracker = DialogueStateTracker("web-1", domain.slots)
    if chance.random() < 0.9:
        for event in (ActionExecuted("action_session_start"), SessionStarted()):
            tracker.update(event)
    for _ in range(chance.randrange(1, 16)):
        intent = chance.choice([*intents, "restart", "no such intent", None])
        if chance.random() < 0.9:
            tracker.update(ActionExecuted("action_listen"))
        tracker.update(UserUttered("words", {"name": intent, "confidence": 1.0}))
        for _ in range(chance.randrange(0, 3)):
            named = f"utter_{intent}" if chance.random() < 0.7 else chance.choice(actions)
            tracker.update(ActionExecuted(named))
        if chance.random() < 0.1:
            tracker.update(chance.choice([Restarted(), SlotSet("screening", {"a": 1})]))
    return tracker


@pytest.mark.parametrize("number", range(60))
def test_it_predicts_what_rule_policy_predicts(number, quick, slow, domain):
    tracker = conversation(domain, number)
    one = quick.predict_action_probabilities(tracker, domain)
    other = slow.predict_action_probabilities(tracker, domain)
    assert one.probabilities == other.probabilities
    assert (one.hide_rule_turn, one.is_end_to_end_prediction) == (
        other.hide_rule_turn,
        other.is_end_to_end_prediction,
    )
    assert [event.as_dict()["event"] for event in one.events] == [e.as_dict()["event"] for e in other.events]


def test_each_rule_of_each_intent_is_found(quick, slow, domain):
    for intent in domain.intents:
        tracker = DialogueStateTracker("web-1", domain.slots)
        for event in (ActionExecuted("action_listen"), UserUttered("words", {"name": intent})):
            tracker.update(event)
        found = quick._find_action_from_rules(tracker, domain, False)
        assert found == slow._find_action_from_rules(tracker, domain, False)


@pytest.mark.parametrize("number", range(60))
def test_the_last_states_are_those_of_the_whole_history(number, domain):
    tracker = conversation(domain, number)
    for number in (1, 2, 3, 5):
        assert last_states(tracker, domain, number) == domain.states_for_tracker_history(tracker)[-number:]


def test_rules_that_leave_intent_or_action_open_stay_candidates():
    listen, ask = {"prev_action": {"action_name": "action_listen"}}, {"user": {"intent": "ask"}}
    index = RuleIndex(
        {
            "both": [{**listen, **ask}],
            "any intent": [listen],
            "other intent": [{**listen, "user": {"intent": "other"}}],
            "none": [{**listen, "user": {"intent": "should_not_be_set"}}],
            "start": [ask],
        }
    )
    assert index.candidates({**listen, **ask}) == {"both", "any intent", "none", "start"}
