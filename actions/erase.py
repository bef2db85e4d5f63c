"""Asked to delete a patient's data: asks back first. The guard deletes, after the turn."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from backtalk.booking.reception import Reception, unconnected
from backtalk.clinic import load_clinic
from backtalk.triage.answers import YesNo, yes_or_no

CHAT, REQUEST = "utter_about_erase", "utter_erase_request"  # the questions, by their responses


class EraseMine(Action):
    """Says "Done" only in a reply whose metadata has the guard delete first, or say that it failed."""

    _reception: Optional[Reception] = None

    def name(self) -> str:
        return "action_erase"

    def connect(self, reception: Reception) -> None:
        """Look for open requests at `reception` from now on."""
        self._reception = reception

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]
    ) -> List[Dict[str, Any]]:
        asked = _asked_last(tracker)
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        if asked is None or intent != "erase_reply":
            dispatcher.utter_message(response=CHAT)
            return []
        said_yes = yes_or_no(str(tracker.latest_message.get("text") or "")) is YesNo.YES
        if asked == CHAT and not said_yes:
            dispatcher.utter_message(response="utter_erase_kept")
            return []
        reference = self._open_request(tracker) if asked == CHAT else None
        if reference:
            dispatcher.utter_message(response=REQUEST, words={"reference": reference})
            return []
        both = asked == REQUEST and said_yes
        dispatcher.utter_message(response="utter_erase_done_all" if both else "utter_erase_done")
        if self._reception:
            self._reception.early.keep(tracker.sender_id, {})
        return [SlotSet("booking", None), SlotSet("booking_left", None)]

    def _open_request(self, tracker: Tracker) -> Optional[str]:
        if self._reception is None:
            self._reception = unconnected(load_clinic(Path("clinic.yml")))
        return self._reception.find_open(tracker.sender_id)


def _asked_last(tracker: Tracker) -> Optional[str]:
    """The question that the last turn put, if it was one of these."""
    for event in reversed(tracker.events[:-1]):
        asked = (event.get("metadata") or {}).get("utter_action")
        if event.get("event") == "bot" and asked in (CHAT, REQUEST):
            return str(asked)
        if event.get("event") == "user" and event.get("text") != tracker.latest_message.get("text"):
            return None
    return None
