"""Texts that are one word which every text service knows, and those that this one has of its own.

The families are those of the carriers (CTIA Messaging Principles) and of Twilio. A word counts only if it is
the whole text: "stop the check" ends a symptom check, "stop" ends all texts.
"""

from __future__ import annotations

from enum import Enum

from backtalk.understanding.text import normalise


class Keyword(str, Enum):
    """What such a text asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    MORE = "more"
    MENU = "menu"
    SOURCES = "sources"
    SIMPLER = "simpler"


_FAMILIES = {
    Keyword.STOP: (
        "stop", "stopall", "stop all", "unsubscribe", "end", "cancel", "quit", "revoke", "optout", "opt out",
    ),
    Keyword.START: ("start", "unstop"),
    Keyword.HELP: ("help", "info"),
    Keyword.MORE: ("more",),
    Keyword.MENU: ("menu", "topics"),
    Keyword.SOURCES: ("sources", "source"),
    Keyword.SIMPLER: ("simpler", "simple"),
}  # fmt: skip
_WORDS = {word: keyword for keyword, words in _FAMILIES.items() for word in words}
_ROUND = " .,;:!?*#\"'`()[]<>-_"


def keyword_of(text: str, *, is_stopped: bool) -> Keyword | None:
    """The keyword that `text` is, in any case and with any marks around it. "Yes" starts texts again."""
    plain = " ".join(normalise(text).strip(_ROUND).replace("-", " ").split())
    if is_stopped and plain == "yes":
        return Keyword.START
    return _WORDS.get(plain)
