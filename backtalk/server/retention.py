"""Deleting what was promised to be kept only for a while."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from typing import Callable, NamedTuple

from backtalk.channels.sent_replies import SentReplies
from backtalk.channels.sms_records import SmsRecords
from backtalk.database_threads import DatabaseThreads
from backtalk.engine.tracker_store import StoredConversations

logger = logging.getLogger(__name__)
EVERY_SECONDS = 3600.0
_WAIT_SECONDS = 60.0


class Deleted(NamedTuple):
    """How many of each were too old."""

    events: int
    replies: int
    texts: int
    bookings: int


class Retention:
    """Deletes conversations and what is known of phones after `days`, booking requests after theirs.

    Sent replies go after a day. What red flags were noticed stays: it holds no words and only a keyed hash of
    the sender.
    """

    def __init__(
        self,
        conversations: StoredConversations,
        sent: SentReplies,
        sms: SmsRecords,
        threads: DatabaseThreads,
        days: int,
        erase_bookings: Callable[[], int] = lambda: 0,
    ) -> None:
        self._conversations = conversations
        self._sent = sent
        self._sms = sms
        self._threads = threads
        self._days = days
        self._erase_bookings = erase_bookings

    def delete_old(self, now: dt.datetime) -> Deleted:
        """Delete what is too old at `now` (aware); how much it was.

        Waits for the database; raises SQLAlchemyError.
        """
        events = self._conversations.forget_before((now - dt.timedelta(days=self._days)).timestamp())
        utc = now.astimezone(dt.timezone.utc).replace(tzinfo=None)
        texts = self._sms.purge(utc, self._days)
        return Deleted(events, self._sent.purge(utc), texts, self._erase_bookings())

    async def run(self, count_error: Callable[[str], None]) -> None:
        """Delete at once and then every hour, until cancelled. A failure is logged and tried again."""
        while True:
            try:
                now = dt.datetime.now(dt.timezone.utc)
                deleted = await self._threads.call(self.delete_old, now, seconds=_WAIT_SECONDS)
                if any(deleted):
                    logger.info("old data deleted", extra=deleted._asdict())
            except Exception as error:
                count_error("retention")
                logger.error("old data not deleted", extra={"error": type(error).__name__})
            await asyncio.sleep(EVERY_SECONDS)
