"""A database that Rasa's own code made, or an older version of ours, is brought up to date with all in it."""

import json

import pytest
from alembic import command
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import inspect, text

from backtalk.database import bring_up_to_date, migrations, open_database, versions
from backtalk.database_threads import DatabaseThreads
from backtalk.engine.tracker_store import StoredConversations

SAID = [ActionExecuted("action_listen"), UserUttered("what is sciatica"), ActionExecuted("utter_answer")]


@pytest.fixture
def engine(database_url):
    engine = open_database(database_url)
    yield engine
    engine.dispose()


def make_as_rasa_does(engine) -> None:
    SQLTrackerStore.Base.metadata.create_all(engine)
    query = text("insert into events (sender_id, type_name, timestamp, data) values (:s, :t, :at, :data)")
    with engine.begin() as connection:
        for event in SAID:
            data = event.as_dict()
            row = {"s": "web-1", "t": data["event"], "at": data["timestamp"], "data": json.dumps(data)}
            connection.execute(query, row)


def to(engine, version: str) -> None:
    config = migrations()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)


def test_conversations_that_rasa_stored_go_on(engine, loop):
    make_as_rasa_does(engine)
    bring_up_to_date(engine)
    store = StoredConversations(engine, DatabaseThreads("test"), Domain.empty())

    async def goes_on():
        tracker = await store.retrieve("web-1")
        assert [event.type_name for event in tracker.events] == ["action", "user", "action"]
        tracker.update(ActionExecuted("action_listen"))
        await store.save(tracker)
        return await store.retrieve("web-1")

    tracker: DialogueStateTracker = loop.run_until_complete(goes_on())
    assert [event.type_name for event in tracker.events] == ["action", "user", "action", "action"]
    assert tracker.latest_message.text == "what is sciatica"


@pytest.mark.parametrize("make", [make_as_rasa_does, lambda engine: None])
def test_tables_rasa_made_and_tables_we_made_are_searched_by_the_same_indexes(engine, make):
    make(engine)
    bring_up_to_date(engine)
    indexes = {one["name"] for one in inspect(engine).get_indexes("events")}
    assert indexes == {"ix_events_sender_id_id", "ix_events_timestamp", "ix_events_state"}


@pytest.mark.parametrize("version", ["0001", "0002", "0003", "0004", "0005"])
def test_every_older_version_comes_up_to_date(engine, version):
    to(engine, version)
    current, newest = versions(engine)
    assert current == version != newest
    bring_up_to_date(engine)
    assert versions(engine) == (newest, newest)
