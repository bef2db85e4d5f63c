"""Stored conversations: Rasa's `events` table, read and written in one short transaction a turn."""

from __future__ import annotations

import asyncio
import json
from itertools import islice
from typing import Any, Iterable, List, Mapping, Optional, Sequence, Tuple

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import sessionmaker

from backtalk.database_threads import DatabaseThreads
from backtalk.engine.event_types import event_of
from backtalk.engine.event_window import Table, all_events, recent_events
from backtalk.engine.private_words import without_private_words
from backtalk.engine.stored_tracker import StoredTracker

READ_SECONDS = 1.5
WRITE_SECONDS = 3.2  # a little longer than the database itself waits for a lock
_SAID = ("user", "bot")
_INSERT = insert(Table)


class StoredConversations(SQLTrackerStore):
    """Conversations in the database behind `engine`, in the table that Rasa's own tools read.

    A turn costs one read and one write, whose size does not grow with the conversation. Rasa's own store
    reads and counts the whole session, and calls the database on the event loop, so that one that hangs
    stops the whole server. Nothing is kept between turns: several processes may serve one conversation,
    as long as only one of them at a time has its turn.
    """

    def __init__(
        self,
        engine: Engine,
        threads: DatabaseThreads,
        domain: Optional[Domain] = None,
        event_broker: Optional[EventBroker] = None,
    ) -> None:
        """The table comes with the migrations. `event_broker` gets what is new once it is stored."""
        self.engine = engine
        self.sessionmaker = sessionmaker(bind=engine, future=True)  # for what Rasa itself inherits
        self._threads = threads
        self._saving: dict[str, asyncio.Future[None]] = {}
        TrackerStore.__init__(self, domain or Domain.empty(), event_broker)

    async def get_or_create_tracker(
        self,
        sender_id: str,
        max_event_history: Optional[int] = None,
        append_action_listen: bool = True,
    ) -> DialogueStateTracker:
        """The conversation, or an empty one: nothing is written for it yet. Raises as `retrieve`."""
        tracker = await self.retrieve(sender_id)
        if tracker is None:
            tracker = StoredTracker(sender_id, self.domain.slots)
            if append_action_listen:
                tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
        return tracker

    async def _retrieve(
        self, sender_id: str, fetch_events_from_all_sessions: bool
    ) -> Optional[DialogueStateTracker]:
        """Raises DatabaseTimeout, SQLAlchemyError: better no turn than one that forgets the last."""
        late = self._saving.get(sender_id)
        if late:
            await asyncio.wait({late}, timeout=READ_SECONDS)
        events, newest = await self._threads.call(
            self._read, sender_id, fetch_events_from_all_sessions, seconds=READ_SECONDS
        )
        if not events:
            return None
        tracker = StoredTracker(sender_id, self.domain.slots)
        for event in events:
            tracker.update(event)
        tracker.stored, tracker.newest = len(tracker.events), newest
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append what is new. Raises DatabaseTimeout, SQLAlchemyError."""
        # A save that its turn no longer waits for still ends before the next turn reads.
        saving = asyncio.ensure_future(self._threads.call(self._append, tracker, seconds=WRITE_SECONDS))
        self._saving[tracker.sender_id] = saving
        saving.add_done_callback(lambda _: self._saved(tracker.sender_id, saving))
        await asyncio.shield(saving)

    async def keys(self) -> Iterable[str]:
        """The ids of all conversations."""
        return await self._threads.call(self._all_senders, seconds=READ_SECONDS)

    async def said(self, sender_id: str, most: int) -> Sequence[Mapping[str, Any]]:
        """The last `most` events of patient and bot, oldest first, in Rasa's form. Raises as `save`."""
        return await self._threads.call(self._said, sender_id, most, seconds=READ_SECONDS)

    def erase(self, sender_id: str) -> int:
        """Delete a conversation; how many events it had. Waits for the database."""
        return self._delete(Table.c.sender_id == sender_id)

    def forget_before(self, timestamp: float) -> int:
        """Delete all events before `timestamp` (seconds since 1970); how many. Waits for the database."""
        return self._delete(Table.c.timestamp < timestamp)

    def _saved(self, sender_id: str, saving: asyncio.Future[None]) -> None:
        if self._saving.get(sender_id) is saving:
            del self._saving[sender_id]
        if not saving.cancelled():
            saving.exception()

    def _read(self, sender_id: str, all_sessions: bool) -> Tuple[List[Event], int]:
        read = all_events if all_sessions else recent_events
        with self.engine.connect() as connection:
            found, newest = read(connection, sender_id)
        return [event for data in found if (event := event_of(data))], newest

    def _append(self, tracker: DialogueStateTracker) -> None:
        total = len(tracker.events)
        unsaved = islice(tracker.events, self._stored(tracker), total)
        new = [without_private_words(event.as_dict()) for event in unsaved]
        if new:
            with self.engine.begin() as connection:
                connection.execute(_INSERT, event_rows(tracker.sender_id, new))
        if isinstance(tracker, StoredTracker):
            tracker.stored = total  # saved again in this turn, only what came since is added
        if self.event_broker:
            for data in new:
                self.event_broker.publish({"sender_id": tracker.sender_id, **data})

    def _stored(self, tracker: DialogueStateTracker) -> int:
        """How many of the events are in the database; Rasa's tools bring trackers that were not read here."""
        if isinstance(tracker, StoredTracker):
            return tracker.stored
        with self.sessionmaker() as session:
            return int(self._event_query(session, tracker.sender_id, False).count())

    def _all_senders(self) -> list[str]:
        with self.engine.connect() as connection:
            return [sender for (sender,) in connection.execute(select(Table.c.sender_id).distinct())]

    def _said(self, sender_id: str, most: int) -> list[Mapping[str, Any]]:
        latest = (
            select(Table.c.data)
            .where(Table.c.sender_id == sender_id, Table.c.type_name.in_(_SAID))
            .order_by(Table.c.id.desc())
            .limit(most)
        )
        with self.engine.connect() as connection:
            rows = connection.execute(latest).all()
        return [json.loads(data) for (data,) in reversed(rows)]

    def _delete(self, which: Any) -> int:
        with self.engine.begin() as connection:
            return int(connection.execute(delete(Table).where(which)).rowcount)


def event_rows(sender_id: str, events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the table for events in Rasa's form."""
    return [
        {
            "sender_id": sender_id,
            "type_name": data["event"],
            "timestamp": data.get("timestamp"),
            "intent_name": ((data.get("parse_data") or {}).get("intent") or {}).get("name"),
            "action_name": data.get("name"),
            "data": json.dumps(data),
        }
        for data in events
    ]
