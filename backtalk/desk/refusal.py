"""What a page says when it does not do what was asked."""

from __future__ import annotations


class DeskRefusal(Exception):
    """HTTP status, a code for counting, and for the reader what is wrong and what to do."""

    def __init__(self, status: int, code: str, title: str, text: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.title = title
        self.text = text


class BadInput(ValueError):
    """What was typed cannot be taken; the message tells the person who typed it what to do."""


def not_found() -> DeskRefusal:
    """There is no such page or request."""
    return DeskRefusal(
        404,
        "desk_not_found",
        "There is nothing here",
        "The request may have been deleted, or the address has a slip in it. Look for it in the queue.",
    )
