"""Names the sources of the last answer, or where answers come from in general."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.last_answer import last_answer


class ShowSources(Action):
    def name(self) -> str:
        return "action_show_sources"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]
    ) -> List[Dict[str, Any]]:
        answer = last_answer(tracker)
        if answer and answer.get("sources"):
            dispatcher.utter_message(response="utter_last_sources", about=answer["topic"])
        else:
            dispatcher.utter_message(response="utter_about_sources")
        return []
