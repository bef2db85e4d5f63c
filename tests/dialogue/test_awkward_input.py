"""Whatever is typed, a patient gets a reply, soon, and never an obeyed command."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtalk.conversation import Conversation

MOST_MILLISECONDS = 5000
TYPED = {
    "nothing": "",
    "spaces": " \t\n ",
    "emoji": "\U0001f629\U0001f629\U0001f44d\U0001f3fd",
    "punctuation": "?!... --- ***",
    "5,000 characters": "my back hurts a lot " * 250,
    "NUL characters": "\x00what is\x00 sciatica\x00",
    "only NUL characters": "\x00\x00\x00",
    "right to left": "\u202eacitaics si tahw\u202c \u05db\u05d0\u05d1 \u05d2\u05d1",
    "control characters": "\x07\x1b[31mwhat is\x08\x7f sciatica\x1b[0m\x85",
    "Spanish": "Me duele la espalda, ¿qué puedo hacer?",
    "German": "Ich habe Rückenschmerzen, was hilft?",
    "Polish": "Boli mnie głowa i plecy, co robić?",
    "Arabic": "عندي ألم شديد في الظهر",
    "code": "for (let i = 0; i < 3; i++) { console.log(`${i}`); }",
    "markup": "<script>alert('back')</script> {emergency_number} **{clinic_phone}**",
    "a URL": "https://example.com/back-pain?id=1&x=%20#top",
    "a lone surrogate": "\ud800",
    "a surrogate among words": "what is \ud800 sciatica \udfff",
    "one word of 1,900 letters": "a" * 1900,
    "one stretched word": "o" + "w" * 1898,
    "1,999 zero-width joiners": "\u200d" * 1999,
    "stacked accents": "b\u0301\u0302\u0303" * 400 + " ack pain",
}
LANGUAGES = ["Spanish", "German", "Polish", "Arabic"]
COMMANDS = [
    "/restart", "/session_start", "/condition_sciatica", "/back", '/nlu_fallback{"x":1}', "/", "//restart",
    "/ /restart", "\n/restart", "\r\n/session_start", "\u00a0/restart", "\u2003/condition_sciatica",
    "/\n/restart", "\u3000/\x0b/restart",
]  # fmt: skip


@pytest.mark.parametrize("name", TYPED)
def test_anything_typed_gets_a_reply_soon_and_leaves_no_trace_on_the_terminal(talk, capfd, name):
    (turn,) = talk(TYPED[name])
    assert turn.replies
    assert all(reply.text.strip() for reply in turn.replies)
    assert turn.outcome != "failsafe"
    assert turn.milliseconds < MOST_MILLISECONDS
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("command", COMMANDS, ids=repr)
def test_a_typed_command_is_read_as_words_and_not_obeyed(talk, capfd, command):
    *_, turn = talk("what is sciatica", command)
    assert turn.outcome != "failsafe"
    assert all(reply.text.strip() for reply in turn.replies)
    assert turn.understanding, "Rasa took it for an intent; it was never read"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("command", ["/restart", "/session_start", "\n/restart"], ids=repr)
def test_a_typed_command_does_not_wipe_the_conversation(talk, command):
    *_, turn = talk("what is sciatica", command, "say that simpler")
    assert turn.topics == ["condition/sciatica"]


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize("name", LANGUAGES)
def test_another_language_is_told_so_with_the_clinics_phone(talk, project, name, channel):
    (turn,) = talk(TYPED[name], channel=channel)
    assert turn.outcome == "refuse"
    assert "I only work in English" in turn.replies[0].text
    assert project.clinic().phone in turn.replies[0].text


@pytest.mark.parametrize("name", ["NUL characters", "control characters", "a surrogate among words"])
def test_invisible_characters_do_not_hide_a_question(talk, name):
    (turn,) = talk(TYPED[name])
    assert turn.topics == ["condition/sciatica"]


def test_a_long_message_is_asked_to_be_shorter(talk):
    (turn,) = talk(TYPED["5,000 characters"])
    assert turn.intent == "too_long_message"


def test_a_placeholder_in_a_message_is_not_filled_in(talk, project):
    (turn,) = talk("is {clinic_phone} a {emergency_number}")
    assert turn.replies
    assert "{" not in turn.replies[0].text


ANY_TEXT = st.text(st.characters(), max_size=300)  # lone surrogates too
PREFIX = st.sampled_from(["", "/", " /", "\n/", "\u00a0/", "\x1c/", "/restart", "\n/restart", "@", "{"])


@settings(max_examples=80, deadline=None)
@given(prefix=PREFIX, text=ANY_TEXT)
def test_any_text_at_all_gets_a_reply(assistant, loop, prefix, text):
    conversation = Conversation(assistant, "web")
    turn = loop.run_until_complete(conversation.say(prefix + text))
    conversation.forget()
    assert turn.replies
    assert all(reply.text.strip() for reply in turn.replies)
    assert turn.outcome != "failsafe"
    assert turn.understanding
