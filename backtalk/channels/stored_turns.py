"""A turn's two visits to the database: one before it, one after it, each a single transaction.

What is sent for a message is stored with the turn that made it: a message that comes again, after a crash
too, finds both or neither.
"""

from __future__ import annotations

import logging
from typing import Sequence, Tuple

from sqlalchemy.engine import Connection

from backtalk.channels.reply import Reply
from backtalk.channels.sent_replies import SentReplies
from backtalk.engine.open_turn import OpenTurn
from backtalk.engine.tracker_store import Read, StoredConversations

logger = logging.getLogger(__name__)


class StoredTurns:
    """The beginning and the end of a turn, as the guard has them."""

    def __init__(self, conversations: StoredConversations, sent: SentReplies) -> None:
        self._conversations = conversations
        self._sent = sent

    async def begin(self, turn: OpenTurn, message_id: str | None) -> Sequence[Reply] | None:
        """Read the conversation; what was sent for this message if it came before.

        Never raises: if the database refuses, rather a second turn than silence.
        """

        def look(connection: Connection) -> Tuple[Sequence[Reply] | None, Read | None]:
            sent = self._sent.find(connection, turn.sender, message_id) if message_id else None
            return sent, None if sent else self._conversations.read_on(connection, turn.sender)

        try:
            sent, turn.read = await self._conversations.reading(turn.sender, look)
        except Exception as error:
            logger.error("turn not read", extra={"error": type(error).__name__})
            return None
        return sent

    async def end(self, turn: OpenTurn, message_id: str | None, replies: Sequence[Reply] = ()) -> None:
        """Store what the turn saved, and `replies` as sent for its message; what was sent first stays.

        Raises DatabaseTimeout, SQLAlchemyError, HistoryGrew; then nothing of it is stored.
        """
        unsaved, turn.unsaved = turn.unsaved, None

        def keep(connection: Connection) -> None:
            if message_id and replies:
                self._sent.keep(connection, turn.sender, message_id, replies)

        if unsaved is not None or (message_id and replies):
            await self._conversations.write(turn.sender, unsaved, keep)
