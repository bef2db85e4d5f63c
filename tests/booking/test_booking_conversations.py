"""Asking for a visit in many ways, with the whole engine; what the clinic gets is read from the database."""

from dataclasses import asdict
from pathlib import Path

import pytest
import yaml

from backtalk.channels.sms_text import segments
from backtalk.channels.terminal import sms_text
from backtalk.conversation import Conversation

TALKS = yaml.safe_load((Path(__file__).with_name("conversations.yml")).read_text(encoding="utf-8"))
CASES = [
    pytest.param(talk, channel, id=f"{talk['title']} ({channel})")
    for talk in TALKS
    for channel in talk.get("channels", ["web", "sms"])
]
RED_FLAG = "my left leg has gone numb all at once and i have wet myself"
WHOLE = [
    "book me in please", "physio", "no", "yes", "Ann Lee", "202 555 0143", "call", "yes", "fridays", "no",
]  # fmt: skip


@pytest.fixture
def conversation(assistant, loop):
    """`conversation("web")` is a fresh one whose `say` waits for the turn."""
    started = []

    def start(channel):
        one = Conversation(assistant, channel)
        started.append(one)
        one.hears = lambda text: loop.run_until_complete(one.say(text))
        return one

    yield start
    for one in started:
        one.forget()


def stored_of(assistant, conversation):
    """The request that this conversation left, as a dict; None if there is none."""
    reference = assistant.requests.find_open(conversation.sender)
    if reference is None:
        return None
    wanted = asdict(assistant.requests.get(reference).wanted)
    return {**wanted, "reach_by": wanted["reach_by"].value}


def split(line):
    said, _, shown = str(line).partition(" => ")
    return said, shown.strip('"')


@pytest.mark.parametrize(("case", "channel"), CASES)
def test_a_conversation(assistant, conversation, case, channel):
    talking = conversation(channel)
    for line in case["talk"]:
        said, shown = split(line)
        turn = talking.hears(said)
        text = "\n".join(reply.text for reply in turn.replies)
        assert shown in text, f"{said!r} was answered with {text!r}"
        if channel == "sms":
            for reply in turn.replies:
                assert segments(sms_text(reply)).parts <= 3, reply.text
    stored = stored_of(assistant, talking)
    if case["stored"] == "none":
        assert stored is None
    else:
        assert {key: stored[key] for key in case["stored"]} == case["stored"]


def test_there_are_more_than_thirty_conversations():
    assert len(TALKS) >= 30


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize("step", range(1, len(WHOLE) + 1))
def test_a_red_flag_at_any_step_is_answered_first_and_stands_in_no_answer(
    assistant, conversation, step, channel
):
    talking = conversation(channel)
    for said in WHOLE[:step]:
        before = talking.hears(said)
    flagged = talking.hears(RED_FLAG)
    assert flagged.outcome == "urgent"
    assert len(flagged.replies) == 1, "the form asked on"
    assert talking.hears("does massage help").outcome == "answer"
    resumed = talking.hears("book me in please")
    assert "You had begun" in resumed.replies[0].text
    assert resumed.replies[0].buttons == before.replies[-1].buttons, "another question is open"
    for said in WHOLE[step:]:
        talking.hears(said)
    talking.hears("yes")
    stored = stored_of(assistant, talking)
    assert stored["name"] == "Ann Lee"
    assert "numb" not in str(stored)


def test_a_false_alarm_is_asked_about_and_the_form_goes_on(conversation):
    talking = conversation("web")
    for said in WHOLE[:-1]:
        talking.hears(said)
    asked = talking.hears("I think I've had a bit too much cocodamol")
    assert asked.asked or asked.outcome == "urgent"
    if asked.asked:
        assert "Is there anything the team should know" in talking.hears("no").replies[-1].text


def test_nothing_is_said_of_success_where_the_store_fails_and_yes_tries_again(
    assistant, conversation, monkeypatch
):
    from backtalk.booking.errors import NotStored
    from backtalk.booking.requests import Requests

    def fails(*_, **__):
        raise NotStored("the database did not commit")

    talking = conversation("web")
    for said in WHOLE:
        talking.hears(said)
    with monkeypatch.context() as broken:
        broken.setattr(Requests, "store", fails)
        text = talking.hears("yes").replies[0].text
    assert "could not be stored" in text
    assert assistant.clinic.phone in text
    assert "We have your request" not in text
    assert stored_of(assistant, talking) is None
    assert "We have your request, reference BT-" in talking.hears("yes").replies[0].text
    assert stored_of(assistant, talking)["name"] == "Ann Lee"


