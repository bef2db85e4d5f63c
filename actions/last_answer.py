"""What the assistant answered last, read from its own messages."""

from __future__ import annotations

from typing import Any, Mapping, Optional

from rasa_sdk import Tracker


def last_answer(tracker: Tracker) -> Optional[Mapping[str, Any]]:
    """The metadata of the last topic answered in this conversation, if any."""
    for event in reversed(tracker.events):
        if event.get("event") == "bot":
            metadata = (event.get("metadata") or {}).get("metadata") or {}
            if metadata.get("topic") and metadata.get("type") not in ("meta", "smalltalk"):
                return metadata
    return None
