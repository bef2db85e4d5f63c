"""A conversation that was read from the database."""

from __future__ import annotations

from typing import List

from rasa.shared.core.events import (
    ActionReverted,
    ActiveLoop,
    Event,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
)
from rasa.shared.core.trackers import DialogueStateTracker

_STARTS = frozenset({Restarted, SessionStarted})
_TAKES_BACK = frozenset({ActionReverted, UserUtteranceReverted, ActiveLoop})


class StoredTracker(DialogueStateTracker):
    """The first `stored` of its events are in the database; `newest` was the last id when it was read."""

    stored = 0
    newest = 0

    def applied_events(self) -> List[Event]:
        """As Rasa's own, which asks each event seven times a turn of which abstract class it is."""
        events = list(self.events)
        if not _TAKES_BACK.isdisjoint(map(type, events)):
            return list(super().applied_events())
        start = next((i for i in range(len(events), 0, -1) if type(events[i - 1]) in _STARTS), 0)
        return events[start:]
