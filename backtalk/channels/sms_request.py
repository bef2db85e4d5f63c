"""Twilio's requests: whether they are Twilio's, and what they say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Mapping
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

from backtalk.channels.http_errors import WebError
from backtalk.channels.sms_sender import Address, number_of
from backtalk.sms_settings import SmsSettings

MAX_SID = 64
_SID = re.compile(rf"[A-Za-z0-9]{{1,{MAX_SID}}}")
_MOST_FIELDS = 500


class OptOut(str, Enum):
    """What Twilio's Advanced Opt-Out has made of a text, and has answered itself."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"


@dataclass(frozen=True)
class SmsMessage:
    """A text that came in. `body` is as it was typed."""

    sid: str
    sender: Address
    body: str = field(repr=False)
    has_media: bool = False
    has_location: bool = False
    opt_out: OptOut | None = None


@dataclass(frozen=True)
class SmsDelivery:
    """What became of a text that we sent: `state` is Twilio's word, `error` its code."""

    sid: str
    receiver: Address
    state: str
    error: str | None


class TwilioRequests:
    """Reads requests that Twilio signed over the public address. All else is refused by WebError."""

    def __init__(self, settings: SmsSettings) -> None:
        self._settings = settings
        self._validator = RequestValidator(settings.auth_token)

    def fields(self, path: str, query: str, body: bytes, signature: str) -> Mapping[str, str]:
        """The form of a request. Raises WebError 403 if Twilio did not send it, or not for this account.

        Blank fields are kept: the signature covers them. Undecodable bytes become U+FFFD.
        """
        try:
            pairs = parse_qsl(
                body.decode("utf-8", "replace"),
                keep_blank_values=True,
                errors="replace",
                max_num_fields=_MOST_FIELDS,
            )
        except ValueError as error:
            raise WebError(
                400, "bad_form", f"The form has more than {_MOST_FIELDS} fields. Send fewer."
            ) from error
        sent = dict(pairs)
        url = f"{self._settings.public_url}{path}{'?' + query if query else ''}"
        # Twice the same field is nothing that Twilio sends, and would leave open which one was signed.
        is_signed = len(sent) == len(pairs) and self._validator.validate(url, sent, _ascii(signature))
        if not is_signed:
            raise WebError(
                403,
                "bad_signature",
                "The request is not signed by Twilio for this address. Compare TWILIO_AUTH_TOKEN and "
                "BACKTALK_PUBLIC_URL with the account and the webhook's address there.",
            )
        if sent.get("AccountSid") != self._settings.account_sid:
            raise WebError(
                403, "wrong_account", "The request is of another account. Compare TWILIO_ACCOUNT_SID."
            )
        return sent

    def message(self, sent: Mapping[str, str]) -> SmsMessage:
        """The text in a form. Raises WebError if it is not for our number or is no text at all."""
        self._check_number(sent.get("To", ""))
        opt_out = sent.get("OptOutType", "").upper()
        media = sent.get("NumMedia", "")
        return SmsMessage(
            sid=_sid(sent),
            sender=_address(sent, "From"),
            body=sent.get("Body", ""),
            has_media=media.isdecimal() and int(media[:3]) > 0,
            has_location=bool(sent.get("Latitude")),
            opt_out=OptOut(opt_out) if opt_out in OptOut.__members__ else None,
        )

    def delivery(self, sent: Mapping[str, str]) -> SmsDelivery:
        """The state of a text that we sent, in a status callback. Raises WebError."""
        self._check_number(sent.get("From", ""))
        error = sent.get("ErrorCode", "")
        state = sent.get("MessageStatus") or sent.get("SmsStatus") or ""
        return SmsDelivery(
            sid=_sid(sent),
            receiver=_address(sent, "To"),
            state=state.lower(),
            error=error if error.isascii() and error.isdecimal() and len(error) < 7 and int(error) else None,
        )

    def _check_number(self, number: str) -> None:
        if number_of(number) not in self._settings.numbers:
            text = "The text is for a number that is not in TWILIO_NUMBER. Add it there."
            raise WebError(403, "wrong_number", text)


def _sid(sent: Mapping[str, str]) -> str:
    sid = sent.get("MessageSid") or sent.get("SmsMessageSid") or ""
    if not _SID.fullmatch(sid):
        raise WebError(400, "no_message_sid", f"MessageSid must be 1 to {MAX_SID} letters and digits.")
    return sid


def _address(sent: Mapping[str, str], name: str) -> Address:
    if not sent.get(name):
        raise WebError(400, "no_sender", f"{name} is missing. Send the number of the phone.")
    return Address(sent[name].strip())


def _ascii(signature: str) -> str:
    return signature if signature.isascii() else ""
