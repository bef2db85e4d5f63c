"""Stored conversations: Rasa's SQL store in threads, in our database, with limits on waiting."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Iterable, Mapping, Optional, Sequence

from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import insert
from sqlalchemy.engine import Engine
from sqlalchemy.orm import sessionmaker

from backtalk.database_threads import DatabaseThreads
from backtalk.engine.private_words import without_private_words

READ_SECONDS = 1.5
WRITE_SECONDS = 3.2  # a little longer than the database itself waits for a lock
_SAID = ("user", "bot")
_Event = SQLTrackerStore.SQLEvent


class StoredConversations(SQLTrackerStore):
    """Conversations in the database behind `engine`.

    Rasa's own store calls the database on the event loop, so that one that hangs stops the whole server.
    """

    def __init__(self, engine: Engine, threads: DatabaseThreads, domain: Optional[Domain] = None) -> None:
        """Makes Rasa's table if it is missing. Waits for the database; raises SQLAlchemyError."""
        self.engine = engine
        self.sessionmaker = sessionmaker(bind=engine, future=True)
        self._threads = threads
        self._saving: dict[str, asyncio.Future[None]] = {}
        self.Base.metadata.create_all(engine)
        TrackerStore.__init__(self, domain or Domain.empty(), None)

    async def _retrieve(
        self, sender_id: str, fetch_events_from_all_sessions: bool
    ) -> Optional[DialogueStateTracker]:
        """Raises DatabaseTimeout, SQLAlchemyError: better no turn than one that forgets the last."""
        late = self._saving.get(sender_id)
        if late:
            await asyncio.wait({late}, timeout=READ_SECONDS)
        events = await self._threads.call(
            self._read, sender_id, fetch_events_from_all_sessions, seconds=READ_SECONDS
        )
        return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots) if events else None

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
        return self._delete(_Event.sender_id == sender_id)

    def forget_before(self, timestamp: float) -> int:
        """Delete all events before `timestamp` (seconds since 1970); how many. Waits for the database."""
        return self._delete(_Event.timestamp < timestamp)

    def _saved(self, sender_id: str, saving: asyncio.Future[None]) -> None:
        if self._saving.get(sender_id) is saving:
            del self._saving[sender_id]
        if not saving.cancelled():
            saving.exception()

    def _read(self, sender_id: str, all_sessions: bool) -> list[Any]:
        with self.sessionmaker() as session:
            query = self._event_query(session, sender_id, all_sessions)
            return [json.loads(data) for (data,) in query.with_entities(_Event.data)]

    def _append(self, tracker: DialogueStateTracker) -> None:
        with self.sessionmaker() as session:
            new = [
                without_private_words(event.as_dict()) for event in self._additional_events(session, tracker)
            ]
            rows = [
                {
                    "sender_id": tracker.sender_id,
                    "type_name": data["event"],
                    "timestamp": data.get("timestamp"),
                    "intent_name": ((data.get("parse_data") or {}).get("intent") or {}).get("name"),
                    "action_name": data.get("name"),
                    "data": json.dumps(data),
                }
                for data in new
            ]
            if rows:
                session.execute(insert(_Event.__table__), rows)  # one statement, not one for each event
            session.commit()

    def _all_senders(self) -> list[str]:
        with self.sessionmaker() as session:
            return [sender for (sender,) in session.query(_Event.sender_id).distinct()]

    def _said(self, sender_id: str, most: int) -> list[Mapping[str, Any]]:
        with self.sessionmaker() as session:
            rows = session.query(_Event.data).filter(
                _Event.sender_id == sender_id, _Event.type_name.in_(_SAID)
            )
            latest = rows.order_by(_Event.id.desc()).limit(most).all()
        return [json.loads(data) for (data,) in reversed(latest)]

    def _delete(self, which: Any) -> int:
        with self.sessionmaker() as session:
            number = session.query(_Event).filter(which).delete(synchronize_session=False)
            session.commit()
            return int(number)
