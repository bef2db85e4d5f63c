"""What the targets of clinic.yml need and no file may hold: read from the environment, checked."""

from __future__ import annotations

import base64
import binascii
import os
from typing import Mapping, Sequence
from urllib.parse import SplitResult, unquote, urlsplit

from backtalk.booking.delivery.email import SmtpServer
from backtalk.handoff import LOCAL_HOSTS, Target
from backtalk.settings import FHIR_TOKEN, SMTP_FROM, SMTP_URL, WEBHOOK_SECRET, SettingsError

_MAIL_PORTS = {"smtps": 465, "smtp": 587}
_SECRET_BYTES = range(24, 65)
_SECRET = "whsec_"


def smtp_server(clinic_email: str | None, environment: Mapping[str, str] = os.environ) -> SmtpServer:
    """The server that mail is handed in at. Raises SettingsError."""
    given = environment.get(SMTP_URL)
    if not given:
        raise SettingsError(f"{SMTP_URL} is not set, and clinic.yml has an email target. {_SMTP_FORM}")
    try:
        parts = urlsplit(given)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise SettingsError(f"{SMTP_URL} is no address. {_SMTP_FORM}") from error
    if parts.scheme not in _MAIL_PORTS or not host:
        raise SettingsError(f"{SMTP_URL} is no address. {_SMTP_FORM}")
    sender = environment.get(SMTP_FROM) or clinic_email or ""
    if "@" not in sender or any(character in sender for character in "\r\n<>, "):
        raise SettingsError(f"{SMTP_FROM} is no e-mail address. Write it as chat@clinic.example.org.")
    return SmtpServer(
        host=host,
        port=port or _MAIL_PORTS[parts.scheme],
        tls=_tls(parts, host),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        sender=sender,
    )


def webhook_secrets(
    target: Target, names: Sequence[str], environment: Mapping[str, str] = os.environ
) -> list[bytes]:
    """The secrets to sign with for `target`, the one of `names` that it is. Raises SettingsError."""
    given = _for_target(target.name, names, environment.get(WEBHOOK_SECRET, ""))
    if not given:
        raise SettingsError(
            f"{WEBHOOK_SECRET} is not set for the target {target.name}: it signs what is sent. {_SECRET_FORM}"
        )
    return [_secret_bytes(one, target.name) for one in given.split()]


def fhir_token(
    target: Target, names: Sequence[str], environment: Mapping[str, str] = os.environ
) -> str | None:
    """The bearer token for `target`, or None: the server then takes requests without one."""
    token = _for_target(target.name, names, environment.get(FHIR_TOKEN, ""))
    if token and not (token.isascii() and token.isprintable() and " " not in token):
        raise SettingsError(f"{FHIR_TOKEN} holds a character that a token cannot have.")
    return token or None


_SMTP_FORM = "Write it as smtp://user:password@mail.example.org:587, or smtps:// for port 465."
_SECRET_FORM = (
    "Make one with: python3 -c "
    "\"import base64, secrets; print('whsec_' + base64.b64encode(secrets.token_bytes(32)).decode())\"."
)


def _tls(parts: SplitResult, host: str) -> str:
    if parts.scheme == "smtps":
        return "implicit"
    return "none" if host in LOCAL_HOSTS else "starttls"


def _for_target(name: str, names: Sequence[str], given: str) -> str:
    """The value for one target out of "value" (for all) or "name=value,name=value"."""
    for_all = ""
    for item in (part.strip() for part in given.split(",")):
        key, equals, value = item.partition("=")
        if equals and key in names:
            if key == name:
                return value.strip()
        elif item:
            for_all = item
    return for_all


def _secret_bytes(secret: str, name: str) -> bytes:
    try:
        decoded = base64.b64decode(secret.removeprefix(_SECRET) + "==", validate=False)
    except (binascii.Error, ValueError):
        decoded = b""
    if not secret.startswith(_SECRET) or len(decoded) not in _SECRET_BYTES:
        raise SettingsError(f"{WEBHOOK_SECRET} is no secret for the target {name}. {_SECRET_FORM}")
    return decoded
