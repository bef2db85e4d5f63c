"""Twilio's side of a webhook: makes a signed request for a text, sends it, reads the TwiML that comes back.

For trying a server out and for tests; a server itself never calls anybody.
"""

from __future__ import annotations

import http.client
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Mapping
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from xml.etree import ElementTree

from twilio.request_validator import RequestValidator

from backtalk.content.sms_parts import segments

PATH = "/webhooks/sms/webhook"
TIMEOUT_SECONDS = 15.0  # as long as Twilio waits


class WebhookError(Exception):
    """A server did not take a text. `status` is that of HTTP, `code` the server's, if it answered at all."""

    def __init__(self, message: str, status: int | None = None, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True)
class TwilioAccount:
    """Whose texts they are. `public_url` is the address that is signed; requests may go elsewhere."""

    sid: str
    auth_token: str = field(repr=False)
    number: str
    public_url: str


@dataclass(frozen=True)
class TextReply:
    """The texts that a patient gets for one of theirs, none if the server stays silent; milliseconds."""

    messages: tuple[str, ...]
    ms: float


def text_fields(account: TwilioAccount, sender: str, text: str, **more: str) -> dict[str, str]:
    """The form that Twilio sends for a text, its blank fields included; `more` replaces or adds fields.

    `sender` is a phone number such as +12025550199, or whatsapp:+12025550199.
    """
    whatsapp = sender.startswith("whatsapp:")
    sid = f"SM{secrets.token_hex(16)}"
    fields = {
        "ToCountry": "US",
        "ToState": "",
        "ToCity": "",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "FromCity": "",
        "SmsSid": sid,
        "SmsStatus": "received",
        "Body": text,
        "To": f"whatsapp:{account.number}" if whatsapp else account.number,
        "NumSegments": str(max(1, segments(text).parts)),
        "MessageSid": sid,
        "AccountSid": account.sid,
        "From": sender,
        "ApiVersion": "2010-04-01",
    }
    if whatsapp:
        fields |= {"ProfileName": "A patient", "WaId": sender.removeprefix("whatsapp:+")}
    return fields | more


def signed_request(
    account: TwilioAccount, fields: Mapping[str, str], path: str = PATH
) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a request for `path`, signed over the public address."""
    signature = RequestValidator(account.auth_token).compute_signature(
        account.public_url + path, dict(fields)
    )
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "X-Twilio-Signature": signature,
        "User-Agent": "TwilioProxy/1.1",
    }
    return urlencode(fields).encode(), headers


def send_text(account: TwilioAccount, url: str, fields: Mapping[str, str]) -> TextReply:
    """Post a text to the server at `url` and read its replies. Raises WebhookError."""
    body, headers = signed_request(account, fields)
    request = Request(url.rstrip("/") + PATH, data=body, headers=headers, method="POST")
    start = time.perf_counter()
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            answer = response.read()
    except HTTPError as error:
        raise _refused(error) from error
    except TimeoutError as error:
        raise WebhookError(f"{url} gave no answer within {TIMEOUT_SECONDS:.0f} s.") from error
    except (URLError, OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise WebhookError(f"{url} does not answer ({reason}).") from error
    ms = (time.perf_counter() - start) * 1000
    return TextReply(messages_of(answer), ms)


def messages_of(twiml: bytes) -> tuple[str, ...]:
    """The texts in a TwiML response. Raises WebhookError if it is none."""
    try:
        response = ElementTree.fromstring(twiml)
    except ElementTree.ParseError as error:
        raise WebhookError("the server's answer is no TwiML. Is it Backtalk?") from error
    if response.tag != "Response":
        raise WebhookError("the server's answer is no TwiML. Is it Backtalk?")
    return tuple("".join(message.itertext()) for message in response.iter("Message"))


def _refused(error: HTTPError) -> WebhookError:
    code, message = "", ""
    try:
        told = json.loads(error.read())["error"]
        code, message = str(told["code"]), str(told["message"])
    except (ValueError, KeyError, TypeError, OSError):
        pass  # something else than Backtalk, such as a proxy, refused
    return WebhookError(message or f"HTTP status {error.code}", error.code, code)
