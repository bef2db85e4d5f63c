"""What the assistant's last turn showed: which questions are open, which buttons can be pressed."""

from __future__ import annotations

from typing import Any, List, Mapping, Optional

from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from backtalk.understanding.text import normalise

SCREENING = "screening"
BOOKING = "booking"
TASKS = {
    SCREENING: "action_screening",
    BOOKING: "action_booking",
}  # the slot of a task, and the action that puts its open question
PRESSED = "pressed"
# Types of replies. Nobody asks "is that safe?" about a greeting or about what the assistant is.
_NOT_REFERRED_TO = frozenset({"meta", "smalltalk", "screening", "booking", "erase", "erased"})
_STORED = "utter_booking_stored"
_ERASES = ("utter_about_erase", "utter_erase_request")


def open_tasks(tracker: DialogueStateTracker) -> List[str]:
    """The slots of the tasks that wait for an answer."""
    return [slot for slot in TASKS if tracker.get_slot(slot)]


def shown_last(tracker: DialogueStateTracker) -> List[BotUttered]:
    """The assistant's messages since the patient's latest one, newest first."""
    shown: List[BotUttered] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered):
            shown.append(event)
    return shown


def metadata_of(message: BotUttered) -> Mapping[str, Any]:
    """What the response generator put beside the text: type, topic, offers and so on."""
    return message.metadata.get("metadata") or {}


def topic_answered(said: Mapping[str, Any]) -> Optional[str]:
    """The topic that a follow-up question to a reply may be about, from what stood beside its text."""
    return str(said["topic"]) if said.get("topic") and said.get("type") not in _NOT_REFERRED_TO else None


def question_put(tracker: DialogueStateTracker) -> Optional[str]:
    """The flag whose clarifying question is open."""
    asked = [metadata_of(message).get("asked") for message in shown_last(tracker)]
    return next((str(flags[0]) for flags in asked if flags), None)


def screened(tracker: DialogueStateTracker) -> Optional[str]:
    """What the open question of the symptom check is about: a flag's id or "region"."""
    if not tracker.get_slot(SCREENING) or question_put(tracker):
        return None
    about = [metadata_of(message).get("screened") for message in shown_last(tracker)]
    return next((str(flag) for flag in about if flag), None)


def is_booking(tracker: DialogueStateTracker) -> bool:
    """Whether the next message may answer the open question of the booking form."""
    if not tracker.get_slot(BOOKING) or is_erasing(tracker) or question_put(tracker):
        return False
    return screened(tracker) is None


def is_erasing(tracker: DialogueStateTracker) -> bool:
    """Whether the last turn asked if something is to be deleted."""
    return any(message.metadata.get("utter_action") in _ERASES for message in shown_last(tracker))


def was_stored(tracker: DialogueStateTracker) -> bool:
    """Whether the last turn said that a request for a visit is stored."""
    return any(message.metadata.get("utter_action") == _STORED for message in shown_last(tracker))


def is_button(tracker: DialogueStateTracker, text: str) -> bool:
    """Whether `text` is just the title of a button that the last turn showed."""
    buttons = [b for message in shown_last(tracker) for b in message.data.get("buttons") or ()]
    return normalise(text) in [normalise(str(button.get("title"))) for button in buttons]


def pressed_intent(message: Message) -> Optional[str]:
    """The intent named by the button that was pressed; its title is then the message's text.

    Only a channel that signs its buttons says so (`Guard.answer`), never what a patient typed.
    """
    name = (message.get("metadata") or {}).get(PRESSED)
    return str(name) if name else None
