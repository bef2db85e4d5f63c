"""A phone whose texts reach a real server as Twilio would send them, signed with Twilio's own library."""

from __future__ import annotations

import dataclasses
import http.client
import sqlite3
import uuid
from typing import Any
from xml.etree import ElementTree

import httpx

from backtalk.channels.sms_webhook_client import TwilioAccount, signed_request, text_fields

ACCOUNT = "AC" + "0a" * 16
TOKEN = "a token that only Twilio and we know"
OUR_NUMBER = "+12025550143"
PUBLIC_URL = "https://chat.example.org"
WEBHOOK = "/webhooks/sms/webhook"
STATUS = "/webhooks/sms/status"
SETTINGS = {
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_NUMBER": OUR_NUMBER,
    "BACKTALK_PUBLIC_URL": PUBLIC_URL,
    "BACKTALK_SMS_RATE": "off",
}


TWILIO = TwilioAccount(ACCOUNT, TOKEN, OUR_NUMBER, PUBLIC_URL)


def new_sid() -> str:
    return f"SM{uuid.uuid4().hex}"


def sign(path: str, fields: dict[str, str], token: str = TOKEN) -> str:
    """The signature of a form, by another token if one is given."""
    _, headers = signed_request(dataclasses.replace(TWILIO, auth_token=token), fields, path)
    return headers["X-Twilio-Signature"]


def messages_of(answer: httpx.Response) -> list[str]:
    """The texts of a TwiML response, whose shape is checked."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    response = ElementTree.fromstring(answer.text)
    assert response.tag == "Response"
    for message in response:
        assert message.tag == "Message"
        assert message.attrib["action"].startswith(f"{PUBLIC_URL}{STATUS}")
    return [message.text or "" for message in response]


class Phone:
    """One patient's phone. `over` is "whatsapp:" for WhatsApp."""

    def __init__(self, url: str, number: str | None = None, over: str = "") -> None:
        self.http = httpx.Client(base_url=url, timeout=20)
        self.number = number or f"+1{uuid.uuid4().int % 10**10:010d}".replace("+10", "+12", 1)
        self.over = over

    def fields(self, body: str, sid: str | None = None, **more: str) -> dict[str, str]:
        """What Twilio sends for a text; blank fields are part of it."""
        sid = sid or new_sid()
        ids = {"MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid}
        return text_fields(TWILIO, self.over + self.number, body, **{**ids, **more})

    def post(self, fields: dict[str, str], path: str = WEBHOOK, **headers: str) -> httpx.Response:
        """Signed, unless `headers` has another signature."""
        body, signed = signed_request(TWILIO, fields, path)
        return self.http.post(path, content=body, headers={**signed, **headers})

    def send_only(self, connection: http.client.HTTPConnection, body: str) -> None:
        """Send a text whole, and leave its response to be read from `connection`."""
        content, signed = signed_request(TWILIO, self.fields(body), WEBHOOK)
        connection.request("POST", WEBHOOK, content, signed)

    def send(self, body: str, sid: str | None = None, **more: str) -> list[str]:
        """The messages that answer a text, the first notice among them."""
        return messages_of(self.post(self.fields(body, sid, **more)))

    def say(self, body: str, sid: str | None = None, **more: str) -> str:
        """The one message that answers a text; the first notice is left out."""
        said = self.send(body, sid, **more)
        own = [text for text in said if not is_notice(text)]
        assert len(own) == 1, said
        return own[0]

    def greeted(self) -> Phone:
        """A phone that has had its first notice."""
        assert any(is_notice(text) for text in self.send("hello"))
        return self


def is_notice(text: str) -> bool:
    return "automated text line" in text


def rows(database: Any, query: str, *values: Any) -> list[Any]:
    """What a query finds in the server's database, once it is free."""
    with sqlite3.connect(database, timeout=10) as connection:
        return connection.execute(query, values).fetchall()


def change(database: Any, query: str, *values: Any) -> None:
    with sqlite3.connect(database, timeout=10) as connection:
        connection.execute(query, values)


def turns(database: Any) -> list[tuple[str, str]]:
    """Sender and id of each message in the stored conversations."""
    found = rows(
        database,
        "select sender_id, json_extract(data, '$.message_id') from events"
        " where type_name = 'user' and sender_id like 'sms-%'",
    )
    return [(sender, sid) for sender, sid in found]
