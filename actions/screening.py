"""Puts the questions of the symptom check, one at a time, and says what came out."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from backtalk.triage.screening import Progress, shipped_screening

SLOT = "screening"


class Screen(Action):
    """A red flag never comes this far: the safety policy answers it and closes the check."""

    def name(self) -> str:
        return "action_screening"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]
    ) -> List[Dict[str, Any]]:
        screening = shipped_screening()
        message = tracker.latest_message
        text = str(message.get("text") or "")
        intent = (message.get("intent") or {}).get("name")
        stored = tracker.get_slot(SLOT)
        progress = Progress.from_dict(stored or {})
        lead = ""
        if intent == "screening_start":
            # "Check my back" has said where.
            progress = Progress(region=screening.region_named(text))
        elif intent == "screening_stop":
            dispatcher.utter_message(response="utter_screening_stopped")
            return [SlotSet(SLOT, None)]
        elif intent == "screening_reply":
            before, progress = progress, screening.after(progress, text)
            lead = screening.leads["unsure"] if progress.unsure != before.unsure else ""
        else:
            lead = screening.leads["again"]
        return [SlotSet(SLOT, _put_next(dispatcher, progress, lead))]


def _put_next(dispatcher: CollectingDispatcher, progress: Progress, lead: str) -> Optional[Dict[str, Any]]:
    """Put the next question, or the result; the slot's new value."""
    screening = shipped_screening()
    if progress.region is None:
        dispatcher.utter_message(response="utter_screening_start", fill={"lead": lead}, screened="region")
        return progress.as_dict()
    region = screening.regions[progress.region]
    question = screening.question(progress)
    total = str(len(region.questions))
    if question:
        fill = {"lead": lead, "number": str(progress.answered + 1), "total": total, "asks": question.asks}
        dispatcher.utter_message(response="utter_screening_question", fill=fill, screened=question.flag)
        return progress.as_dict()
    unsure = screening.unsure_about(progress)
    dispatcher.utter_message(
        response="utter_screening_unsure" if unsure else "utter_screening_none_found",
        fill={"total": total, "also_tell": region.also_tell, "unsure": "; and about ".join(unsure)},
    )
    return None
