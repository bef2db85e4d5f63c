"""Stored conversations as a channel sees them: reading back, and erasing everything of one sender."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from backtalk.booking.erasure import Erasure
from backtalk.channels.sent_replies import SentReplies
from backtalk.channels.sms_records import SmsRecords
from backtalk.database_threads import DatabaseThreads
from backtalk.engine.tracker_store import StoredConversations

_ERASE_SECONDS = 4.0


class ConversationArchive:
    """Triage events stay when a conversation is erased: they hold no words and only a keyed hash."""

    def __init__(
        self,
        conversations: StoredConversations,
        sent: SentReplies,
        sms: SmsRecords,
        threads: DatabaseThreads,
        bookings: Erasure | None = None,
    ) -> None:
        self._conversations = conversations
        self._sent = sent
        self._sms = sms
        self._threads = threads
        self._bookings = bookings

    async def said(self, session: str, most: int) -> Sequence[Mapping[str, Any]]:
        """The last `most` events of patient and bot. Raises DatabaseTimeout, SQLAlchemyError."""
        return await self._conversations.said(session, most)

    async def erase(self, session: str) -> None:
        """Delete the conversation and the record of what was sent; that a phone said STOP stays.

        Raises as `said`.
        """
        await self._threads.call(self._erase, session, seconds=_ERASE_SECONDS)

    async def erase_open_requests(self, session: str) -> list[str]:
        """Delete this sender's booking requests that are not finished; their references. Raises as `said`.

        What was delivered to the clinic's own systems is there still.
        """
        if self._bookings is None:
            return []

        def work(bookings: Erasure) -> list[str]:
            return bookings.by_conversation(session, only_open=True)

        return await self._threads.call(work, self._bookings, seconds=_ERASE_SECONDS)

    def _erase(self, session: str) -> None:
        self._conversations.erase(session)
        self._sent.erase(session)
        self._sms.erase(session)
