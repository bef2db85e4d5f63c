"""What identifies a patient is taken out of events before they are stored; all else stays as it is."""

from hypothesis import given
from hypothesis import strategies as st

from backtalk.engine.private_words import without_private_words

TRIAGE = {"tier": "none", "findings": [["fever", "my fever", "fever", "affirmed", "self", ""]], "memory": []}


def message(text, *, private):
    parsed = {"intent": {"name": "booking_reply"}, "text": text, "entities": [], "triage": TRIAGE}
    return {"event": "user", "text": text, "parse_data": {**parsed, "private": private}}


def reply(text, *, private):
    said = {"type": "booking", **({"private": True} if private else {})}
    filled = {"words": {"name": text}, "fill": {"lead": "{name}"}}
    metadata = {"metadata": said, "utter_action": "utter_x", **filled}
    return {"event": "bot", "text": text, "data": {"buttons": []}, "metadata": metadata}


@given(st.text(min_size=12))
def test_a_private_message_and_reply_hold_none_of_their_words(text):
    for event in (message(text, private=True), reply(text, private=True)):
        stored = without_private_words(event)
        assert text not in str(stored)
        assert stored["text"]


def test_what_was_found_in_a_private_message_stays_without_the_words():
    stored = without_private_words(message("I have a fever, my name is Ann", private=True))
    assert stored["parse_data"]["triage"]["findings"] == [["fever", "", "fever", "affirmed", "self", ""]]
    assert stored["parse_data"]["intent"] == {"name": "booking_reply"}


def test_other_messages_stay_as_they_are():
    event = message("what is sciatica", private=False)
    assert without_private_words(event) == event


def test_other_replies_keep_their_text_and_lose_the_words_that_filled_it():
    stored = without_private_words(reply("We have your request", private=False))
    assert stored["text"] == "We have your request"
    assert "words" not in stored["metadata"]


def test_events_that_say_nothing_stay_as_they_are():
    event = {"event": "slot", "name": "booking", "value": {"step": "name"}}
    assert without_private_words(event) == event


def test_the_event_given_is_not_changed():
    event = message("Ann", private=True)
    without_private_words(event)
    assert event["text"] == "Ann"
