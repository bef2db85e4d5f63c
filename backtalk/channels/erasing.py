"""Deleting what a patient asked to have deleted, before "Done" is said."""

from __future__ import annotations

import logging
from typing import Any, Protocol, Sequence

from backtalk.channels.reply import Reply

logger = logging.getLogger(__name__)
ERASED = "erased"
CONVERSATION, REQUESTS = "conversation", "requests"


class Eraser(Protocol):
    """What deletes. Both raise if they could not."""

    async def erase(self, session: str) -> None:
        """Delete the conversation and what was sent in it."""

    async def erase_open_requests(self, session: str) -> Any:
        """Delete the requests for a visit that are not finished."""


def deletes(replies: Sequence[Reply]) -> bool:
    """Whether they say that something is deleted."""
    return any(reply.kind == ERASED for reply in replies)


async def erased_first(
    replies: Sequence[Reply], sender: str, eraser: Eraser | None, failed: Reply, *, is_stored: bool
) -> Sequence[Reply]:
    """`replies`, after what they say is deleted was deleted; `failed` in place of those that were not.

    `is_stored` says that the turn itself was stored: one that is still being stored could come back.
    """
    if not deletes(replies):
        return replies
    try:
        if eraser is None or not is_stored:
            raise RuntimeError("nothing can be deleted now")
        wanted = {one for reply in replies for one in reply.erases}
        if REQUESTS in wanted:
            await eraser.erase_open_requests(sender)
        if CONVERSATION in wanted:
            await eraser.erase(sender)
    except Exception as error:  # whatever it was, "Done" would be untrue
        logger.error("not erased", extra={"error": type(error).__name__})
        return [failed if reply.kind == ERASED else reply for reply in replies]
    return replies
