"""Red flags are counted for review, without a patient's words."""

import datetime as dt
import sqlite3

import pytest
from sqlalchemy import inspect

from backtalk.audit.triage_event import Noticed, TriageLog, Wanted, hashed_sender, read_events
from backtalk.database import DatabaseError, bring_up_to_date, open_database

STROKE = Noticed("emergency", ("stroke_signs",), "urgent")
NIGHT = Noticed("soon", ("night_pain",), "soon")


@pytest.fixture
def engine(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'var' / 'events.db'}")
    bring_up_to_date(engine)
    return engine


@pytest.fixture
def log(engine):
    return TriageLog(engine, b"a key", catalogue_version=7)


def test_an_event_says_when_what_and_what_was_shown(engine, log):
    log.record([STROKE], sender="web-123", channel="web")
    (event,) = read_events(engine, Wanted())
    now = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
    assert abs(event.at - now) < dt.timedelta(minutes=1)
    assert (event.tier, event.flags, event.shown) == ("emergency", ["stroke_signs"], "urgent")
    assert (event.channel, event.catalogue_version) == ("web", 7)


def test_the_sender_is_a_keyed_hash(engine, log):
    log.record([STROKE], sender="sms-+12025550143", channel="sms")
    (event,) = read_events(engine, Wanted())
    assert event.sender == hashed_sender("sms-+12025550143", b"a key")
    assert event.sender != hashed_sender("sms-+12025550143", b"another key")
    assert "555" not in event.sender


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        (Wanted(), 3),
        (Wanted(tier="emergency"), 1),
        (Wanted(flag="night_pain"), 2),
        (Wanted(channel="sms"), 1),
        (Wanted(shown="soon"), 2),
        (Wanted(flag="night_pain", channel="sms"), 1),
        (Wanted(since=dt.datetime(2999, 1, 1)), 0),
        (Wanted(until=dt.datetime(2001, 1, 1)), 0),
    ],
)
def test_events_are_read_by_what_is_wanted(engine, log, wanted, number):
    log.record([STROKE, NIGHT], sender="web-1", channel="web")
    log.record([NIGHT], sender="sms-2", channel="sms")
    assert len(list(read_events(engine, wanted))) == number


def test_bringing_up_to_date_twice_changes_nothing(engine, log):
    log.record([STROKE], sender="web-1", channel="web")
    bring_up_to_date(engine)
    assert len(list(read_events(engine, Wanted()))) == 1


def test_the_migrations_make_the_table_that_the_model_declares(engine):
    from backtalk.audit.triage_event import TriageEvent

    made = {column["name"] for column in inspect(engine).get_columns("triage_event")}
    assert made == {column.name for column in TriageEvent.__table__.columns}


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/name", "sqlite:////proc/nowhere/x.db"])
def test_a_bad_address_is_refused_with_what_to_write_instead(url):
    with pytest.raises(DatabaseError, match="sqlite:///"):
        open_database(url)


def test_a_message_of_refusal_holds_no_password():
    engine = open_database("postgresql://backtalk:verysecret@127.0.0.1:1/none")
    with pytest.raises(DatabaseError) as refused:
        bring_up_to_date(engine)
    assert "verysecret" not in str(refused.value)


def test_the_urgent_text_is_recorded_without_the_patients_words(assistant, loop, engine, log, tmp_path):
    from backtalk.conversation import Conversation

    async def talk():
        conversation = Conversation(assistant, "web", log)
        await conversation.say("my grandma Ottilie has a drooping face since breakfast")
        await conversation.say("what is sciatica")
        await conversation.drained()

    loop.run_until_complete(talk())
    (event,) = read_events(engine, Wanted())
    assert (event.tier, event.shown) == ("emergency", "urgent")
    stored = "\n".join(sqlite3.connect(tmp_path / "var" / "events.db").iterdump())
    assert "stroke_signs" in stored
    assert "Ottilie" not in stored
    assert "breakfast" not in stored


def test_a_database_that_does_not_answer_costs_no_reply(assistant, loop, tmp_path):
    from backtalk.conversation import Conversation

    broken = TriageLog(open_database(f"sqlite:///{tmp_path / 'empty.db'}"), b"key", 1)  # has no table

    async def talk():
        conversation = Conversation(assistant, "web", broken)
        turn = await conversation.say("my face is drooping")
        await conversation.drained()
        return turn

    assert loop.run_until_complete(talk()).outcome == "urgent"
