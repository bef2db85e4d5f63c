"""Stored conversations that several processes write: none appends to a history that grew behind its back."""

from __future__ import annotations

from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import func, select

from backtalk.engine.event_window import Table
from backtalk.engine.stored_tracker import StoredTracker
from backtalk.engine.tracker_store import StoredConversations


class HistoryGrew(RuntimeError):
    """Another process had the sender's turn meanwhile: this one stood still for longer than its lease."""


class SharedConversations(StoredConversations):
    """Turns are ordered elsewhere; this is the fence for a process that lost its turn unawares."""

    def _append(self, tracker: DialogueStateTracker) -> None:
        """Raises HistoryGrew, SQLAlchemyError."""
        is_read_here = isinstance(tracker, StoredTracker)
        if is_read_here and self._newest(tracker.sender_id) != tracker.newest:
            raise HistoryGrew("not stored: the conversation went on elsewhere")
        super()._append(tracker)
        if is_read_here:
            tracker.newest = self._newest(tracker.sender_id)

    def _newest(self, sender_id: str) -> int:
        query = select(func.max(Table.c.id)).where(Table.c.sender_id == sender_id)
        with self.engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)
