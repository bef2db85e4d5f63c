"""Offers choices, or says plainly what the assistant cannot help with."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher


class WhenUnsure(Action):
    def name(self) -> str:
        return "action_when_unsure"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]
    ) -> List[Dict[str, Any]]:
        choices = (tracker.latest_message.get("understanding") or {}).get("choices")
        if choices:
            dispatcher.utter_message(response="utter_ask_choice", offers=choices)
        else:
            dispatcher.utter_message(response="utter_refuse")
        return []
