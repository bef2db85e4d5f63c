"""Who sent a text: an id for conversations from which nobody can tell the number without our key."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

PREFIX = "sms-"
_DIGITS = 32
_PHONE = re.compile(r"(?P<over>whatsapp:)?(?P<number>\+[1-9][0-9]{6,14})")
# WhatsApp names people who hide their number by a country and an id of its own.
_WHATSAPP_ID = re.compile(r"whatsapp:[A-Z]{2}\.[0-9A-Za-z]{5,64}")
_OURS = re.compile(r"(whatsapp:)?(?P<number>\+?[0-9]{3,15})")


@dataclass(frozen=True)
class Address:
    """Where a text comes from, as Twilio writes it. Short codes and names are no person's phone."""

    written: str

    @property
    def is_person(self) -> bool:
        """Whether somebody's own phone or WhatsApp wrote, who can be answered."""
        return bool(_PHONE.fullmatch(self.written) or _WHATSAPP_ID.fullmatch(self.written))

    def sender(self, key: bytes) -> str:
        """The id of the conversation. A number has one for texts and another for WhatsApp."""
        digest = hmac.new(key, b"sms sender " + self.written.encode(), hashlib.sha256)
        return PREFIX + digest.hexdigest()[:_DIGITS]

    def __repr__(self) -> str:
        return "Address(...)"  # a number must not reach a log by way of a traceback


def number_of(to: str) -> str:
    """Our own number in `to`, without "whatsapp:"; as it is if it has another form."""
    match = _OURS.fullmatch(to)
    return match.group("number") if match else to
