"""One reply as every channel sees it, and the output channel that collects replies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping

from rasa.core.channels.channel import OutputChannel


@dataclass(frozen=True)
class Button:
    """A choice or a suggestion; `payload` is what the engine gets when it is pressed."""

    title: str
    payload: str


@dataclass(frozen=True)
class Reply:
    """A text for the patient and what belongs to it. `kind` is the metadata's type.

    `is_private` says that the text shows personal details: it is never stored in clear text.
    `erases` says what the guard deletes before the reply is sent.
    """

    text: str
    kind: str
    topic: str | None = None
    urgency: str = "none"
    buttons: tuple[Button, ...] = ()
    offers: tuple[str, ...] = ()
    sources: tuple[Mapping[str, str], ...] = ()
    reviewed: str | None = None
    red_flags: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    is_private: bool = False
    erases: tuple[str, ...] = ()

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Reply:
        """Read a reply from what Rasa hands to an output channel."""
        metadata = message.get("metadata") or {}
        return cls(
            text=str(message.get("text") or ""),
            kind=str(metadata.get("type") or "other"),
            topic=metadata.get("topic"),
            urgency=str(metadata.get("urgency") or "none"),
            buttons=tuple(Button(b["title"], b["payload"]) for b in message.get("buttons") or ()),
            offers=tuple(metadata.get("offers") or ()),
            sources=tuple(metadata.get("sources") or ()),
            reviewed=metadata.get("reviewed"),
            red_flags=tuple(metadata.get("red_flags") or ()),
            asked=tuple(metadata.get("asked") or ()),
            erases=tuple(metadata.get("erases") or ()),
            is_private=bool(metadata.get("private")),
        )

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Reply:
        """Read a reply from a stored event of the bot, in Rasa's form."""
        metadata = (event.get("metadata") or {}).get("metadata") or {}
        buttons = (event.get("data") or {}).get("buttons") or ()
        return cls.from_message({"text": event.get("text"), "buttons": buttons, "metadata": metadata})


@dataclass
class ReplyCollector(OutputChannel):
    """Collects the replies of one turn. `channel` selects the variant: web, sms or shell."""

    channel: str
    replies: List[Reply] = field(default_factory=list)

    def name(self) -> str:
        return self.channel

    async def send_response(self, recipient_id: str, message: Dict[str, Any]) -> None:
        reply = Reply.from_message(message)
        if reply.text.strip():
            self.replies.append(reply)
