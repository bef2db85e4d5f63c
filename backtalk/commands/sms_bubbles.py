"""A conversation by text message as a phone shows it, in a terminal."""

from __future__ import annotations

from rich.align import Align
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from backtalk.channels.sms_webhook_client import TextReply
from backtalk.content.sms_parts import segments

_WIDTH = 46


def show_sent(console: Console, text: str) -> None:
    """The patient's bubble, at the right."""
    bubble = Panel(Text(text), width=min(_WIDTH, max(12, len(text) + 4)), border_style="green")
    console.print(Align.right(bubble, width=_WIDTH + 14))


def show_reply(console: Console, reply: TextReply) -> None:
    """The assistant's bubbles, at the left, each with what it costs."""
    if not reply.messages:
        console.print(Text(f"(no reply, {reply.ms:.0f} ms)", style="dim"))
    for message in reply.messages:
        size = segments(message)
        parts = f"{size.parts} part{'' if size.parts == 1 else 's'}"
        label = f"{parts}, {size.characters} characters, {size.encoding}"
        console.print(Panel(Text(message), width=_WIDTH, border_style="blue", subtitle=label))
    if reply.messages:
        console.print(Text(f"{reply.ms:.0f} ms", style="dim"))
