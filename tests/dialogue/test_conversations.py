"""What several messages in a row mean together."""

import re

import pytest

from backtalk.channels.terminal import sms_text

UNCLEAR = "tablets"  # names a family of topics, but none of them
SCIATICA = "what is sciatica"
BOOKING = "how do i book an appointment"
AMOUNT = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|ten)\s*(?:mg|milligrams?|g|tablets?|pills?|capsules?)\b",
    re.IGNORECASE,
)


def stored(assistant, topic: str, variant: str) -> str:
    """The first words of the topic's stored variant."""
    name = "utter_" + topic.replace("/", "_").replace("-", "_")
    text = next(v["text"] for v in assistant.agent.domain.responses[name] if v.get("channel") == variant)
    return text.split("{")[0].strip()


def test_an_unclear_message_gets_two_or_three_choices_with_a_button_each(talk):
    (turn,) = talk(UNCLEAR)
    assert turn.outcome == "choices"
    assert 2 <= len(turn.choices) <= 3
    assert len(turn.replies[0].buttons) == len(turn.choices)
    assert turn.topics == []


@pytest.mark.parametrize("pick", ["2", "2.", "two", "the second one", "number 2 please", "TWO"])
def test_the_second_choice_is_picked_by_number_or_word(talk, pick):
    first, second = talk(UNCLEAR, pick)
    assert second.topics == [first.choices[1]]


