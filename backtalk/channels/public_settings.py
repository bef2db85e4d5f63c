"""What the chat widget says of the clinic before anyone has written anything."""

from __future__ import annotations

from typing import Any

from rasa.core.agent import Agent
from rasa.shared.core.trackers import DialogueStateTracker

from backtalk.channels.button_payloads import ButtonPayloads
from backtalk.channels.reply import Reply
from backtalk.clinic import Clinic

_GREETING = "utter_chitchat_greeting"


async def public_settings(clinic: Clinic, agent: Agent | None, payloads: ButtonPayloads) -> dict[str, Any]:
    """Name, numbers, privacy link, and the greeting with its offers; without a model, no greeting."""
    greeting = Reply("", "smalltalk")
    if agent is not None:
        nobody = DialogueStateTracker.from_events("greeting", [])
        response = await agent.nlg.generate(_GREETING, nobody, "web")
        greeting = Reply.from_message(response or {})
    return {
        "clinic": clinic.name,
        "phone": clinic.phone,
        "emergency": clinic.emergency,
        "crisis": clinic.placeholders()["crisis_line"],
        "privacy": clinic.privacy_url,
        "greeting": greeting.text,
        "greeting_offers": [
            {"title": button.title, "payload": payloads.signed(button, None)} for button in greeting.buttons
        ],
    }
