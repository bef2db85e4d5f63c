"""What a button sends: signed, so that a typed "/intent" is only text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from itsdangerous import BadData, URLSafeSerializer

from backtalk.channels.reply import Button

_COMMAND = "/"
_ANYONE = "anyone"


class PayloadError(ValueError):
    """The payload was not issued here, or not to this session."""


@dataclass(frozen=True)
class Pressed:
    """A button that was pressed: what the patient saw on it and, if it names one, its intent."""

    text: str
    intent: str | None = None


class ButtonPayloads:
    """Signs the buttons of a session, and reads them when they are pressed."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def signed(self, button: Button, session: str | None) -> str:
        """The payload of `button` for `session`; with None, for any session (buttons of the greeting)."""
        signer = self._signer(session)
        return signer.make_signer(signer.salt).sign(_written(button)).decode("ascii")

    def read(self, payload: str, session: str) -> Pressed:
        """What was pressed. Raises PayloadError."""
        for reader in (session, None):
            try:
                title, said = self._signer(reader).loads(payload)
            except (BadData, UnicodeError):
                continue
            if said.startswith(_COMMAND):
                return Pressed(title, said[len(_COMMAND) :])
            return Pressed(said)
        raise PayloadError("unknown payload")

    def _signer(self, session: str | None) -> URLSafeSerializer:
        return URLSafeSerializer(
            self._key,
            salt=f"backtalk button for {session or _ANYONE}",
            signer_kwargs={"digest_method": hashlib.sha256},
        )


@lru_cache(maxsize=1000)
def _written(button: Button) -> bytes:
    """A payload without its signature: most buttons are offered again and again."""
    return URLSafeSerializer(b"").dump_payload([button.title, button.payload])