@pytest.mark.parametrize("index", [0, 1])
def test_a_choice_is_picked_by_its_title_or_the_start_of_it(talk, index):
    (offer,) = talk(UNCLEAR)
    title = offer.replies[0].buttons[index].title
    for pick in (title, title.upper(), title[: max(len(title) * 2 // 3, 6)]):
        _, answer = talk(UNCLEAR, pick)
        assert answer.topics == [offer.choices[index]], pick


def test_choices_by_sms_are_numbered_lines_and_a_number_picks_one(talk):
    offer, answer = talk(UNCLEAR, "1", channel="sms")
    lines = sms_text(offer.replies[0]).splitlines()
    for number, button in enumerate(offer.replies[0].buttons, start=1):
        assert f"{number} {button.title}" in lines
    assert answer.topics == [offer.choices[0]]


@pytest.mark.parametrize("words", ["none of these", "neither", "something else", "no"])
def test_none_of_the_choices_is_taken_at_its_word(talk, words):
    _, turn = talk(UNCLEAR, words)
    assert turn.topics == [], f"answered {turn.topics}"
    assert turn.outcome == "refuse"


@pytest.mark.parametrize("words", ["no", "no thanks", "none of these"])
def test_a_no_after_an_answer_does_not_get_the_answer_again(talk, words):
    _, turn = talk(SCIATICA, words)
    assert "condition/sciatica" not in turn.topics


def test_a_number_that_was_not_offered_picks_nothing(talk):
    _, turn = talk(UNCLEAR, "7")
    assert turn.understanding["via"] != "pick"


def test_a_follow_up_is_about_the_answer_before_it(talk):
    first, second = talk("does massage help", "is that safe?")
    assert first.topics == ["treatment/massage"]
    assert second.topics == ["treatment/massage"]
    assert second.understanding["via"] == "follow_up"
    assert second.replies[0].text != first.replies[0].text


def test_the_same_follow_up_leads_elsewhere_after_another_answer(talk):
    _, second = talk("do chiropractors help", "is that safe?")
    assert second.topics == ["treatment/manipulation-safety"]


@pytest.mark.parametrize("words", ["is that safe?", "how long does it take", "how much of it"])
def test_a_follow_up_to_nothing_asks_what_is_meant(talk, words):
    (turn,) = talk(words)
    assert turn.outcome == "refuse"
    assert "I am not sure what you are asking about" in turn.replies[0].text


def test_two_questions_get_two_short_answers_in_order(talk, assistant):
    (turn,) = talk("What is sciatica? And how do I book an appointment?")
    assert turn.topics == ["condition/sciatica", "booking/book"]
    assert len(turn.replies) == 2
    for reply in turn.replies:
        assert reply.text.startswith(stored(assistant, reply.topic, "sms"))


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("hi", "greeting"), ("hello there", "greeting"), ("thanks", "thanks"), ("thank you!", "thanks"),
        ("bye", "goodbye"),
    ],
)  # fmt: skip
def test_small_talk_is_answered_in_kind_before_and_after_a_question(talk, words, topic):
    (alone,) = talk(words)
    _, after = talk(SCIATICA, words)
    assert alone.topics == after.topics == [f"chitchat/{topic}"]


def test_small_talk_in_between_does_not_lose_the_thread(talk):
    *_, turn = talk("does massage help", "thanks", "is that safe?")
    assert turn.topics == ["treatment/massage"]


def test_say_that_simpler_gives_the_simple_variant_of_the_last_answer(talk, assistant):
    first, second = talk(SCIATICA, "say that simpler")
    assert second.topics == first.topics
    assert second.replies[0].text.startswith(stored(assistant, "condition/sciatica", "simple"))


def test_say_that_simpler_before_any_answer_asks_which(talk):
    (turn,) = talk("say that simpler")
    assert turn.topics == ["chitchat/repeat-simpler"]
    assert "Which answer" in turn.replies[0].text


@pytest.mark.parametrize("words", ["where does that come from", "what are your sources", "sources"])
@pytest.mark.parametrize("channel", ["web", "sms"])
def test_asked_where_that_comes_from_it_names_the_last_answers_sources(talk, words, channel):
    answer, turn = talk(SCIATICA, words, channel=channel)
    assert answer.replies[0].sources
    for source in answer.replies[0].sources:
        assert source["title"] in turn.replies[0].text


@pytest.mark.parametrize("words", ["where does that come from", "what are your sources", "sources"])
def test_asked_for_sources_before_any_answer_it_speaks_of_them_in_general(talk, words):
    (turn,) = talk(words)
    assert turn.topics == ["about/sources"]
    assert "public health guidance" in turn.replies[0].text


@pytest.mark.parametrize("words", ["are you a doctor", "r u a dr?", "am i talking to a real doctor"])
def test_it_says_that_it_is_no_doctor(talk, words):
    (turn,) = talk(words)
    assert turn.topics == ["about/are-you-doctor"]
    assert "not a doctor" in turn.replies[0].text


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize(
    "messages",
    [
        ["how many ibuprofen can i take"],
        ["how many mg of paracetamol is safe in a day"],
        ["can i take 3 ibuprofen at once"],
        ["what painkillers can i buy", "how many can i take"],
        ["what dose of ibuprofen for back pain", "say that simpler"],
        ["tell me about migraine medicines", "what dose"],
    ],
)
def test_no_question_brings_out_a_dose(talk, messages, channel):
    for turn in talk(*messages, channel=channel):
        assert turn.topics
        for reply in turn.replies:
            assert not AMOUNT.search(reply.text), reply.text


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_a_booking_question_is_answered_with_the_clinics_phone(talk, project, channel):
    (turn,) = talk(BOOKING, channel=channel)
    assert turn.topics == ["booking/book"]
    assert project.clinic().phone in turn.replies[0].text


def test_two_conversations_do_not_hear_each_other(assistant, loop):
    from backtalk.conversation import Conversation

    one, other = Conversation(assistant, "web"), Conversation(assistant, "web")
    loop.run_until_complete(one.say("does massage help"))
    turn = loop.run_until_complete(other.say("is that safe?"))
    one.forget()
    other.forget()
    assert turn.topics == []


@pytest.mark.parametrize(
    "words",
    [
        "yes i want to",
        "yes i do want that",
        "yes i want to know more",
        "ok yes i want to see it",
        "yeah, i do",
    ],
)
def test_taking_up_an_offer_is_no_red_flag(talk, words):
    for before in ((), (SCIATICA,), (UNCLEAR,)):
        turn = talk(*before, words)[-1]
        assert turn.outcome != "urgent", before
        assert not turn.replies[0].asked, before


@pytest.mark.parametrize(
    "words", ["yes i want to die", "ok yes i want to end my life", "yeah i took all my pills"]
)
def test_a_yes_before_a_red_flag_hides_nothing(talk, words):
    for before in ((), (SCIATICA,), (UNCLEAR,)):
        assert talk(*before, words)[-1].outcome == "urgent", before
