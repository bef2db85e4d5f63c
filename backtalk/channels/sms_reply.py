"""A turn's replies as one text message, the pages after it, and what its numbers pick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

from backtalk.channels.reply import Button, Reply
from backtalk.channels.sms_menu import menu_of
from backtalk.channels.sms_text import fold, paged

URGENT = "urgent"
FAILSAFE = "failsafe"
# Kinds that leave no question open.
_ANSWERS = frozenset(
    ("inform", "safety", "decline", "handoff", "meta", "smalltalk", "refuse", "soon", "safety_net")
)


@dataclass(frozen=True)
class SmsReply:
    """`text` is sent now, `rest` on MORE, page by page; `menu` is what the numbers in it pick.

    `is_answer` says that it asks for nothing, so that a number alone can mean nothing either.
    """

    text: str
    rest: tuple[str, ...] = ()
    menu: tuple[Button, ...] = ()
    is_answer: bool = False
    is_urgent: bool = False
    is_failsafe: bool = False


def sms_reply(replies: Sequence[Reply], *, note: str = "") -> SmsReply:
    """One message for all `replies`, urgent text first; `note` goes last, and not with urgent text."""
    urgent = [reply for reply in replies if reply.kind == URGENT]
    others = [reply for reply in replies if reply.kind != URGENT]
    menu = menu_of(others)
    said = [reply.text for reply in (*urgent, *others)]
    if note and not urgent:
        said.append(note)
    text, *rest = paged(fold("\n".join([*said, *menu.lines])))
    return SmsReply(
        text=text,
        rest=tuple(rest),
        menu=menu.buttons,
        is_answer=all(reply.kind in _ANSWERS for reply in replies),
        is_urgent=bool(urgent),
        is_failsafe=any(reply.kind == FAILSAFE for reply in replies),
    )
