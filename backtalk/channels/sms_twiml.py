"""Answers in Twilio's XML. Nothing is ever sent by a call of our own."""

from __future__ import annotations

import re
from typing import Sequence

from twilio.twiml.messaging_response import MessagingResponse

CONTENT_TYPE = "text/xml; charset=utf-8"
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def twiml(messages: Sequence[str], status_url: str) -> str:
    """A Response with a Message each; without any, nothing is sent. States are reported to `status_url`."""
    response = MessagingResponse()
    for message in messages:
        response.message(_NOT_IN_XML.sub("", message), action=status_url, method="POST")
    return str(response)
