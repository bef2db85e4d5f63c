"""Reading what a client of the web channel sends."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from backtalk.channels.button_payloads import ButtonPayloads, PayloadError, Pressed
from backtalk.channels.http_errors import WebError
from backtalk.channels.sent_reply_table import MAX_ID

_ID = re.compile(rf"[A-Za-z0-9._:-]{{1,{MAX_ID}}}")
_SHAPE = 'Send a JSON object such as {"text": "what is sciatica", "message_id": "…"}.'


@dataclass(frozen=True)
class WebMessage:
    """One message. `typed` says that the words are the patient's own, not those of a button."""

    said: Pressed
    typed: bool
    message_id: str | None


def read_message(body: bytes, session: str, payloads: ButtonPayloads) -> WebMessage:
    """The message in a request's body. Raises WebError (400) that says what to send instead."""
    try:
        sent: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WebError(400, "not_json", f"The body is not JSON. {_SHAPE}") from error
    if not isinstance(sent, dict):
        raise WebError(400, "not_an_object", f"The body is JSON but no object. {_SHAPE}")
    given = [name for name in ("text", "payload") if sent.get(name) is not None]
    if len(given) != 1:
        raise WebError(400, "no_message", f'Give either "text" or "payload". {_SHAPE}')
    (name,) = given
    if not isinstance(sent[name], str):
        raise WebError(400, "wrong_type", f'"{name}" must be a text. {_SHAPE}')
    message_id = sent.get("message_id")
    if message_id is not None and not (isinstance(message_id, str) and _ID.fullmatch(message_id)):
        raise WebError(
            400,
            "bad_message_id",
            f'"message_id" must be a text of 1 to {MAX_ID} letters, digits and -._: marks.',
        )
    if name == "text":
        return WebMessage(Pressed(sent["text"]), True, message_id)
    try:
        return WebMessage(payloads.read(sent["payload"], session), False, message_id)
    except PayloadError as error:
        raise WebError(
            400,
            "unknown_payload",
            "This button belongs to no message of this session. Send its title as text instead.",
        ) from error
