"""Replies and histories in the JSON of the web channel."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Iterable, Mapping, Sequence

from backtalk.channels.button_payloads import ButtonPayloads
from backtalk.channels.diary_page import PATH as DIARY
from backtalk.channels.outcome import FLAGGED
from backtalk.channels.reply import Reply
from backtalk.clinic import Clinic

_URL = re.compile(r"https://[^\s<>\"]+[^\s<>\".,;:!?)]")


class WebReplies:
    """Writes replies for a session, with its buttons signed. Keys that are absent mean none."""

    def __init__(self, clinic: Clinic, payloads: ButtonPayloads, public_url: str | None = None) -> None:
        self._payloads = payloads
        titles = {
            clinic.booking_url: "Book a visit",
            clinic.website: clinic.name,
            clinic.privacy_url: "Privacy",
            f"{public_url}{DIARY}" if public_url else None: "A pain diary to print",
        }
        self._titles = {url: title for url, title in titles.items() if url}

    def reply(self, reply: Reply, session: str) -> dict[str, Any]:
        """One REPLY: text, buttons, links, topic, urgency, red_flags, sources, reviewed."""
        fields: dict[str, Any] = {
            "text": reply.text,
            "buttons": [
                {"title": button.title, "payload": self._payloads.signed(button, session)}
                for button in reply.buttons
            ],
            "links": [{"title": self._titles[url], "url": url} for url in self._links(reply.text)],
            "topic": reply.topic,
            # Of the message, as it was routed: an answer about emergencies is not one.
            "urgency": reply.urgency if reply.kind in FLAGGED else None,
            "red_flags": list(reply.red_flags),
            "sources": [dict(source) for source in reply.sources],
            "reviewed": reply.reviewed if reply.sources else None,
        }
        return {key: value for key, value in fields.items() if value or key == "text"}

    def turns(self, events: Iterable[Mapping[str, Any]], session: str) -> Sequence[dict[str, Any]]:
        """Rasa's events of patient and bot as `{"from", "at", …}`, in their order."""
        turns = []
        for event in events:
            at = dt.datetime.fromtimestamp(float(event["timestamp"]), dt.timezone.utc)
            who = "patient" if event["event"] == "user" else "bot"
            said = {"text": event.get("text") or ""}
            if who == "bot":
                said = self.reply(Reply.from_event(event), session)
            if said["text"]:
                stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
                turns.append({"from": who, "at": stamp, **said})
        return turns

    def _links(self, text: str) -> list[str]:
        """The clinic's own addresses that the text names, each once."""
        found = dict.fromkeys(match.group() for match in _URL.finditer(text))
        return [url for url in found if url in self._titles]
