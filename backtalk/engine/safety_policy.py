"""The policy that lets a red flag go before everything else, in any state of a conversation."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional

from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from backtalk.engine.last_turn import BOOKING, open_tasks
from backtalk.engine.overriding_policy import OverridingPolicy
from backtalk.engine.triage_tagger import TRIAGE, as_dict, assess_in
from backtalk.triage.catalogue import ROUTED

URGENT_REPLY = "utter_urgent"
SOON_REPLY = "utter_soon"
NET_REPLY = "utter_safety_net"
QUESTION = "utter_ask_flag"
_ANSWERS = ("utter_", "action_answer", "action_when")
PRIORITY = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class SafetyPolicy(OverridingPolicy):
    """Urgent text first; a clarifying question where words come close; a line added for `soon` flags.

    An open check or form is closed, and what the form took from the flagged message is dropped.
    """

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
        said = done_this_turn(tracker)
        stored = triage_of(tracker)
        if stored is None:
            return self._none(domain)
        if stored["tier"] in ROUTED:
            if URGENT_REPLY in said:
                return self._surely(ACTION_LISTEN_NAME, domain)
            return self._surely(URGENT_REPLY, domain, _closing(tracker))
        if stored["ask"]:
            return self._surely(ACTION_LISTEN_NAME if QUESTION in said else QUESTION, domain)
        added = _added_to_answer(stored)
        if added and said and added not in said and said[-1].startswith(_ANSWERS):
            return self._surely(added, domain)
        if added in said and not open_tasks(tracker):
            return self._surely(ACTION_LISTEN_NAME, domain)  # an open task goes on by the resume policy
        return self._none(domain)


def _added_to_answer(stored: Mapping[str, Any]) -> Optional[str]:
    """What goes under the answer: who to see, or, for a question about red flags, when to call."""
    if stored["tier"] == "soon":
        return SOON_REPLY
    return NET_REPLY if stored["mentioned"] else None


def triage_of(tracker: DialogueStateTracker) -> Optional[Dict[str, Any]]:
    """The stored assessment of the latest message; made here if no component did (`rasa test core`)."""
    message = tracker.latest_message
    if message is None or not message.text:
        return None
    stored = (message.parse_data or {}).get(TRIAGE)
    return stored or as_dict(assess_in(tracker, message.text))


def done_this_turn(tracker: DialogueStateTracker) -> List[str]:
    """Names of the actions since the latest message, in order."""
    done: List[str] = []
    for event in reversed(tracker.applied_events()):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name:
            done.insert(0, event.action_name)
    return done


def _closing(tracker: DialogueStateTracker) -> List[Event]:
    """Events that close an open check or form and forget what it took from the latest message."""
    events: List[Event] = [SlotSet(slot, None) for slot in open_tasks(tracker)]
    if tracker.get_slot(BOOKING):
        # As it was before this message: taken up again only if the patient asks.
        events.append(SlotSet(f"{BOOKING}_left", tracker.get_slot(BOOKING)))
    if tracker.active_loop_name is None:
        return events
    events += [ActiveLoop(None), SlotSet("requested_slot", None)]
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, SlotSet) and event.key != "requested_slot":
            events.append(SlotSet(event.key, None))
    return events
