"""What makes a turn quick changes nothing in it: the events are those of Rasa's own processor."""

import uuid

import pytest
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.engine.runner.dask import DaskGraphRunner

from backtalk.channels.reply import ReplyCollector
from backtalk.engine.action_results import check_results_quickly
from backtalk.engine.processor import QuickProcessor
from backtalk.engine.stored_domain import stored_domain_read_quickly

CONVERSATIONS = (
    ("should i use heat or ice", "is that safe", "why", "say it simpler", "where is that from"),
    ("check my symptoms", "my back", "no", "what is sciatica", "not sure", "stop"),
    ("check my symptoms", "head", "yes", "thanks"),
    ("my left leg went numb all at once and i have wet myself", "i have called", "hello"),
    ("does massage help and what does it cost here", "none of these", "2"),
    ("xyzzy plugh", "...", "yes", "can you mend my car", "x" * 2100),
)


def processor_of(kind, assistant, project):
    own = assistant.agent.processor
    with stored_domain_read_quickly():
        made = kind(
            project.model, InMemoryTrackerStore(own.domain), own.lock_store, own.nlg, own.action_endpoint
        )
    made.tracker_store.domain = made.domain
    return made


@pytest.fixture(scope="module")
def quick(assistant, project):
    return processor_of(QuickProcessor, assistant, project)


@pytest.fixture(scope="module")
def slow(assistant, project):
    return processor_of(MessageProcessor, assistant, project)


def told(processor, loop, messages):
    """The events of a conversation, but for what differs each time."""
    sender = f"web-{uuid.uuid4()}"

    async def talk():
        for number, text in enumerate(messages):
            message = UserMessage(
                text, ReplyCollector("web"), sender, input_channel="web", message_id=f"m{number}"
            )
            await processor.handle_message(message)
        return await processor.tracker_store.retrieve(sender)

    events = [event.as_dict() for event in loop.run_until_complete(talk()).events]
    for event in events:
        del event["timestamp"]
        if event["event"] == "action":
            event["policy"] = (event["policy"] or "").replace("Indexed", "")
    return events


@pytest.mark.parametrize("messages", CONVERSATIONS, ids=lambda messages: messages[0][:30])
def test_a_conversation_has_the_same_events(messages, quick, slow, loop):
    assert isinstance(slow.graph_runner, DaskGraphRunner)
    assert told(quick, loop, messages) == told(slow, loop, messages)


@pytest.mark.parametrize(
    "result",
    [
        {"events": [], "responses": []},
        {"events": [{"event": "slot", "name": "one", "value": 1}], "responses": [{"text": "hi"}]},
        {"events": [{"event": "slot"}], "responses": []},
        {"events": [{"name": "one"}]},
        {"responses": "text"},
        [],
    ],
)
def test_an_actions_result_is_judged_as_by_rasa(result):
    check_results_quickly()
    action = RemoteAction("action_screening", None)
    slow = RemoteAction._validate_action_result.slow

    def verdict(check):
        try:
            return check(action, result)
        except Exception as error:
            return type(error), str(error.args[0])

    assert verdict(RemoteAction._validate_action_result) == verdict(slow)
