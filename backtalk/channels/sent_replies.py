"""What was sent for which message, so that a message that comes again gets the same replies.

Kept for a day: a client that retries does so within minutes. Holds no words of a patient in clear text,
and of the sender only a keyed hash.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any, Mapping, Sequence

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from backtalk.audit.triage_event import hashed_sender
from backtalk.booking.cipher import FieldCipher
from backtalk.channels.reply import Button, Reply
from backtalk.channels.sent_reply_table import SentReply
from backtalk.database_threads import DatabaseThreads

KEPT = dt.timedelta(hours=24)
WAIT_SECONDS = 1.0
_SENT = SentReply.__table__
# Put together once: SQLAlchemy takes longer to do that than SQLite to answer.
_FIND = select(_SENT.c.replies).where(
    _SENT.c.sender == bindparam("of"), _SENT.c.message_id == bindparam("id")
)
_KEEP = insert(_SENT)


class SentReplies:
    """Stores and finds replies. Waits at most `WAIT_SECONDS` for the database."""

    def __init__(
        self, engine: Engine, key: bytes, threads: DatabaseThreads, cipher: FieldCipher | None = None
    ) -> None:
        """With `cipher`, the texts of private replies are stored encrypted; without, not at all."""
        self._cipher = cipher
        self._engine = engine
        self._key = key
        self._threads = threads

    async def find(self, sender: str, message_id: str) -> Sequence[Reply] | None:
        """The replies that were sent for this message. Raises DatabaseTimeout, SQLAlchemyError."""
        hashed = hashed_sender(sender, self._key)
        return await self._threads.call(self._find, hashed, message_id, seconds=WAIT_SECONDS)

    async def keep(self, sender: str, message_id: str, replies: Sequence[Reply]) -> None:
        """Store what is sent for this message; the first stays. Raises as `find`."""
        hashed = hashed_sender(sender, self._key)
        await self._threads.call(self._keep, hashed, message_id, replies, seconds=WAIT_SECONDS)

    def erase(self, sender: str) -> int:
        """Delete all that was sent to `sender`; how many. Waits for the database."""
        return self._delete(SentReply.sender == hashed_sender(sender, self._key))

    def purge(self, now: dt.datetime) -> int:
        """Delete what is older than `KEPT` at `now` (UTC); how many. Waits for the database."""
        return self._delete(SentReply.at < now - KEPT)

    def _find(self, hashed: str, message_id: str) -> Sequence[Reply] | None:
        with self._engine.connect() as connection:
            stored = connection.execute(_FIND, {"of": hashed, "id": message_id}).scalar()
        return None if stored is None else tuple(_from_dict(one, self._cipher) for one in stored)

    def _keep(self, hashed: str, message_id: str, replies: Sequence[Reply]) -> None:
        now = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
        if self._cipher is None and any(reply.is_private for reply in replies):
            return
        said = [_as_dict(reply, self._cipher) for reply in replies]
        row = {"sender": hashed, "message_id": message_id, "at": now, "replies": said}
        try:
            with self._engine.begin() as connection:
                connection.execute(_KEEP, row)
        except IntegrityError:
            return  # another process was first

    def _delete(self, which: Any) -> int:
        with self._engine.begin() as connection:
            return int(connection.execute(delete(SentReply).where(which)).rowcount)


def _as_dict(reply: Reply, cipher: FieldCipher | None) -> dict[str, Any]:
    fields = asdict(reply)
    if reply.is_private and cipher:
        fields["text"] = cipher.encrypt(reply.text)
    return fields


def _from_dict(stored: Mapping[str, Any], cipher: FieldCipher | None) -> Reply:
    fields = dict(stored)
    if fields.get("is_private") and cipher:
        fields["text"] = cipher.decrypt(fields["text"])
    fields["buttons"] = tuple(Button(**button) for button in fields["buttons"])
    for name in ("offers", "sources", "red_flags", "asked", "erases"):
        fields[name] = tuple(fields.get(name, ()))
    return Reply(**fields)
