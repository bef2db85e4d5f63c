"""Encryption of what patients say about themselves, as it lies in the database.

Fernet (AES-128-CBC with HMAC-SHA-256) of the `cryptography` package. The first key encrypts; all of them
decrypt, so that keys can be changed one after the other.
"""

from __future__ import annotations

import base64
from typing import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"backtalk: fields of booking requests"
_HOW = (
    "Make one with: python3 -c "
    '"import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())".'
)


class BadFieldKey(ValueError):
    """A key is no Fernet key. The message says which one, never the key itself."""


class Unreadable(ValueError):
    """The text was encrypted with a key that is not among ours, or it was changed."""


class FieldCipher:
    """Encrypts and decrypts texts. Two encryptions of one text differ."""

    def __init__(self, keys: Sequence[str], secret_key: bytes) -> None:
        """`keys` as of BACKTALK_FIELD_KEYS, may be empty; the key derived from `secret_key` comes last.

        Raises BadFieldKey.
        """
        given = [_fernet(key, number) for number, key in enumerate(keys, start=1)]
        # The derived key still reads what was stored before keys were given.
        self._fernet = MultiFernet([*given, Fernet(_derived(secret_key))])

    def encrypt(self, text: str) -> str:
        """`text` in a form that only the keys can read: ASCII, longer by about a third and 76 characters."""
        return self._fernet.encrypt(text.encode("utf-8", "surrogatepass")).decode("ascii")

    def decrypt(self, token: str) -> str:
        """The text that was encrypted. Raises Unreadable."""
        try:
            return self._fernet.decrypt(token.encode("utf-8")).decode("utf-8", "surrogatepass")
        except (InvalidToken, UnicodeDecodeError) as error:
            raise Unreadable("stored with another key, or changed since") from error

    def renew(self, token: str) -> str:
        """The same text encrypted with the first key. Raises Unreadable."""
        try:
            return self._fernet.rotate(token.encode("utf-8")).decode("ascii")
        except InvalidToken as error:
            raise Unreadable("stored with another key, or changed since") from error


def field_keys(given: str) -> tuple[str, ...]:
    """The keys of a comma-separated list, checked. Raises BadFieldKey."""
    keys = tuple(key.strip() for key in given.split(",") if key.strip())
    for number, key in enumerate(keys, start=1):
        _fernet(key, number)
    return keys


def _fernet(key: str, number: int) -> Fernet:
    try:
        return Fernet(key.encode("utf-8"))
    except ValueError as error:
        raise BadFieldKey(f"key {number} is not 32 bytes in URL-safe base64. {_HOW}") from error


def _derived(secret_key: bytes) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret_key)
    return base64.urlsafe_b64encode(derived)
