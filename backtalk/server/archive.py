"""Stored conversations as a channel sees them: reading back, and erasing everything of one sender."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from backtalk.channels.sent_replies import SentReplies
from backtalk.database_threads import DatabaseThreads
from backtalk.engine.tracker_store import StoredConversations

_ERASE_SECONDS = 4.0


class ConversationArchive:
    """Triage events stay when a conversation is erased: they hold no words and only a keyed hash."""

    def __init__(
        self, conversations: StoredConversations, sent: SentReplies, threads: DatabaseThreads
    ) -> None:
        self._conversations = conversations
        self._sent = sent
        self._threads = threads

    async def said(self, session: str, most: int) -> Sequence[Mapping[str, Any]]:
        """The last `most` events of patient and bot. Raises DatabaseTimeout, SQLAlchemyError."""
        return await self._conversations.said(session, most)

    async def erase(self, session: str) -> None:
        """Delete the conversation and the record of what was sent. Raises as `said`."""
        await self._threads.call(self._erase, session, seconds=_ERASE_SECONDS)

    def _erase(self, session: str) -> None:
        self._conversations.erase(session)
        self._sent.erase(session)
