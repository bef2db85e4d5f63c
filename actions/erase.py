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

SLOT = "erasing"
CHAT, REQUEST = "chat", "request"  # what the open question is about


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
        about = tracker.get_slot(SLOT)
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        if not about or intent != "erase_reply":
            # Also after something else was answered: the question is put again.
            return self._ask(dispatcher, tracker, about or CHAT)
        said_yes = yes_or_no(str(tracker.latest_message.get("text") or "")) is YesNo.YES
        if about == CHAT and not said_yes:
            dispatcher.utter_message(response="utter_erase_kept")
            return [SlotSet(SLOT, None)]
        if about == CHAT and self._open_request(tracker):
            return self._ask(dispatcher, tracker, REQUEST)
        both = about == REQUEST and said_yes
        dispatcher.utter_message(response="utter_erase_done_all" if both else "utter_erase_done")
        if self._reception:
            self._reception.early.keep(tracker.sender_id, {})
        return [SlotSet(SLOT, None), SlotSet("booking", None), SlotSet("booking_left", None)]

    def _ask(self, dispatcher: CollectingDispatcher, tracker: Tracker, about: str) -> List[Dict[str, Any]]:
        if about == REQUEST:
            reference = self._open_request(tracker) or ""
            dispatcher.utter_message(response="utter_erase_request", words={"reference": reference})
        else:
            dispatcher.utter_message(response="utter_about_erase")
        return [SlotSet(SLOT, about)]

    def _open_request(self, tracker: Tracker) -> Optional[str]:
        if self._reception is None:
            self._reception = unconnected(load_clinic(Path("clinic.yml")))
        return self._reception.find_open(tracker.sender_id)
