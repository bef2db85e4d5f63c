"""Sessions of the web channel: a random id in a signed token, nothing else."""

from __future__ import annotations

import hashlib
import secrets
import time
from functools import lru_cache, partial

from itsdangerous import BadData, URLSafeTimedSerializer

TOKEN_SECONDS = 30 * 24 * 3600
PREFIX = "web-"
_RANDOM_BYTES = 16
_REMEMBERED = 1000  # a token comes with each message; a wrong one is not remembered


class TokenError(ValueError):
    """The token is missing, forged, broken or expired."""


def new_session() -> str:
    """The id of a new session. Nobody can guess another's."""
    return PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)


class SessionTokens:
    """Signs session ids. A token is good for `TOKEN_SECONDS`; each resume gives a new one."""

    def __init__(self, key: bytes, seconds: int = TOKEN_SECONDS) -> None:
        self.seconds = seconds
        self._signer = URLSafeTimedSerializer(
            key, salt="backtalk web session", signer_kwargs={"digest_method": hashlib.sha256}
        )
        self._read = lru_cache(maxsize=_REMEMBERED)(partial(self._signer.loads, return_timestamp=True))

    def issue(self, session: str) -> str:
        """A token that carries `session`."""
        return str(self._signer.dumps(session))

    def session(self, token: str) -> str:
        """The session of a token. Raises TokenError."""
        try:
            session, issued = self._read(token)
        except (BadData, UnicodeError) as error:
            raise TokenError(type(error).__name__) from error
        # A token from the future is good: clocks of hosts differ, and a clock may be set back.
        if time.time() - issued.timestamp() > self.seconds:
            raise TokenError("SignatureExpired")
        if not isinstance(session, str) or not session.startswith(PREFIX):
            raise TokenError("NoSession")
        return session
