"""The guard: turns in order, bounded in time, once for each message, finished without an audience."""

import asyncio
import time

import pytest
from rasa.shared.core.domain import Domain

from backtalk.channels.guard import Guard
from backtalk.channels.kept_tasks import KeptTasks
from backtalk.channels.sent_replies import SentReplies
from backtalk.channels.stored_turns import StoredTurns
from backtalk.database import bring_up_to_date, open_database
from backtalk.database_threads import DatabaseThreads, DatabaseTimeout
from backtalk.engine.tracker_store import StoredConversations
from backtalk.triage.assess import assess

RED_FLAG = "my face is drooping"


class Agent:
    """Says what it was told after `seconds`, and notes it."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.finished: list[str] = []
        self.running = 0
        self.most_at_once = 0

    async def handle_message(self, message):
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        await asyncio.sleep(self.seconds)
        self.running -= 1
        self.finished.append(message.text)
        await message.output_channel.send_response(message.sender_id, {"text": f"about {message.text}"})


class StubbornAgent:
    """Does not let itself be cancelled."""

    async def handle_message(self, message):
        end = time.monotonic() + 1
        while time.monotonic() < end:
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                continue


@pytest.fixture
def clinic(project):
    assess("")  # loads the catalogue, which is not what is timed here
    return project.clinic()


@pytest.fixture
def engine(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'sent.db'}")
    bring_up_to_date(engine)
    return engine


@pytest.fixture
def stored(engine):
    return stored_in(engine)


def stored_in(engine):
    conversations = StoredConversations(engine, DatabaseThreads("test"), Domain.empty())
    return StoredTurns(conversations, SentReplies(engine, b"key"))


def ask(guard, text, sender="web-1", **more):
    return guard.answer(text, sender=sender, channel="web", **more)


def test_messages_of_one_sender_are_answered_one_at_a_time_in_order(loop, clinic):
    agent = Agent(0.005)

    async def talk():
        guard = Guard(agent, clinic)
        await asyncio.gather(*(ask(guard, str(number)) for number in range(20)))

    started = time.perf_counter()
    loop.run_until_complete(talk())
    assert agent.finished == [str(number) for number in range(20)]
    assert agent.most_at_once == 1
    assert time.perf_counter() - started < 3, "looking once a second would take 19"


def test_messages_of_several_senders_are_answered_at_once(loop, clinic):
    agent = Agent(0.02)

    async def talk():
        guard = Guard(agent, clinic)
        await asyncio.gather(*(ask(guard, "hi", f"web-{number}") for number in range(10)))

    loop.run_until_complete(talk())
    assert agent.most_at_once == 10


def test_waiting_for_ones_turn_counts_towards_the_limit(loop, clinic):
    async def talk():
        guard = Guard(Agent(60), clinic, turn_seconds=0.1)
        started = time.perf_counter()
        replies = await asyncio.gather(ask(guard, "one"), ask(guard, "two"), ask(guard, RED_FLAG))
        return replies, time.perf_counter() - started

    replies, seconds = loop.run_until_complete(talk())
    assert [reply[0].kind for reply in replies] == ["failsafe", "failsafe", "urgent"]
    assert seconds < 0.5


def test_an_agent_that_cannot_be_cancelled_keeps_nobody_waiting(loop, clinic):
    async def talk():
        guard = Guard(StubbornAgent(), clinic, turn_seconds=0.05)
        started = time.perf_counter()
        replies = await ask(guard, "one")
        return replies, time.perf_counter() - started, await guard.drained(3)

    replies, seconds, drained = loop.run_until_complete(talk())
    assert replies[0].kind == "failsafe"
    assert seconds < 0.5
    assert drained


def test_a_turn_is_finished_though_its_caller_is_cancelled(loop, clinic):
    agent = Agent(0.05)

    async def talk():
        guard = Guard(agent, clinic)
        caller = asyncio.create_task(ask(guard, "one"))
        await asyncio.sleep(0)
        caller.cancel()
        assert await guard.drained(1)

    loop.run_until_complete(talk())
    assert agent.finished == ["one"]


def test_draining_gives_up_in_time(loop, clinic):
    async def talk():
        guard = Guard(Agent(60), clinic)
        caller = asyncio.create_task(ask(guard, "one"))
        await asyncio.sleep(0)
        drained = await guard.drained(0.05)
        caller.cancel()
        return drained

    assert loop.run_until_complete(talk()) is False


def test_the_same_message_id_runs_one_turn_also_while_the_first_runs(loop, clinic, stored):
    agent = Agent(0.02)

    async def talk():
        guard = Guard(agent, clinic, stored=stored)
        together = await asyncio.gather(*(ask(guard, "one", message_id="m") for _ in range(5)))
        later = await ask(Guard(agent, clinic, stored=stored), "one", message_id="m")
        return [*together, later]

    answers = loop.run_until_complete(talk())
    assert agent.finished == ["one"]
    assert all(tuple(answer) == tuple(answers[0]) for answer in answers)


def test_a_turn_that_failed_may_be_tried_again_with_the_same_id(loop, clinic, stored):
    async def talk():
        first = await ask(Guard(Agent(60), clinic, turn_seconds=0.05, stored=stored), "one", message_id="m")
        second = await ask(Guard(Agent(), clinic, stored=stored), "one", message_id="m")
        return first[0].kind, second[0].text

    assert loop.run_until_complete(talk()) == ("failsafe", "about one")


def test_sent_replies_that_cannot_be_read_cost_no_reply(loop, clinic, tmp_path):
    broken = stored_in(open_database(f"sqlite:///{tmp_path / 'no-table.db'}"))

    async def talk():
        return await ask(Guard(Agent(), clinic, stored=broken), "one", message_id="m")

    assert loop.run_until_complete(talk())[0].text == "about one"


def test_every_turn_is_seen_by_its_outcome_and_without_words(loop, clinic):
    seen = []

    async def talk():
        await ask(Guard(Agent(), clinic, observe=seen.append), "secret words")
        await ask(Guard(Agent(60), clinic, turn_seconds=0.01, observe=seen.append), RED_FLAG)

    loop.run_until_complete(talk())
    assert [(turn.outcome, turn.urgency, turn.failure) for turn in seen] == [
        ("answer", "none", None),
        ("urgent", "emergency", "timeout"),
    ]
    assert "secret" not in str(seen)


def test_a_button_is_handed_on_as_the_intent_it_names_and_its_title_raises_no_alarm(loop, clinic):
    got = []

    class Noting(Agent):
        async def handle_message(self, message):
            got.append((message.text, message.metadata))
            await super().handle_message(message)

    async def talk():
        return await ask(Guard(Noting(), clinic), RED_FLAG, pressed="worry_stroke_signs")

    replies = loop.run_until_complete(talk())
    assert got == [(RED_FLAG, {"pressed": "worry_stroke_signs"})]
    assert [reply.kind for reply in replies] == ["other"]


def test_a_database_call_that_hangs_is_given_up_and_the_loop_goes_on(loop):
    import threading

    over = threading.Event()

    async def talk():
        threads = DatabaseThreads("test", 1)
        started = time.perf_counter()
        with pytest.raises(DatabaseTimeout):
            await threads.call(over.wait, seconds=0.05)
        assert threads.busy == 1
        return time.perf_counter() - started

    assert loop.run_until_complete(talk()) < 0.5
    over.set()


def test_an_error_of_work_that_nobody_waits_for_is_not_printed(loop, capfd):
    async def broken():
        raise RuntimeError("secret words")

    async def run():
        kept = KeptTasks()
        kept.start(broken())
        assert await kept.finish(1)

    loop.run_until_complete(run())
    assert capfd.readouterr() == ("", "")


def test_what_needs_no_conversation_begins_before_it_is_read_and_its_failure_costs_no_reply(
    loop, clinic, stored
):
    seen = []

    def prepare(message):
        seen.append((message.text, list(agent.finished)))
        raise RuntimeError

    agent = Agent()

    async def talk():
        guard = Guard(agent, clinic, stored=stored, prepare=prepare)
        first = await ask(guard, "one", message_id="m1")
        return [*first, *(await ask(guard, "two", message_id="m2"))]

    replies = loop.run_until_complete(talk())
    assert [reply.text for reply in replies] == ["about one", "about two"]
    assert seen == [("one", []), ("two", ["one"])]
