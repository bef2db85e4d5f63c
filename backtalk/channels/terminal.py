"""How replies look in a terminal, as the web widget or as SMS parts."""

from __future__ import annotations

import datetime as dt
from typing import Sequence

import smsutil

from backtalk.channels.reply import Reply
from backtalk.channels.sms_menu import menu_of
from backtalk.content.sms_parts import segments


def render_web(reply: Reply, *, number_from: int = 1) -> str:
    """The text, its sources and date, and numbered buttons."""
    lines = [reply.text]
    if reply.sources:
        named = "; ".join(f"{source['title']} ({source['year']})" for source in reply.sources)
        lines.append(f"\nSources: {named}.")
    if reply.sources and reply.reviewed:
        checked = dt.date.fromisoformat(reply.reviewed).strftime("%B %Y")
        lines.append(f"Checked: {checked}.")
    if reply.buttons:
        lines.append("")
        lines += [f"[{n}] {b.title}" for n, b in enumerate(reply.buttons, start=number_from)]
    return "\n".join(lines)


def sms_text(reply: Reply) -> str:
    """The text as sent by SMS: choices become numbered lines, suggestions are left out."""
    return "\n".join([reply.text, *menu_of([reply]).lines])


def render_sms(reply: Reply) -> str:
    """Each SMS part on its own, then how long the message is."""
    text = sms_text(reply)
    size = segments(text)
    parts = [part.content for part in smsutil.split(text).parts]
    shown = [f"({n}/{len(parts)}) {part}" for n, part in enumerate(parts, start=1)]
    label = (
        f"{size.parts} part{'s' if size.parts != 1 else ''}, {size.characters} characters, {size.encoding}"
    )
    return "\n".join([*shown, f"[{label}]"])


def render(replies: Sequence[Reply], channel: str) -> str:
    """All replies of a turn as `channel` ("web" or "sms") shows them; buttons numbered through."""
    if channel == "sms":
        return "\n\n".join(render_sms(reply) for reply in replies)
    shown, number = [], 1
    for reply in replies:
        shown.append(render_web(reply, number_from=number))
        number += len(reply.buttons)
    return "\n\n".join(shown)
