"""Deleting what was promised to be kept only for a while."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from typing import Callable

from backtalk.channels.sent_replies import SentReplies
from backtalk.channels.sms_records import SmsRecords
from backtalk.database_threads import DatabaseThreads
from backtalk.engine.conversations import StoredConversations

logger = logging.getLogger(__name__)
EVERY_SECONDS = 3600.0
_WAIT_SECONDS = 60.0


class Retention:
    """Deletes conversations, and what is known of phones, after `days`; what was sent, after a day.

    What red flags were noticed stays: it holds no words and only a keyed hash of the sender.
    """

    def __init__(
        self,
        conversations: StoredConversations,
        sent: SentReplies,
        sms: SmsRecords,
        threads: DatabaseThreads,
        days: int,
    ) -> None:
        self._conversations = conversations
        self._sent = sent
        self._sms = sms
        self._threads = threads
        self._days = days

    def delete_old(self, now: dt.datetime) -> tuple[int, int, int]:
        """Delete what is too old at `now` (aware); how many events, sent replies and rows of texts.

        Waits for the database; raises SQLAlchemyError.
        """
        events = self._conversations.forget_before((now - dt.timedelta(days=self._days)).timestamp())
        utc = now.astimezone(dt.timezone.utc).replace(tzinfo=None)
        return events, self._sent.purge(utc), self._sms.purge(utc, self._days)

    async def run(self, count_error: Callable[[str], None]) -> None:
        """Delete at once and then every hour, until cancelled. A failure is logged and tried again."""
        while True:
            try:
                now = dt.datetime.now(dt.timezone.utc)
                deleted = await self._threads.call(self.delete_old, now, seconds=_WAIT_SECONDS)
                if any(deleted):
                    counts = dict(zip(("events", "replies", "texts"), deleted, strict=True))
                    logger.info("old data deleted", extra=counts)
            except Exception as error:
                count_error("retention")
                logger.error("old data not deleted", extra={"error": type(error).__name__})
            await asyncio.sleep(EVERY_SECONDS)
