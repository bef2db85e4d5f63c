"""A red flag is answered first in whatever state the conversation is."""

import pytest

RED_FLAG = "my left leg has gone numb all at once and i have wet myself"
BEFORE = {
    "at the start": [],
    "after an answer": ["does massage help"],
    "after choices": ["tablets"],
    "after a refusal": ["what is the weather"],
    "after itself": [RED_FLAG],
    "after help was called": [RED_FLAG, "i have called"],
    "after stop": ["stop"],
    "after two answers": ["what is sciatica? and should i rest?"],
    "after small talk": ["hi", "thanks"],
    "after a question of a flag": ["I think I've had a bit too much cocodamol"],
}


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize("state", BEFORE)
def test_a_red_flag_gets_the_urgent_text_first(talk, project, state, channel):
    turn = talk(*BEFORE[state], RED_FLAG, channel=channel)[-1]
    assert turn.outcome == "urgent"
    assert turn.urgency == "emergency"
    assert project.clinic().emergency in turn.replies[0].text.splitlines()[0]


def test_afterwards_an_ordinary_question_gets_its_ordinary_answer(talk):
    _, turn = talk(RED_FLAG, "does massage help")
    assert turn.topics == ["treatment/massage"]


def test_the_message_that_help_was_called_is_taken_as_such(talk):
    _, turn = talk(RED_FLAG, "i have called them")
    assert turn.intent == "after_urgent_called"


def test_the_red_flag_is_answered_though_the_agent_fails(project, loop):
    from backtalk.channels.guard import Guard

    class FailingAgent:
        async def handle_message(self, _):
            raise RuntimeError("no model")

    guard = Guard(FailingAgent(), project.clinic())
    replies = loop.run_until_complete(guard.answer(RED_FLAG, sender="shell-1", channel="web"))
    assert [reply.kind for reply in replies] == ["urgent"]
    assert replies[0].urgency == "emergency"


def test_the_red_flag_is_answered_though_the_agent_says_something_else(project, loop):
    from backtalk.channels.guard import Guard

    class ChattyAgent:
        async def handle_message(self, message):
            await message.output_channel.send_response(
                "", {"text": "hello", "metadata": {"type": "smalltalk"}}
            )

    guard = Guard(ChattyAgent(), project.clinic())
    replies = loop.run_until_complete(guard.answer(RED_FLAG, sender="shell-1", channel="web"))
    assert replies[0].kind == "urgent"


def test_a_soon_flag_keeps_the_answer_and_adds_whom_to_see(talk):
    (turn,) = talk("back pain for 3 months not getting better")
    assert turn.topics
    assert turn.urgency == "soon"
    assert "within two weeks" in turn.replies[-1].text


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize(
    "question",
    [
        "is numbness around the genitals a bad sign with back pain",
        "can a fever with back pain be serious",
        "is a droopy face a sign of a stroke",
        "what does a thunderclap headache feel like",
    ],
)
def test_a_question_about_red_flags_gets_its_answer_and_the_safety_net_line(talk, question, channel):
    (turn,) = talk(question, channel=channel)
    assert turn.outcome == "answer"
    assert turn.urgency == "none"
    assert turn.replies[-1].kind == "safety_net"
    assert "call 911" in turn.replies[-1].text


def test_an_ordinary_question_gets_no_safety_net_line(talk):
    (turn,) = talk("what is sciatica")
    assert len(turn.replies) == 1


def test_saying_that_help_was_called_is_not_taken_for_a_question_on_the_last_topic(talk):
    *_, turn = talk("what is sciatica", RED_FLAG, "i have called")
    assert turn.intent == "after_urgent_called"
    assert turn.topics == []
