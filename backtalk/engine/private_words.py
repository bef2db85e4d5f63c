"""Keeps what identifies a patient out of stored conversations: booking details never stand there in clear."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from backtalk.booking.form_words import shipped_form_words

PRIVATE = "private"
WORDS = "words"


def without_private_words(event: Mapping[str, Any]) -> Dict[str, Any]:
    """`event` (Rasa's `as_dict`) as it may be stored. Pure; events that are not marked stay as they are.

    A patient's message is marked by the classifier, a reply of the assistant by the action that says it.
    """
    if event.get("event") == "user":
        return _patients(event)
    if event.get("event") == "bot":
        return _assistants(event)
    return dict(event)


def _patients(event: Mapping[str, Any]) -> Dict[str, Any]:
    parsed = dict(event.get("parse_data") or {})
    if not parsed.get(PRIVATE):
        return dict(event)
    text = shipped_form_words().redacted["patient"]
    triage = dict(parsed.get("triage") or {})
    if triage.get("findings"):
        # What was found stays for review; the words it was found in do not.
        triage["findings"] = [[feature, "", *rest] for feature, _, *rest in triage["findings"]]
    parsed |= {"text": text, "entities": []} | ({"triage": triage} if triage else {})
    return {**event, "text": text, "parse_data": parsed}


def _assistants(event: Mapping[str, Any]) -> Dict[str, Any]:
    metadata = dict(event.get("metadata") or {})
    metadata.pop(WORDS, None)
    if not (metadata.get("metadata") or {}).get(PRIVATE):
        return {**event, "metadata": metadata}
    metadata.pop("fill", None)
    return {**event, "text": shipped_form_words().redacted["bot"], "metadata": metadata}
