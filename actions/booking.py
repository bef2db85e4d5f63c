"""The booking form in the conversation: puts its questions one at a time, and hands the request in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from backtalk.booking.confirmed import wanted_of
from backtalk.booking.errors import NotStored
from backtalk.booking.form import BookingForm
from backtalk.booking.form_move import Lead, Move, Outcome
from backtalk.booking.form_setting import Setting, setting_of
from backtalk.booking.form_texts import say
from backtalk.booking.form_words import shipped_form_words
from backtalk.booking.progress import IDENTIFYING, Progress
from backtalk.booking.reception import Reception, unconnected
from backtalk.clinic import load_clinic

SLOT = "booking"
LEFT = "booking_left"  # where a red flag closed it
MOST_TOPICS = 10
_BY_OFFER = ("pick", "button")
_SCREENED = {
    "utter_screening_none_found": "symptom check: no to all questions",
    "utter_screening_unsure": "symptom check: not sure about some questions",
}


class AskForVisit(Action):
    """A red flag never comes this far: the safety policy answers it and closes the form."""

    _reception: Optional[Reception] = None

    def name(self) -> str:
        return "action_booking"

    def connect(self, reception: Reception) -> None:
        """Hand requests in at `reception` from now on."""
        self._reception = reception

    @property
    def reception(self) -> Reception:
        """The reception connected to; one that stores nothing if there is none."""
        if self._reception is None:
            self._reception = unconnected(load_clinic(Path("clinic.yml")))
        return self._reception

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]
    ) -> List[Dict[str, Any]]:
        words, desk, now = shipped_form_words(), self.reception, self.reception.now()
        setting = setting_of(desk.clinic, now, words.consent_digest)
        form = BookingForm(words, setting, now)
        text = str(tracker.latest_message.get("text") or "")
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        stored = tracker.get_slot(SLOT)
        if stored is None and intent == "booking_reply":
            return self._said_again(dispatcher, tracker)
        move = self._move(form, tracker, stored, intent, text)
        if move.outcome is Outcome.STOPPED or move.outcome is Outcome.REFUSED:
            desk.early.keep(tracker.sender_id, {})
            ended = "stopped" if move.outcome is Outcome.STOPPED else "no_consent"
            dispatcher.utter_message(response=f"utter_booking_{ended}")
            return [SlotSet(SLOT, None), SlotSet(LEFT, None)]
        if move.outcome is Outcome.STORE:
            return self._store(dispatcher, tracker, move.progress, setting)
        self._put(dispatcher, tracker, move, setting)
        return [SlotSet(SLOT, self._kept(tracker, move.progress)), SlotSet(LEFT, None)]

    def _move(
        self, form: BookingForm, tracker: Tracker, stored: Any, intent: Optional[str], text: str
    ) -> Move:
        if stored is not None:
            progress = self._progress(tracker, stored)
            return (
                form.after(progress, text) if intent == "booking_reply" else Move(progress, (Lead("again"),))
            )
        left = tracker.get_slot(LEFT)
        if left:
            return Move(self._progress(tracker, left), (Lead("resumed"),))
        via = (tracker.latest_message.get("understanding") or {}).get("via")
        # "The first one" that picks the offer says nothing of a time.
        return form.begun("" if via in _BY_OFFER else text)

    def _progress(self, tracker: Tracker, stored: Mapping[str, Any]) -> Progress:
        progress = Progress.from_dict(stored, self.reception.cipher.decrypt)
        if not progress.consent:
            for step, value in self.reception.early.of(tracker.sender_id).items():
                progress = replace(
                    progress.with_answer(step, value),
                    failures=progress.failures,
                    is_changing=progress.is_changing,
                    reopened=progress.reopened,
                )
        return progress

    def _kept(self, tracker: Tracker, progress: Progress) -> Dict[str, Any]:
        """The slot's value; what may not be written before consent is held in memory."""
        early = {
            s: progress.value(s) for s in IDENTIFYING if progress.has(s) and progress.value(s) is not None
        }
        self.reception.early.keep(tracker.sender_id, {} if progress.consent else early)
        # Noted on the way: a long conversation is not read as a whole when the request is stored.
        return {**progress.as_dict(self.reception.cipher.encrypt), **_asked_about(tracker)}

    def _put(self, dispatcher: CollectingDispatcher, tracker: Tracker, move: Move, setting: Setting) -> None:
        said = say(move, _channel(tracker), shipped_form_words(), setting)
        dispatcher.utter_message(
            response="utter_booking_request",
            fill={"lead": said.lead, "asks": said.asks},
            words=dict(said.words),
            private=said.is_private,
            buttons=[{"title": title, "payload": title} for title in said.buttons],
        )

    def _store(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, progress: Progress, setting: Setting
    ) -> List[Dict[str, Any]]:
        about = _asked_about(tracker)
        wanted = wanted_of(
            progress,
            version=setting.consent_version,
            channel=_channel(tracker),
            topics=about["topics"],
            screening=about["screening"],
        )
        try:
            reference = self.reception.store(wanted, conversation=tracker.sender_id)
        except NotStored:
            dispatcher.utter_message(response="utter_booking_not_stored")
            return [SlotSet(SLOT, self._kept(tracker, progress))]
        dispatcher.utter_message(response="utter_booking_stored", words={"reference": reference})
        return [SlotSet(SLOT, None), SlotSet(LEFT, None)]

    def _said_again(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> List[Dict[str, Any]]:
        """A second yes after the request was stored: the same reference, or honestly none."""
        reference = self.reception.find_open(tracker.sender_id)
        if reference:
            dispatcher.utter_message(response="utter_booking_stored", words={"reference": reference})
        else:
            dispatcher.utter_message(response="utter_what_next")
        return []


def _channel(tracker: Tracker) -> str:
    return "sms" if tracker.get_latest_input_channel() == "sms" else "web"


def _asked_about(tracker: Tracker) -> Dict[str, Any]:
    """The topics asked about and the result of a symptom check, with what was noted of them before."""
    noted = tracker.get_slot(SLOT) or tracker.get_slot(LEFT) or {}
    topics = dict.fromkeys([*noted.get("topics", ()), *_topics(tracker)])
    return {
        "topics": list(topics)[-MOST_TOPICS:],
        "screening": _screening(tracker) or noted.get("screening"),
    }


def _topics(tracker: Tracker) -> List[str]:
    """What the patient asked about in this conversation, by topic id."""
    said = [
        (event.get("metadata") or {}).get("metadata") or {}
        for event in tracker.events
        if event.get("event") == "bot"
    ]
    asked = [
        str(one["topic"]) for one in said if one.get("topic") and one.get("type") in ("inform", "safety")
    ]
    return asked


def _screening(tracker: Tracker) -> Optional[str]:
    done = [
        (event.get("metadata") or {}).get("utter_action")
        for event in tracker.events
        if event.get("event") == "bot"
    ]
    return next((_SCREENED[name] for name in reversed(done) if name in _SCREENED), None)
