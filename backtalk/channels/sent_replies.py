"""What was sent for which message, so that a message that comes again gets the same replies.

Kept for a day: a client that retries does so within minutes. Holds no words of a patient in clear text,
and of the sender only a keyed hash.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Mapping, Sequence

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from backtalk.audit.triage_event import hashed_sender
from backtalk.booking.cipher import FieldCipher
from backtalk.channels.reply import Button, Reply
from backtalk.channels.sent_reply_table import SentReply

KEPT = dt.timedelta(hours=24)
_SENT = SentReply.__table__
# Put together once: SQLAlchemy takes longer to do that than SQLite to answer.
_FIND = select(_SENT.c.replies).where(
    _SENT.c.sender == bindparam("of"), _SENT.c.message_id == bindparam("id")
)
_KEEP = {
    "postgresql": postgresql.insert(_SENT).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(_SENT).on_conflict_do_nothing(),
}


class SentReplies:
    """Stores and finds replies."""

    def __init__(self, engine: Engine, key: bytes, cipher: FieldCipher | None = None) -> None:
        """With `cipher`, the texts of private replies are stored encrypted; without, not at all."""
        self._cipher = cipher
        self._engine = engine
        self._key = key

    def find(self, connection: Connection, sender: str, message_id: str) -> Sequence[Reply] | None:
        """The replies that were sent for this message. Raises SQLAlchemyError."""
        asked = {"of": hashed_sender(sender, self._key), "id": message_id}
        stored = connection.execute(_FIND, asked).scalar()
        return None if stored is None else tuple(_from_dict(one, self._cipher) for one in stored)

    def keep(self, connection: Connection, sender: str, message_id: str, replies: Sequence[Reply]) -> None:
        """Store what is sent for this message; the first stays. Raises SQLAlchemyError."""
        if self._cipher is None and any(reply.is_private for reply in replies):
            return
        row = {
            "sender": hashed_sender(sender, self._key),
            "message_id": message_id,
            "at": dt.datetime.now(dt.timezone.utc).replace(tzinfo=None),
            "replies": [_as_dict(reply, self._cipher) for reply in replies],
        }
        connection.execute(_KEEP[connection.dialect.name], row)

    def erase(self, sender: str) -> int:
        """Delete all that was sent to `sender`; how many. Waits for the database."""
        return self._delete(SentReply.sender == hashed_sender(sender, self._key))

    def purge(self, now: dt.datetime) -> int:
        """Delete what is older than `KEPT` at `now` (UTC); how many. Waits for the database."""
        return self._delete(SentReply.at < now - KEPT)

    def _delete(self, which: Any) -> int:
        with self._engine.begin() as connection:
            return int(connection.execute(delete(SentReply).where(which)).rowcount)


def _as_dict(reply: Reply, cipher: FieldCipher | None) -> dict[str, Any]:
    # dataclasses.asdict would copy all that is in it, to the bottom.
    fields = {**vars(reply), "buttons": [vars(button) for button in reply.buttons]}
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
