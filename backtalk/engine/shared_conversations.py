"""Stored conversations that several processes write: none appends to a history that grew behind its back."""

from __future__ import annotations

from typing import Any, Optional

from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import func, select

from backtalk.engine.event_window import Table
from backtalk.engine.tracker_store import READ_SECONDS, StoredConversations, StoredTracker


class HistoryGrew(RuntimeError):
    """Another process had the sender's turn meanwhile: this one stood still for longer than its lease."""


class SharedConversations(StoredConversations):
    """Turns are ordered elsewhere; this is the fence for a process that lost its turn unawares."""

    async def _retrieve(
        self, sender_id: str, fetch_events_from_all_sessions: bool
    ) -> Optional[DialogueStateTracker]:
        """Raises as `StoredConversations` does."""
        # Asked first: what comes in between then counts as grown.
        newest = await self._threads.call(self._newest, sender_id, seconds=READ_SECONDS)
        tracker = await super()._retrieve(sender_id, fetch_events_from_all_sessions)
        if isinstance(tracker, StoredTracker):
            tracker.newest = newest
        return tracker

    def _append(self, tracker: DialogueStateTracker) -> None:
        """Raises HistoryGrew, SQLAlchemyError."""
        if isinstance(tracker, StoredTracker):
            known: Any = getattr(tracker, "newest", 0)
            if self._newest(tracker.sender_id) != known:
                raise HistoryGrew("not stored: the conversation went on elsewhere")
        super()._append(tracker)
        if isinstance(tracker, StoredTracker):
            tracker.newest = self._newest(tracker.sender_id)

    def _newest(self, sender_id: str) -> int:
        query = select(func.max(Table.c.id)).where(Table.c.sender_id == sender_id)
        with self.engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)
