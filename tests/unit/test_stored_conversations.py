"""Conversations in the database: off the event loop, in order, erased and forgotten when due."""

import asyncio
import datetime as dt
import time

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from backtalk.booking.cipher import FieldCipher
from backtalk.channels.reply import Button, Reply
from backtalk.channels.sent_replies import SentReplies
from backtalk.channels.sms_records import SmsRecords
from backtalk.database import bring_up_to_date, open_database
from backtalk.database_threads import DatabaseThreads, DatabaseTimeout
from backtalk.engine.tracker_store import StoredConversations
from backtalk.server.retention import Retention

DAY = 24 * 3600


@pytest.fixture
def engine(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'talk.db'}")
    bring_up_to_date(engine)
    return engine


@pytest.fixture
def store(engine):
    return StoredConversations(engine, DatabaseThreads("test"), Domain.empty())


def tracker_of(sender, *texts, at=None):
    at = at or time.time()
    events = [ActionExecuted("action_listen", timestamp=at)]
    for text in texts:
        events += [UserUttered(text, timestamp=at), BotUttered(f"on {text}", timestamp=at)]
    return DialogueStateTracker.from_events(sender, events)


def test_what_is_saved_is_read_again_and_appended_to(loop, store):
    async def talk():
        await store.save(tracker_of("web-1", "one"))
        tracker = await store.retrieve("web-1")
        tracker.update(UserUttered("two"))
        await store.save(tracker)
        return await store.retrieve("web-1"), await store.retrieve("web-2"), await store.keys()

    found, missing, keys = loop.run_until_complete(talk())
    assert [event.text for event in found.events if isinstance(event, UserUttered)] == ["one", "two"]
    assert missing is None
    assert keys == ["web-1"]


def test_only_what_patient_and_bot_said_is_history_and_only_the_last_of_it(loop, store):
    async def talk():
        await store.save(tracker_of("web-1", "one", "two"))
        return await store.said("web-1", 3)

    assert [event["text"] for event in loop.run_until_complete(talk())] == ["on one", "two", "on two"]


def test_a_database_that_hangs_fails_the_turn_in_time_and_stops_nobody(loop, store, monkeypatch):
    monkeypatch.setattr("backtalk.engine.tracker_store.READ_SECONDS", 0.05)
    monkeypatch.setattr(store, "read_on", lambda *_, **__: time.sleep(0.5))

    async def talk():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.005)

        ticking = asyncio.create_task(tick())
        with pytest.raises(DatabaseTimeout):
            await store.retrieve("web-1")
        ticking.cancel()
        return ticks

    assert loop.run_until_complete(talk()) > 3


def test_a_save_that_nobody_waits_for_any_more_ends_before_the_next_turn_reads(loop, store, monkeypatch):
    append = store._append

    def slowly(*arguments):
        time.sleep(0.1)
        append(*arguments)

    monkeypatch.setattr(store, "_append", slowly)

    async def talk():
        saving = asyncio.create_task(store.save(tracker_of("web-1", "one")))
        await asyncio.sleep(0.01)
        saving.cancel()
        return await store.retrieve("web-1")

    assert loop.run_until_complete(talk()) is not None


def test_erasing_concerns_one_sender_only(loop, store):
    async def talk():
        await store.save(tracker_of("web-1", "one"))
        await store.save(tracker_of("web-2", "one"))
        store.erase("web-1")
        return await store.retrieve("web-1"), await store.retrieve("web-2")

    gone, left = loop.run_until_complete(talk())
    assert gone is None
    assert left is not None


def test_conversations_are_deleted_after_the_clinics_days_and_sent_replies_after_a_day(loop, store, engine):
    threads = DatabaseThreads("test")
    sent = SentReplies(engine, b"key")
    reply = Reply("hello", "smalltalk", buttons=(Button("a", "/b"),), sources=({"title": "t"},))
    retention = Retention(store, sent, SmsRecords(engine, threads, FieldCipher((), b"k" * 32)), threads, 30)
    now = dt.datetime.now(dt.timezone.utc)

    def found():
        with engine.connect() as connection:
            return sent.find(connection, "web-new", "m")

    async def talk():
        await store.save(tracker_of("web-old", "one", at=time.time() - 31 * DAY))
        await store.save(tracker_of("web-new", "one", at=time.time() - 20 * DAY))
        with engine.begin() as connection:
            sent.keep(connection, "web-new", "m", [reply])
        assert retention.delete_old(now) == (3, 0, 0, 0)
        assert found() == (reply,)
        assert retention.delete_old(now + dt.timedelta(hours=25)) == (0, 1, 0, 0)
        return await store.keys(), found()

    assert loop.run_until_complete(talk()) == (["web-new"], None)
