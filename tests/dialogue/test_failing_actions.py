"""An action that raises or hangs ends its turn in time, and only that turn."""

import asyncio
import gc
import importlib
import logging
import sys
import time

import pytest

from backtalk.channels.failsafe import failsafe_reply
from backtalk.conversation import Conversation
from backtalk.engine.action_endpoint import InProcessActions

PACKAGE = "actions_that_fail"
SECRET = "zebra-fish-sciatica-4711"
ASKS_AN_ACTION = "Say THAT simpler pleeease"  # written so that no log can hold it by chance
SECONDS = 0.2
ENDLESS = 20  # so many calls of an action in one turn
SOON = 1.0
HANG = 2.0  # how long the thread is blocked where nothing stops it, so that this test ends
SOURCE = f"""
import asyncio
import threading

from rasa_sdk import Action
from rasa_sdk.interfaces import ActionExecutionRejection


class Raises(Action):
    def name(self):
        return "action_that_raises"

    def run(self, dispatcher, tracker, domain):
        raise ValueError(f"cannot answer {{tracker.latest_message['text']}}")


class Rejects(Action):
    def name(self):
        return "action_that_rejects"

    def run(self, dispatcher, tracker, domain):
        raise ActionExecutionRejection("action_say_simpler", tracker.latest_message["text"])


class Waits(Action):
    def name(self):
        return "action_that_waits"

    async def run(self, dispatcher, tracker, domain):
        await asyncio.Event().wait()


class Blocks(Action):
    def name(self):
        return "action_that_blocks"

    def run(self, dispatcher, tracker, domain):
        threading.Event().wait({HANG})
        return []
"""


@pytest.fixture
def failing(tmp_path, monkeypatch):
    """An endpoint with actions that fail; they are gone again afterwards."""
    (tmp_path / PACKAGE).mkdir()
    (tmp_path / PACKAGE / "__init__.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield InProcessActions(PACKAGE, seconds=SECONDS)
    sys.modules.pop(PACKAGE, None)
    gc.collect()  # Rasa finds actions among all living subclasses


def call(action: str) -> dict:
    message = {"text": SECRET, "intent": {"name": "greet"}, "entities": []}
    tracker = {"sender_id": "someone", "slots": {}, "latest_message": message, "events": []}
    return {"next_action": action, "sender_id": "someone", "tracker": tracker, "domain": {}}


@pytest.mark.parametrize(
    ("action", "error"),
    [
        ("action_that_raises", ValueError),
        ("action_that_rejects", RuntimeError),
        ("action_that_waits", asyncio.TimeoutError),
        ("action_that_blocks", asyncio.TimeoutError),
        ("action_of_nobody", RuntimeError),
    ],
)
def test_a_failing_action_raises_its_error_in_time(failing, loop, action, error):
    started = time.perf_counter()
    with pytest.raises(error):
        loop.run_until_complete(failing.request(json=call(action)))
    assert time.perf_counter() - started < SOON


def test_a_missing_action_is_named_with_where_it_belongs(failing, loop):
    with pytest.raises(RuntimeError, match="'action_of_nobody' is not in actions/"):
        loop.run_until_complete(failing.request(json=call("action_of_nobody")))


def test_a_rejection_keeps_the_patients_words_to_itself(failing, loop):
    with pytest.raises(RuntimeError) as caught:
        loop.run_until_complete(failing.request(json=call("action_that_rejects")))
    assert SECRET not in str(caught.value) + str(vars(caught.value))


@pytest.fixture
def called() -> list[str]:
    """The actions run so far."""
    return []


@pytest.fixture
def broken_assistant(assistant, failing, called, monkeypatch):
    """The real assistant, with every call of an action ending in the failing one of choice."""
    run = failing.request

    def choose(action: str):
        def request(**_):
            called.append(action)
            # A turn that would never end ends here, so that the tests do.
            return run(json=call(action if len(called) <= ENDLESS else "action_that_raises"))

        monkeypatch.setattr(failing, "request", request)
        monkeypatch.setattr(assistant.agent.processor, "action_endpoint", failing)
        return assistant

    return choose


@pytest.mark.parametrize("action", ["action_that_raises", "action_that_rejects", "action_that_waits"])
def test_a_turn_whose_action_fails_gets_the_failsafe_text_and_logs_no_words(
    broken_assistant, project, loop, called, caplog, capfd, action
):
    caplog.set_level(logging.DEBUG)
    conversation = Conversation(broken_assistant(action), "web")
    turn = loop.run_until_complete(conversation.say(ASKS_AN_ACTION))
    conversation.forget()
    assert turn.intent == "chitchat_repeat_simpler", "this message no longer runs an action"
    assert list(turn.replies) == [failsafe_reply(project.clinic())]
    assert len(called) <= ENDLESS, "the turn goes on for ever; the guard's time limit does not end it"
    assert turn.milliseconds < SOON * 1000
    written = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert ASKS_AN_ACTION not in written + "".join(capfd.readouterr())


def test_the_turn_after_a_failed_one_is_answered(broken_assistant, loop):
    conversation = Conversation(broken_assistant("action_that_raises"), "web")
    failed = loop.run_until_complete(conversation.say("say that simpler"))
    turn = loop.run_until_complete(conversation.say("what is sciatica"))
    conversation.forget()
    assert failed.outcome == "failsafe"
    assert turn.topics == ["condition/sciatica"]
