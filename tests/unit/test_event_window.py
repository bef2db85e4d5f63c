"""A turn reads the last turns of a session and the state from before them, however long it is."""

import itertools

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from backtalk.database import bring_up_to_date, open_database
from backtalk.database_threads import DatabaseThreads
from backtalk.engine.event_window import MOST_EVENTS, TURNS
from backtalk.engine.tracker_store import StoredConversations

DOMAIN = Domain.from_dict(
    {"slots": {name: {"type": "any", "mappings": [{"type": "custom"}]} for name in ("one", "two")}}
)


@pytest.fixture
def store(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'talk.db'}")
    bring_up_to_date(engine)
    return StoredConversations(engine, DatabaseThreads("test"), DOMAIN)


@pytest.fixture
def stored(loop, store):
    """`stored(events)` writes a conversation, of web-1 at first, and reads it as the next turn would."""
    numbers = itertools.count(1)

    def run(*events):
        sender = f"web-{next(numbers)}"

        async def talk():
            tracker = DialogueStateTracker(sender, [AnySlot("one", []), AnySlot("two", [])])
            for event in events:
                tracker.update(event)
            await store.save(tracker)
            return await store.retrieve(sender)

        return loop.run_until_complete(talk())

    return run


def turn(number):
    return [
        UserUttered(f"ask {number}"),
        ActionExecuted("utter_answer"),
        BotUttered(f"say {number}"),
        ActionExecuted("action_listen"),
    ]


def turns(first, last):
    return [event for number in range(first, last) for event in turn(number)]


START = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]


def asked(tracker):
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


def test_a_short_conversation_is_read_whole(stored):
    assert asked(stored(*START, *turns(0, 3))) == ["ask 0", "ask 1", "ask 2"]


def test_of_a_long_conversation_only_the_last_turns_are_read(stored):
    tracker = stored(*START, *turns(0, 100))
    assert asked(tracker) == [f"ask {number}" for number in range(100 - TURNS, 100)]
    assert tracker.latest_action_name == "action_listen"
    assert isinstance(tracker.events[0], ActionExecuted)


def test_fewer_turns_are_read_if_one_of_them_answered_something(stored):
    said = {"topic": "condition/sciatica", "type": "inform"}
    answer = BotUttered("Sciatica is", metadata={"metadata": said})
    tracker = stored(
        *START, SlotSet("one", 1), *turns(0, 97), UserUttered("sciatica"), answer, *turns(98, 100)
    )
    assert asked(tracker) == ["ask 96", "sciatica", "ask 98", "ask 99"]
    assert tracker.get_slot("one") == 1
    hello = BotUttered("Hello", metadata={"metadata": said | {"type": "smalltalk"}})
    tracker = stored(*START, *turns(0, 97), UserUttered("hello"), hello, *turns(98, 100))
    assert len(asked(tracker)) == TURNS
    tracker = stored(*START, *turns(0, 89), UserUttered("sciatica"), answer, *turns(90, 100))
    assert "sciatica" in asked(tracker)


def test_a_session_that_has_ended_is_not_read(stored):
    tracker = stored(*START, SlotSet("one", "old"), *turns(0, 3), *START, *turns(3, 5))
    assert asked(tracker) == ["ask 3", "ask 4"]
    assert tracker.get_slot("one") is None


def test_slots_hold_what_was_set_before_the_window(stored):
    tracker = stored(*START, SlotSet("one", 1), SlotSet("two", 2), SlotSet("one", {"a": 3}), *turns(0, 50))
    assert (tracker.get_slot("one"), tracker.get_slot("two")) == ({"a": 3}, 2)


def test_a_slot_set_in_the_window_wins(stored):
    tracker = stored(*START, SlotSet("one", 1), *turns(0, 50), SlotSet("one", None), *turns(50, 53))
    assert tracker.get_slot("one") is None


def test_slots_of_an_earlier_session_or_before_a_reset_are_gone(stored):
    earlier = [*START, SlotSet("one", "old")]
    assert stored(*earlier, *START, *turns(0, 50)).get_slot("one") is None
    assert stored(*earlier, AllSlotsReset(), SlotSet("two", 2), *turns(0, 50)).get_slot("one") is None
    assert stored(*earlier, Restarted(), SlotSet("two", 2), *turns(0, 50)).get_slot("one") is None


def test_an_open_form_stays_open_and_a_closed_one_closed(stored):
    assert stored(*START, ActiveLoop("form"), *turns(0, 50)).active_loop_name == "form"
    closed = [*START, ActiveLoop("form"), ActiveLoop(None), *turns(0, 50)]
    assert stored(*closed).active_loop_name is None


def test_a_turn_with_very_many_events_still_has_a_limit(stored):
    many = [SlotSet("two", number) for number in range(1000)]
    tracker = stored(*START, SlotSet("one", 1), UserUttered("ask"), *many)
    assert MOST_EVENTS <= len(tracker.events) <= MOST_EVENTS + 2
    assert (tracker.get_slot("one"), tracker.get_slot("two")) == (1, 999)


def test_a_long_conversation_is_only_appended_to(loop, store, stored):
    stored(*START, *turns(0, 50))

    async def talk():
        for number in range(50, 55):
            tracker = await store.get_or_create_tracker("web-1", append_action_listen=False)
            for event in turn(number):
                tracker.update(event)
            await store.save(tracker)
            await store.save(tracker)  # a second time adds nothing
        return await store.retrieve_full_tracker("web-1")

    everything = loop.run_until_complete(talk())
    assert asked(everything) == [f"ask {number}" for number in range(55)]
    assert len(everything.events) == len(START) + 55 * 4


def test_nothing_is_written_for_a_sender_who_said_nothing(loop, store):
    async def talk():
        await store.get_or_create_tracker("web-2", append_action_listen=False)
        return await store.keys()

    assert loop.run_until_complete(talk()) == []


def test_rasas_own_store_reads_the_same_conversation(loop, store, stored, tmp_path):
    from rasa.core.tracker_store import SQLTrackerStore

    stored(*START, SlotSet("one", 1), *turns(0, 30))
    rasas = SQLTrackerStore(DOMAIN, db=str(tmp_path / "talk.db"))
    tracker = loop.run_until_complete(rasas.retrieve("web-1"))
    assert asked(tracker) == [f"ask {number}" for number in range(30)]


def test_a_conversation_that_rasas_own_code_made_is_appended_to_without_doubles(loop, store):
    async def talk():
        tracker = DialogueStateTracker.from_events("web-1", [*START, *turns(0, 2)], DOMAIN.slots)
        await store.save(tracker)
        tracker.update(SlotSet("one", 1))
        await store.save(tracker)
        return await store.retrieve("web-1")

    tracker = loop.run_until_complete(talk())
    assert asked(tracker) == ["ask 0", "ask 1"]
    assert tracker.get_slot("one") == 1


def test_what_is_new_goes_to_the_event_broker_once_it_is_stored(loop, store):
    published = []

    class Broker:
        def publish(self, event):
            published.append(event)

    store.event_broker = Broker()

    async def talk():
        tracker = await store.get_or_create_tracker("web-1")
        await store.save(tracker)
        tracker.update(SlotSet("one", 1))
        await store.save(tracker)

    loop.run_until_complete(talk())
    assert [(event["sender_id"], event["event"]) for event in published] == [
        ("web-1", "action"),
        ("web-1", "slot"),
    ]
