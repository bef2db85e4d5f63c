"""Two questions in one message get two short answers."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from backtalk.content.topic_file import intent_of


class AnswerTwo(Action):
    def name(self) -> str:
        return "action_answer_two"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]
    ) -> List[Dict[str, Any]]:
        topics = (tracker.latest_message.get("understanding") or {}).get("topics") or []
        for topic in topics:
            dispatcher.utter_message(response=f"utter_{intent_of(topic)}", variant="sms")
        if not topics:
            dispatcher.utter_message(response="utter_refuse")
        return []
