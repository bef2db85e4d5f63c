"""Deleting what was promised to be kept only for a while."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from typing import Callable

from backtalk.channels.sent_replies import SentReplies
from backtalk.database_threads import DatabaseThreads
from backtalk.engine.tracker_store import StoredConversations

logger = logging.getLogger(__name__)
EVERY_SECONDS = 3600.0
_WAIT_SECONDS = 60.0


class Retention:
    """Deletes conversations after `days`, and the record of sent replies after a day.

    What red flags were noticed stays: it holds no words and only a keyed hash of the sender.
    """

    def __init__(
        self, conversations: StoredConversations, sent: SentReplies, threads: DatabaseThreads, days: int
    ) -> None:
        self._conversations = conversations
        self._sent = sent
        self._threads = threads
        self._days = days

    def delete_old(self, now: dt.datetime) -> tuple[int, int]:
        """Delete what is too old at `now` (aware); how many events and sent replies.

        Waits for the database; raises SQLAlchemyError.
        """
        events = self._conversations.forget_before((now - dt.timedelta(days=self._days)).timestamp())
        replies = self._sent.purge(now.astimezone(dt.timezone.utc).replace(tzinfo=None))
        return events, replies

    async def run(self, count_error: Callable[[str], None]) -> None:
        """Delete at once and then every hour, until cancelled. A failure is logged and tried again."""
        while True:
            try:
                now = dt.datetime.now(dt.timezone.utc)
                events, replies = await self._threads.call(self.delete_old, now, seconds=_WAIT_SECONDS)
                if events or replies:
                    logger.info("old data deleted", extra={"events": events, "replies": replies})
            except Exception as error:
                count_error("retention")
                logger.error("old data not deleted", extra={"error": type(error).__name__})
            await asyncio.sleep(EVERY_SECONDS)
