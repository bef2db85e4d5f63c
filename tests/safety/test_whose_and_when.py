"""What counts: how it is told, of whom, when, and over how many messages."""

import pytest

from backtalk.triage.assess import Memory, assess

BLADDER = "I have lost control of my bladder since yesterday."
LONG = "my back hurts a lot. " * 150  # over 2,000 characters


def after(*messages: str):
    """The assessment of the last of several messages of one conversation."""
    memory = Memory()
    for text in messages:
        assessed = assess(text, memory)
        memory = assessed.memory
    return assessed


@pytest.mark.parametrize(
    "text",
    [
        "No loss of bladder control, no numbness, no weakness.",
        "I have never had a seizure.",
        "What are the signs of a stroke?",
        "If I lost control of my bladder, what should I do?",
        "I had a stroke in 2015, fine now. How should I sit at my desk?",
        "My dad had a stroke ten years ago.",
        "Cancer runs in the family and my back is stiff.",
        "My back is killing me.",
    ],
)
def test_what_is_denied_asked_over_of_the_family_or_a_saying_does_not_route(text):
    assert assess(text).tier == "none"


@pytest.mark.parametrize(
    "text",
    [
        "No pain, but I have lost control of my bladder.",
        "I can't feel my legs.",
        "Is it normal that I can't feel myself wipe?",
        "I think I may have wet myself, not sure.",
        "I couldn't speak for ten minutes yesterday, fine now.",
        "No numbness. Well, a bit of numbness round my bum.",
    ],
)
def test_what_only_looks_denied_asked_or_over_routes(text):
    assert assess(text).tier == "emergency"


def test_somebody_elses_emergency_routes_and_is_spoken_of_as_theirs():
    assessed = assess("My dad has lost control of his bladder since yesterday.")
    assert (assessed.tier, assessed.person) == ("emergency", "other")


def test_findings_of_two_people_are_not_added_up():
    assert "fever_with_spine_pain" not in assess("My son has a fever. My back hurts.").flags
    assert "fever_with_spine_pain" in assess("I have a fever. My back hurts.").flags


@pytest.mark.parametrize(
    ("messages", "flag"),
    [
        (
            ["my back has been hurting for a week", "now I have a fever of 39 too"],
            "fever_with_spine_pain",
        ),
        (["I had breast cancer five years ago", "my back hurts for no reason"], "cancer_history_new_pain"),
        (["I am 24 weeks pregnant", "thanks", "I have a bad headache"], "pre_eclampsia_signs"),
    ],
)
def test_a_sign_told_over_several_messages_is_put_together(messages, flag):
    assert flag not in assess(messages[-1]).flags
    assert flag in after(*messages).flags


@pytest.mark.parametrize("text", [LONG + BLADDER, BLADDER + LONG], ids=["at its end", "at its start"])
def test_a_red_flag_in_an_overlong_message_is_answered_first(talk, text):
    (turn,) = talk(text)
    assert (turn.outcome, turn.urgency) == ("urgent", "emergency")


@pytest.mark.parametrize("text", ["/i want to die", "/restart i want to die", "stop. i want to die"])
def test_a_red_flag_behind_a_command_or_stop_is_answered_first(talk, text):
    (turn,) = talk(text, channel="sms")
    assert (turn.outcome, turn.urgency) == ("urgent", "crisis")


@pytest.mark.parametrize(
    "text",
    [
        "how do i book, i cannot feel my groin",
        "book me in, my leg suddenly went numb",
        "open today? i cant pee",
    ],
)
def test_a_red_flag_beside_a_booking_question_is_answered_first(talk, text):
    (turn,) = talk(text)
    assert (turn.outcome, turn.urgency) == ("urgent", "emergency")


def test_an_overdose_gets_the_emergency_number_and_poison_advice(talk, project):
    (turn,) = talk("i took 30 paracetamol")
    facts = project.clinic().placeholders()
    assert turn.urgency == "crisis"
    assert facts["emergency_number"] in turn.replies[0].text.splitlines()[0]
    assert facts["poison_advice"] in turn.replies[0].text


@pytest.mark.parametrize("insult", ["fuck off", "you are a useless piece of shit"])
def test_an_insult_gets_a_calm_reply_and_a_red_flag_in_it_comes_first(talk, insult):
    (alone,) = talk(insult)
    assert (alone.outcome, alone.urgency) == ("refuse", "none")
    (turn,) = talk(f"{insult}, {BLADDER}")
    assert (turn.outcome, turn.urgency) == ("urgent", "emergency")
