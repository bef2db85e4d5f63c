"""Settings of a server, from environment variables: read once, checked, frozen.

docs/settings.md lists them; a test compares.
"""

from __future__ import annotations

import difflib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping
from urllib.parse import urlsplit

from limits import RateLimitItem, parse

from backtalk.booking.cipher import BadFieldKey, field_keys
from backtalk.database import VARIABLE as DATABASE_URL
from backtalk.database import database_url
from backtalk.desk.users import DeskUsers
from backtalk.errors import SettingsError as SettingsError
from backtalk.sms_settings import SMS_VARIABLES, SmsSettings, sms_settings

SECRET_KEY = "BACKTALK_SECRET_KEY"
PUBLIC_URL = "BACKTALK_PUBLIC_URL"
ALLOWED_ORIGINS = "BACKTALK_ALLOWED_ORIGINS"
SESSION_RATE = "BACKTALK_SESSION_RATE"
ADDRESS_RATE = "BACKTALK_ADDRESS_RATE"
PROXIES = "BACKTALK_PROXIES"
REDIS_URL = "BACKTALK_REDIS_URL"
CLINIC_FILE = "BACKTALK_CLINIC_FILE"
DESK_USERS = "BACKTALK_DESK_USERS"
DEBUG = "BACKTALK_DEBUG"
FIELD_KEYS = "BACKTALK_FIELD_KEYS"
SMTP_URL = "BACKTALK_SMTP_URL"
SMTP_FROM = "BACKTALK_SMTP_FROM"
WEBHOOK_SECRET = "BACKTALK_WEBHOOK_SECRET"
FHIR_TOKEN = "BACKTALK_FHIR_TOKEN"
_BOOKING = (FIELD_KEYS, SMTP_URL, SMTP_FROM, WEBHOOK_SECRET, FHIR_TOKEN)
VARIABLES = (
    DATABASE_URL, SECRET_KEY, PUBLIC_URL, ALLOWED_ORIGINS, SESSION_RATE, ADDRESS_RATE, PROXIES,
    REDIS_URL, CLINIC_FILE, DESK_USERS, DEBUG, *SMS_VARIABLES, *_BOOKING,
)  # fmt: skip
_RATES = {SESSION_RATE: "30 per 10 seconds", ADDRESS_RATE: "600 per minute"}
KEY_FILE = Path("var") / "secret.key"
_SHORTEST_KEY = 32
MOST_WORKERS = 64
_HOW = """Make one with: python3 -c "import secrets; print(secrets.token_hex(32))"."""
_ORIGIN = re.compile(r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$")
_REDIS = re.compile(r"^(rediss?://[^\s/]+(/\d*)?(\?\S*)?|unix://\S+)$")
_LOCAL = re.compile(r"^(localhost|127(\.[0-9]{1,3}){3}|::1)$")


@dataclass(frozen=True)
class ServerSettings:
    """What a server needs to know.

    `key_is_new` says that the key was made just now; without `desk_users` there is no staff page.
    """

    database_url: str
    secret_key: bytes
    public_url: str | None
    allowed_origins: frozenset[str]
    session_rate: RateLimitItem | None
    address_rate: RateLimitItem | None
    proxies: int
    sms: SmsSettings | None = None
    redis_url: str | None = None
    key_file: Path | None = None
    key_is_new: bool = False
    field_keys: tuple[str, ...] = ()
    desk_users: DeskUsers | None = None

    @property
    def staff_url(self) -> str | None:
        """The site whose /desk a mail to staff may link to; None if there is no desk or no known address."""
        return self.public_url if self.desk_users else None

    @property
    def https(self) -> bool:
        """Whether browsers reach the server by https."""
        return bool(self.public_url and self.public_url.startswith("https://"))


def server_settings(host: str, environment: Mapping[str, str] = os.environ) -> ServerSettings:
    """The settings for a server that listens on `host`. Raises SettingsError.

    On this machine alone a missing key is made and kept in `KEY_FILE`, readable by its owner only.
    """
    public_url = _public_url(environment.get(PUBLIC_URL))
    origins = _origins(environment.get(ALLOWED_ORIGINS, ""))
    rates = [_rate(name, environment.get(name) or default) for name, default in _RATES.items()]
    proxies = _number(PROXIES, environment.get(PROXIES) or "0")
    key, key_file, is_new = _secret_key(environment.get(SECRET_KEY), host)
    own = {_origin_of(public_url)} if public_url else set()
    return ServerSettings(
        database_url(environment),
        key,
        public_url,
        origins | own,
        rates[0],
        rates[1],
        proxies,
        sms_settings(public_url, environment),
        _redis_url(environment.get(REDIS_URL)),
        key_file,
        is_new,
        _field_keys(environment.get(FIELD_KEYS, "")),
        _desk_users(environment.get(DESK_USERS), host, public_url),
    )


def check_workers(number: int, settings: ServerSettings) -> None:
    """Raises SettingsError if `number` processes cannot work together with these settings."""
    if not 1 <= number <= MOST_WORKERS:
        raise SettingsError(f"--workers {number}: use a number from 1 to {MOST_WORKERS}.")
    if number == 1:
        return
    if not settings.redis_url:
        raise SettingsError(
            f"{number} workers need {REDIS_URL}: in Redis they agree whose turn it is. "
            "Set it to something like redis://localhost:6379/0, or use one worker."
        )
    if not settings.database_url.startswith("postgresql"):
        raise SettingsError(
            f"{number} workers need PostgreSQL in {DATABASE_URL}: SQLite lets one process write at a time, "
            "so turns would wait for each other and fail. Set it to postgresql://user:password@host/name, or "
            "use one worker."
        )


def unknown_settings(environment: Mapping[str, str] = os.environ) -> list[str]:
    """A line for each variable that looks like a setting but is none: a slip changes nothing silently."""
    lines = []
    for name in sorted(environment):
        if name.startswith("BACKTALK_") and name not in VARIABLES:
            near = difflib.get_close_matches(name, VARIABLES, 1, 0.8)
            meant = f" Did you mean {near[0]}?" if near else " See docs/settings.md."
            lines.append(f"{name} is no setting and changes nothing.{meant}")
    return lines


def is_local(host: str) -> bool:
    """Whether only this machine can reach a server on `host`."""
    return bool(_LOCAL.match(host))


def _secret_key(given: str | None, host: str) -> tuple[bytes, Path | None, bool]:
    if given is not None:
        if len(given) < _SHORTEST_KEY:
            raise SettingsError(f"{SECRET_KEY} has fewer than {_SHORTEST_KEY} characters. {_HOW}")
        return given.encode(), None, False
    if not is_local(host):
        raise SettingsError(
            f"{SECRET_KEY} is not set, and others can reach {host}: it signs the sessions of patients. "
            f"{_HOW} Keep it."
        )
    try:
        return _kept_key()
    except OSError as error:
        raise SettingsError(f"{KEY_FILE} cannot be used ({error.strerror}). Set {SECRET_KEY}.") from error


def _kept_key() -> tuple[bytes, Path, bool]:
    KEY_FILE.parent.mkdir(parents=True, exist_ok=True)
    try:
        file = os.open(KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = KEY_FILE.read_text(encoding="ascii").strip()
        if len(key) < _SHORTEST_KEY:
            raise SettingsError(f"{KEY_FILE} holds no whole key. Delete it to have one made.") from None
        return key.encode(), KEY_FILE, False
    with os.fdopen(file, "w", encoding="ascii") as opened:
        key = secrets.token_hex(32)
        opened.write(key + "\n")
    return key.encode(), KEY_FILE, True


def _public_url(given: str | None) -> str | None:
    if not given:
        return None
    if not _ORIGIN.match(given.rstrip("/").lower()):
        raise SettingsError(
            f"{PUBLIC_URL}: {given!r} is no address of a site. Write it as https://chat.example.org."
        )
    return given.rstrip("/").lower()


def _desk_users(given: str | None, host: str, public_url: str | None) -> DeskUsers | None:
    if not given:
        return None
    try:
        users = DeskUsers.read(given)
    except ValueError as error:
        raise SettingsError(f"{DESK_USERS}: {error}") from error
    reached = urlsplit(public_url).hostname if public_url else host
    if not is_local(reached or "") and not (public_url or "").startswith("https://"):
        raise SettingsError(
            f"{DESK_USERS} is set, but {PUBLIC_URL} is not https://…: passwords and names of patients could "
            "be read on their way. Put a proxy with TLS in front and set it."
        )
    return users


def _redis_url(given: str | None) -> str | None:
    if not given:
        return None
    if not _REDIS.match(given):  # not quoted: it may hold a password
        raise SettingsError(f"{REDIS_URL} is no address of a Redis server. Write it as redis://host:6379/0.")
    return given


def _origins(given: str) -> frozenset[str]:
    origins = [one.strip().rstrip("/").lower() for one in given.split(",") if one.strip()]
    for origin in origins:
        if not _ORIGIN.match(origin):
            raise SettingsError(
                f"{ALLOWED_ORIGINS}: {origin!r} is no origin. Write https://clinic.example.org, "
                "without a path; put a comma between two."
            )
    return frozenset(origins)


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _rate(name: str, given: str) -> RateLimitItem | None:
    if given.strip().lower() == "off":
        return None
    try:
        return parse(given)
    except ValueError as error:
        raise SettingsError(f"{name}: {given!r} is no rate. Write it as '{_RATES[name]}', or off.") from error


def _field_keys(given: str) -> tuple[str, ...]:
    try:
        return field_keys(given)
    except BadFieldKey as error:
        raise SettingsError(f"{FIELD_KEYS}: {error}") from error


def _number(name: str, given: str) -> int:
    if not given.isdecimal() or int(given) > 10:
        raise SettingsError(f"{name}: {given!r} is no number of proxies. Write 0, 1 or 2.")
    return int(given)
