"""Delivery by e-mail: that there is a request, and where to read it. Nothing of the patient is in it.

aiosmtplib instead of the standard library's smtplib: a thread that waits for a slow server cannot be
stopped, and smtplib's limit starts anew with each line that comes.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Callable
from zoneinfo import ZoneInfo

import aiosmtplib

from backtalk.booking.delivery.adapter import Parcel, Permanent, Retryable

SECONDS = 15.0
_BAD_LOGIN = (530, 534, 535, 538)


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed in. `tls` is "implicit", "starttls", or "none" for a server on this machine."""

    host: str
    port: int
    tls: str
    user: str | None
    password: str | None
    sender: str

    def __repr__(self) -> str:
        return f"SmtpServer({self.host!r}, {self.port})"


@dataclass(frozen=True)
class Letterhead:
    """What the mail says around the reference. `desk_url` is the staff page, if it is known."""

    clinic_name: str
    timezone: str
    desk_url: str | None


class Email:
    """Sends one mail for each request to one address."""

    def __init__(
        self,
        to: str,
        server: SmtpServer,
        letterhead: Letterhead,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.timezone.utc),
        seconds: float = SECONDS,
    ) -> None:
        self._to = to
        self._server = server
        self._letterhead = letterhead
        self._tls = tls
        self._now = now
        self._seconds = seconds

    async def deliver(self, parcel: Parcel) -> None:
        """See Adapter. A repeat has the same Message-ID, by which mailboxes drop it."""
        server = self._server
        sending = aiosmtplib.send(
            message(parcel, self._to, server.sender, self._letterhead, self._now()),
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls == "implicit",
            start_tls=server.tls == "starttls",
            tls_context=self._tls,
            timeout=self._seconds,
        )
        try:
            await asyncio.wait_for(sending, self._seconds)
        except (asyncio.TimeoutError, aiosmtplib.SMTPTimeoutError) as error:
            raise Retryable(f"no answer in {self._seconds:g} s") from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            if all(code >= 500 for code in codes):
                raise Permanent(f"refuses the address ({codes[0]})") from error
            raise Retryable(f"does not take mail for the address now ({codes[0]})") from error
        except aiosmtplib.SMTPResponseException as error:
            if error.code >= 500 and error.code not in _BAD_LOGIN:
                raise Permanent(f"refused it with {error.code}") from error
            raise Retryable(f"answered {error.code}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Retryable(f"no connection ({type(error).__name__})") from error


def message(parcel: Parcel, to: str, sender: str, letterhead: Letterhead, now: dt.datetime) -> EmailMessage:
    """The mail: reference, age, when to reply, and a link."""
    zone = ZoneInfo(letterhead.timezone)
    mail = EmailMessage()
    mail["Subject"] = f"New request for an appointment: {parcel.reference}"
    mail["From"] = sender
    mail["To"] = to
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{parcel.key}@{sender.rpartition('@')[2].rstrip('>')}>"
    mail["Auto-Submitted"] = "auto-generated"
    where = (
        f"Open it: {letterhead.desk_url}/requests/{parcel.reference}\n"
        if letterhead.desk_url
        else f"Read it with: backtalk bookings show {parcel.reference}\n"
    )
    mail.set_content(
        f"Somebody asked {letterhead.clinic_name} for an appointment in the chat.\n\n"
        f"Reference: {parcel.reference}\n"
        f"Asked: {parcel.asked_at.astimezone(zone):%a %d %b %Y %H:%M} ({_age(now - parcel.asked_at)} ago)\n"
        f"Reply promised by: {parcel.due_at.astimezone(zone):%a %d %b %Y %H:%M}\n"
        f"{where}\n"
        "Name, phone number and reason are left out on purpose: e-mail is not private.\n"
    )
    return mail


def _age(span: dt.timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