def test_what_identifies_is_in_no_slot_before_consent(assistant, conversation, loop):
    talking = conversation("web")
    talking.hears("book physio tuesday after 4, I'm Ann Lee 202 555 0143")
    tracker = loop.run_until_complete(assistant.conversations.retrieve(talking.sender))
    assert tracker.get_slot("booking")["step"] == "existing"
    assert "name" not in tracker.get_slot("booking")["answered"]
    assert "phone" not in tracker.get_slot("booking")["answered"]


def test_topics_asked_about_and_the_symptom_check_go_with_the_request(assistant, conversation):
    talking = conversation("web")
    for said in ["what is sciatica", "check my symptoms", "neck", *["no"] * 7, *WHOLE, "yes"]:
        talking.hears(said)
    stored = stored_of(assistant, talking)
    assert stored["topics"] == ("condition/sciatica",)
    assert stored["screening"] == "symptom check: no to all questions"
    assert stored["channel"] == "web"


@pytest.mark.parametrize("words", ["delete my data", "forget me", "please erase my chat"])
def test_a_conversation_is_deleted_only_after_a_yes(assistant, conversation, loop, words):
    talking = conversation("web")
    talking.hears("what is sciatica")
    assert "Shall I delete it now" in talking.hears(words).replies[0].text
    assert "Nothing was deleted" in talking.hears("no").replies[0].text
    assert loop.run_until_complete(assistant.conversations.retrieve(talking.sender)) is not None
    talking.hears(words)
    assert "Done" in talking.hears("yes").replies[0].text
    assert loop.run_until_complete(assistant.conversations.retrieve(talking.sender)) is None


@pytest.mark.parametrize(("answer", "kept"), [("yes", False), ("no", True)])
def test_an_open_request_is_deleted_only_after_a_question_of_its_own(assistant, conversation, answer, kept):
    talking = conversation("web")
    for said in [*WHOLE, "yes", "delete my data"]:
        talking.hears(said)
    assert "the clinic will not get in touch" in talking.hears("yes").replies[0].text
    assert "Done" in talking.hears(answer).replies[0].text
    assert (stored_of(assistant, talking) is not None) == kept


def test_done_is_not_said_where_deleting_fails(assistant, conversation, monkeypatch):
    async def fails(*_):
        raise RuntimeError("no database")

    talking = conversation("web")
    talking.hears("delete my data")
    monkeypatch.setattr(type(assistant.eraser), "erase", fails)
    assert "could not delete" in talking.hears("yes").replies[0].text


def test_questions_about_privacy_keep_their_answer(conversation):
    assert conversation("web").hears("what do you store about me").topics == ["about/privacy"]


def test_an_opening_counts_as_a_booking_on_its_topic(conversation):
    turn = conversation("web").hears("book me in please")
    assert turn.outcome == "booking"
    assert turn.topics == ["booking/book"]


def examples_of(project, name):
    told = yaml.safe_load((project.data / "conversation" / f"{name}.yml").read_text(encoding="utf-8"))
    return [line.strip()[2:] for line in told["nlu"][0]["examples"].splitlines()]


def test_most_of_sixty_ways_to_ask_begin_the_form(project, conversation):
    examples = examples_of(project, "booking")
    assert len(examples) >= 60
    outcomes = {text: conversation("web").hears(text) for text in examples}
    begun = [text for text, turn in outcomes.items() if turn.outcome == "booking"]
    assert len(begun) >= 0.85 * len(examples), sorted(set(examples) - set(begun))


def test_ways_to_ask_for_deletion_are_asked_back(project, conversation):
    examples = examples_of(project, "erase")
    asked = [
        text
        for text in examples
        if "Shall I delete it now" in conversation("web").hears(text).replies[0].text
    ]
    assert len(asked) >= 0.85 * len(examples), sorted(set(examples) - set(asked))
