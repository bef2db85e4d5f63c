"""Our shorter way to an event's class leads where Rasa's own leads."""

import pytest
import rasa.shared.utils.common
from rasa.shared.core.events import Event

from backtalk.engine.event_types import event_of, resolve_events_quickly

CLASSES = rasa.shared.utils.common.all_subclasses(Event)


@pytest.fixture
def quick(monkeypatch):
    slow = Event.resolve_by_type
    slow = getattr(slow, "slow", slow)
    monkeypatch.setattr(Event, "resolve_by_type", staticmethod(slow))
    resolve_events_quickly()
    return slow


@pytest.mark.parametrize("name", sorted({cls.type_name for cls in CLASSES}))
def test_each_event_has_the_same_class(name, quick):
    assert Event.resolve_by_type(name) is quick(name)


def test_an_unknown_event_is_treated_as_by_rasa(quick):
    assert Event.resolve_by_type("topic") is None
    assert Event.resolve_by_type("no such", Event) is Event
    with pytest.raises(ValueError, match="Unknown event"):
        Event.resolve_by_type("no such")


def test_an_unknown_event_in_the_database_is_left_out():
    assert event_of({"event": "no such", "timestamp": 1.0}) is None
    assert event_of({"event": "slot", "name": "one", "value": 2}).value == 2
