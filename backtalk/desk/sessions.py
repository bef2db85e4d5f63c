"""Sessions of the desk: a signed cookie that says who, since when, and last seen when."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Callable, Mapping

from itsdangerous import BadData, URLSafeTimedSerializer

from backtalk.desk.users import DeskUsers

COOKIE = "backtalk_desk"
# Before the log-in. A name of its own, so that a request without the strict cookie, which any site can cause,
# never replaces that of somebody who is logged in.
LOGIN_COOKIE = "backtalk_desk_login"
PATH = "/desk"
IDLE_SECONDS = 8 * 3600
LONGEST_SECONDS = 12 * 3600  # after that even a page in use asks for the password again


@dataclass(frozen=True)
class DeskSession:
    """One browser. `user` is "" before the log-in; `started` is in seconds since 1970."""

    id: str
    user: str
    started: int

    @property
    def hashed(self) -> str:
        """The id as the table of ended sessions keeps it."""
        return hashlib.sha256(self.id.encode()).hexdigest()


class DeskSessions:
    """Makes and reads cookies. A new password, a name taken away or a new key ends a session."""

    def __init__(self, key: bytes, users: DeskUsers, now: Callable[[], float] = time.time) -> None:
        self._users = users
        self._now = now
        self._token_key = hmac.new(key, b"backtalk desk form", hashlib.sha256).digest()
        self._signer = URLSafeTimedSerializer(
            key, salt="backtalk desk session", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def begin(self, user: str = "") -> DeskSession:
        """A session with an id that nobody can guess, for `user` or for a log-in to come."""
        return DeskSession(secrets.token_urlsafe(24), user, int(self._now()))

    def cookie(self, session: DeskSession) -> str:
        """The value of a cookie that is good for `IDLE_SECONDS` from now."""
        mark = self._users.mark(session.user) if session.user else ""
        return str(self._signer.dumps([session.id, session.user, session.started, mark]))

    def of_staff(self, cookies: Mapping[str, str]) -> DeskSession | None:
        """The session of somebody who is logged in, if there is one. It may have been logged out since."""
        session = self.read(cookies.get(COOKIE))
        return session if session and session.user else None

    def of_login(self, cookies: Mapping[str, str]) -> DeskSession:
        """The session of a log-in to come; a new one if there is none."""
        session = self.read(cookies.get(LOGIN_COOKIE))
        return session if session and not session.user else self.begin()

    def read(self, cookie: str | None) -> DeskSession | None:
        """The session of a cookie; None if it is missing, forged, too old or of somebody unknown now."""
        try:
            (id_, user, started, mark), seen = self._signer.loads(cookie or "", return_timestamp=True)
        except (BadData, ValueError, TypeError):
            return None
        now = self._now()
        if now - _seconds(seen) > IDLE_SECONDS or now - started > LONGEST_SECONDS:
            return None
        if user and (mark is None or mark != self._users.mark(user)):
            return None
        return DeskSession(id_, user, started)

    def token(self, session: DeskSession) -> str:
        """What each form carries, to show that one of our pages sent it."""
        return hmac.new(self._token_key, session.id.encode(), hashlib.sha256).hexdigest()

    def is_token(self, session: DeskSession, token: str) -> bool:
        """Whether `token` is that of the session."""
        return hmac.compare_digest(self.token(session).encode(), token.encode("utf-8", "replace"))


def _seconds(at: dt.datetime) -> float:
    return at.timestamp()
