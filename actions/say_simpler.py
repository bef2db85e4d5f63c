"""Gives the last answer again in the easiest words."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.last_answer import last_answer
from backtalk.content.topic_file import intent_of


class SaySimpler(Action):
    def name(self) -> str:
        return "action_say_simpler"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]
    ) -> List[Dict[str, Any]]:
        answer = last_answer(tracker)
        if answer:
            intent = intent_of(answer["topic"])
            dispatcher.utter_message(response=f"utter_{intent}", variant="simple")
        else:
            dispatcher.utter_message(response="utter_chitchat_repeat_simpler")
        return []
