"""A turn visits the database twice, and is stored with what was sent for it or not at all."""

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from sqlalchemy import event, text

from backtalk.channels.guard import Guard
from backtalk.channels.sent_replies import SentReplies
from backtalk.channels.stored_turns import StoredTurns
from backtalk.database import bring_up_to_date, open_database
from backtalk.database_threads import DatabaseThreads
from backtalk.engine.open_turn import begin_turn
from backtalk.engine.shared_conversations import SharedConversations
from backtalk.engine.tracker_store import StoredConversations

SENDER = "web-1"


class Agent:
    """Reads, answers and saves as Rasa's agent does."""

    def __init__(self, store):
        self.store = store
        self.before = None

    async def handle_message(self, message):
        tracker = await self.store.get_or_create_tracker(message.sender_id)
        self.before = [one.text for one in tracker.events if isinstance(one, UserUttered)]
        tracker.update(UserUttered(message.text))
        await message.output_channel.send_response(message.sender_id, {"text": f"about {message.text}"})
        tracker.update(BotUttered(f"about {message.text}"))
        await self.store.save(tracker)


@pytest.fixture(params=[StoredConversations, SharedConversations])
def store(request, database_url):
    engine = open_database(database_url)
    bring_up_to_date(engine)
    yield request.param(engine, DatabaseThreads("test"), Domain.empty())
    engine.dispose()


@pytest.fixture
def agent(store):
    return Agent(store)


@pytest.fixture
def guard(store, agent, project):
    return Guard(agent, project.clinic(), stored=StoredTurns(store, SentReplies(store.engine, b"key")))


@pytest.fixture
def say(loop, guard):
    def once(words, message_id=None):
        (reply,) = loop.run_until_complete(
            guard.answer(words, sender=SENDER, channel="web", message_id=message_id)
        )
        return reply.text

    return once


def rows(store, table):
    with store.engine.connect() as connection:
        return connection.execute(text(f"select count(*) from {table}")).scalar()


def refuse(store, table):
    """Have the database refuse all rows of `table`."""
    with store.engine.begin() as connection:
        if store.engine.dialect.name == "sqlite":
            connection.execute(
                text(f"create trigger no before insert on {table} begin select raise(abort, 'no'); end")
            )
        else:
            connection.execute(text(f"alter table {table} add constraint no check (false) not valid"))


def test_the_next_turn_knows_the_last_and_a_message_that_comes_again_makes_none(say, agent, store):
    assert say("one", "m1") == "about one"
    assert say("one", "m1") == "about one"
    assert say("two", "m2") == "about two"
    assert agent.before == ["one"]
    assert rows(store, "sent_reply") == 2


def test_a_turn_is_one_read_and_one_commit(say, store):
    say("one", "m1")
    begun, committed = [], []
    event.listen(store.engine, "begin", lambda _: begun.append(1))
    event.listen(store.engine, "commit", lambda _: committed.append(1))
    say("two", "m2")
    assert (len(begun), len(committed)) == (2, 1)


@pytest.mark.parametrize("table", ["events", "sent_reply"])
def test_turn_and_replies_are_stored_together_or_not_at_all_and_the_patient_is_answered(say, store, table):
    refuse(store, table)
    assert say("one", "m1") == "about one"
    assert rows(store, "events") == rows(store, "sent_reply") == 0


def test_a_message_without_an_id_is_stored_all_the_same(say, agent, store):
    say("one")
    say("two")
    assert agent.before == ["one"]
    assert rows(store, "sent_reply") == 0


def test_a_turn_that_broke_after_it_saved_is_not_stored(loop, guard, agent, store):
    handle = agent.handle_message

    async def break_after(message):
        await handle(message)
        raise RuntimeError

    agent.handle_message = break_after
    loop.run_until_complete(guard.answer("one", sender=SENDER, channel="web", message_id="m1"))
    assert rows(store, "events") == rows(store, "sent_reply") == 0


def test_outside_a_turn_what_is_saved_is_stored_at_once(loop, store):
    async def save(sender):
        tracker = await store.get_or_create_tracker(sender)
        tracker.update(UserUttered("one"))
        await store.save(tracker)

    async def play():
        await save(SENDER)
        begin_turn("web-2")  # another's turn holds nothing up
        await save("web-3")

    loop.run_until_complete(play())
    assert loop.run_until_complete(store.keys()) == [SENDER, "web-3"]


def test_what_was_sent_first_stays(store):
    sent = SentReplies(store.engine, b"key")
    from backtalk.channels.reply import Reply

    for words in ("first", "second"):
        with store.engine.begin() as connection:
            sent.keep(connection, SENDER, "m", [Reply(words, "answer")])
    with store.engine.connect() as connection:
        (reply,) = sent.find(connection, SENDER, "m")
    assert reply.text == "first"
