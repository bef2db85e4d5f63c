"""Passwords of staff, kept as scrypt hashes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass

SHORTEST = 15
LONGEST = 200
_COST, _BLOCK, _LANES = 15, 8, 3
_MEMORY = 64 * 1024 * 1024
_SALT_BYTES, _KEY_BYTES = 16, 32
_KIND = "scrypt"


@dataclass(frozen=True)
class PasswordHash:
    """A password that can be checked but not read: "scrypt.15.8.3.SALT.KEY", without , : or $.

    The cost (2**15, 8, 3: 32 MB and about a third of a second) is one that OWASP's password storage cheat
    sheet lists for scrypt. The shortest password is that of NIST SP 800-63B-4 for a password alone.
    """

    cost: int
    block: int
    lanes: int
    salt: bytes
    key: bytes

    @classmethod
    def of(cls, password: str) -> PasswordHash:
        """A hash with a salt of its own. Raises ValueError if the password is too short or too long."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise ValueError(
                f"a password has {SHORTEST} to {LONGEST} characters, such as four words in a row"
            )
        salt = secrets.token_bytes(_SALT_BYTES)
        return cls(_COST, _BLOCK, _LANES, salt, _derived(password, salt, _COST, _BLOCK, _LANES))

    @classmethod
    def read(cls, text: str) -> PasswordHash:
        """The hash that `str` wrote. Raises ValueError."""
        kind, *numbers, salt, key = text.split(".") if text.count(".") == 5 else ("", "", "")
        if kind != _KIND or not all(number.isdecimal() for number in numbers):
            raise ValueError("this is no hash that 'backtalk desk password' made")
        cost, block, lanes = (int(number) for number in numbers)
        if not (14 <= cost <= 17 and block == 8 and 1 <= lanes <= 8):
            raise ValueError("the cost of this hash is not one that 'backtalk desk password' sets")
        read = cls(cost, block, lanes, _from_text(salt), _from_text(key))
        if (len(read.salt), len(read.key)) != (_SALT_BYTES, _KEY_BYTES):
            raise ValueError("a part of this hash is missing")
        return read

    def __str__(self) -> str:
        numbers = f"{self.cost}.{self.block}.{self.lanes}"
        return f"{_KIND}.{numbers}.{_to_text(self.salt)}.{_to_text(self.key)}"

    def fits(self, password: str) -> bool:
        """Whether it is the hash of `password`; takes as long for a wrong one. Holds one processor core."""
        if len(password) > LONGEST:
            password = ""
        key = _derived(password, self.salt, self.cost, self.block, self.lanes)
        return hmac.compare_digest(key, self.key)


def _derived(password: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    return hashlib.scrypt(
        password.encode("utf-8", "surrogatepass"),
        salt=salt,
        n=2**cost,
        r=block,
        p=lanes,
        maxmem=_MEMORY * (4 if cost > 15 else 1),
        dklen=_KEY_BYTES,
    )


def _to_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _from_text(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("a part of this hash is broken") from error
