"""A stored conversation has the same applied events as Rasa's own, whatever was taken back in it."""

import random

import pytest
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from backtalk.engine.stored_tracker import StoredTracker

USUAL = (
    lambda: UserUttered("words", {"name": "ask"}),
    lambda: ActionExecuted("utter_answer"),
    lambda: ActionExecuted("action_listen"),
    lambda: BotUttered("words"),
    lambda: SlotSet("one", 1),
    SessionStarted,
    Restarted,
)
UNUSUAL = (
    ActionReverted,
    UserUtteranceReverted,
    lambda: ActiveLoop("form"),
    lambda: ActiveLoop(None),
    lambda: ActionExecuted("form"),
)


@pytest.mark.parametrize("kinds", [USUAL, USUAL + UNUSUAL], ids=["usual", "unusual"])
@pytest.mark.parametrize("number", range(40))
def test_applied_events_are_those_of_rasa(kinds, number):
    chance = random.Random(number)
    ours, rasas = StoredTracker("web-1", None), DialogueStateTracker("web-1", None)
    for _ in range(chance.randrange(0, 30)):
        event = chance.choice(kinds)()
        ours.update(event)
        rasas.update(event)
    assert ours.applied_events() == rasas.applied_events()
    assert [id(e) for e in ours.applied_events()] == [id(e) for e in rasas.applied_events()]
