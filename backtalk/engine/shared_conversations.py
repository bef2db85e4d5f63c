"""Stored conversations that several processes write: none appends to a history that grew behind its back."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import bindparam, func, select
from sqlalchemy.engine import Connection

from backtalk.engine.event_window import Table
from backtalk.engine.stored_tracker import StoredTracker
from backtalk.engine.tracker_store import StoredConversations

_NEWEST = select(func.max(Table.c.id)).where(Table.c.sender_id == bindparam("sender"))


class HistoryGrew(RuntimeError):
    """Another process had the sender's turn meanwhile: this one stood still for longer than its lease."""


class SharedConversations(StoredConversations):
    """Turns are ordered elsewhere; this is the fence for a process that lost its turn unawares."""

    def _insert(
        self, connection: Connection, tracker: DialogueStateTracker, events: Sequence[Mapping[str, Any]]
    ) -> None:
        """Raises HistoryGrew, SQLAlchemyError."""
        is_read_here = isinstance(tracker, StoredTracker)
        if is_read_here and _newest(connection, tracker.sender_id) != tracker.newest:
            raise HistoryGrew("not stored: the conversation went on elsewhere")
        super()._insert(connection, tracker, events)
        if is_read_here:
            tracker.newest = _newest(connection, tracker.sender_id)


def _newest(connection: Connection, sender_id: str) -> int:
    return int(connection.execute(_NEWEST, {"sender": sender_id}).scalar() or 0)
