"""Stored conversations: Rasa's `events` table, read and written in one short transaction a turn."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from itertools import islice
from typing import Any, Callable, Iterable, List, Mapping, Optional, Sequence, Tuple, TypeVar

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import sessionmaker

from backtalk.database_threads import DatabaseThreads
from backtalk.engine.event_types import event_of
from backtalk.engine.event_window import Table, all_events, recent_events
from backtalk.engine.open_turn import open_turn
from backtalk.engine.private_words import without_private_words
from backtalk.engine.stored_tracker import StoredTracker

READ_SECONDS = 1.5
WRITE_SECONDS = 3.2  # a little longer than the database itself waits for a lock
_SAID = ("user", "bot")
_INSERT = insert(Table)
Read = Tuple[List[Event], int]
Result = TypeVar("Result")


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
        turn = open_turn(sender_id)
        if turn and turn.read and not fetch_events_from_all_sessions:
            (events, newest), turn.read = turn.read, None
        else:
            read = partial(self.read_on, sender_id=sender_id, all_sessions=fetch_events_from_all_sessions)
            events, newest = await self.reading(sender_id, read)
        if not events:
            return None
        tracker = StoredTracker(sender_id, self.domain.slots)
        for event in events:
            tracker.update(event)
        tracker.stored, tracker.newest = len(tracker.events), newest
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append what is new; in a turn that is open, at its end. Raises as `write`."""
        turn = open_turn(tracker.sender_id)
        if turn:
            turn.unsaved = tracker
        else:
            await self.write(tracker.sender_id, tracker)

    async def reading(self, sender_id: str, read: Callable[[Connection], Result]) -> Result:
        """What `read` finds of a sender's conversation, after what is still being written of it.

        Raises DatabaseTimeout, SQLAlchemyError.
        """
        late = self._saving.get(sender_id)
        if late:
            await asyncio.wait({late}, timeout=READ_SECONDS)
        return await self._threads.call(self._connected, read, seconds=READ_SECONDS)

    async def write(
        self,
        sender_id: str,
        tracker: DialogueStateTracker | None,
        also: Callable[[Connection], None] = lambda _: None,
    ) -> None:
        """In one transaction append what is new in `tracker`, and do `also`.

        Raises DatabaseTimeout, SQLAlchemyError.
        """
        # What its turn no longer waits for is still written before the next turn reads.
        saving = asyncio.ensure_future(self._threads.call(self._append, tracker, also, seconds=WRITE_SECONDS))
        self._saving[sender_id] = saving
        saving.add_done_callback(lambda _: self._saved(sender_id, saving))
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

    def read_on(self, connection: Connection, sender_id: str, all_sessions: bool = False) -> Read:
        """The events a turn needs, oldest first, and the id of the newest; all with `all_sessions`."""
        found, newest = (all_events if all_sessions else recent_events)(connection, sender_id)
        return [event for data in found if (event := event_of(data))], newest

    def _connected(self, read: Callable[[Connection], Result]) -> Result:
        with self.engine.connect() as connection:
            return read(connection)

    def _append(self, tracker: DialogueStateTracker | None, also: Callable[[Connection], None]) -> None:
        total = len(tracker.events) if tracker else 0
        unsaved = islice(tracker.events, self._stored(tracker), total) if tracker else ()
        new = [without_private_words(event.as_dict()) for event in unsaved]
        with self.engine.begin() as connection:
            if tracker and new:
                self._insert(connection, tracker, new)
            also(connection)
        if isinstance(tracker, StoredTracker):
            tracker.stored = total  # saved again in this turn, only what came since is added
        if tracker and self.event_broker:
            for data in new:
                self.event_broker.publish({"sender_id": tracker.sender_id, **data})

    def _insert(
        self, connection: Connection, tracker: DialogueStateTracker, events: Sequence[Mapping[str, Any]]
    ) -> None:
        connection.execute(_INSERT, event_rows(tracker.sender_id, events))

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
