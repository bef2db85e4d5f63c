"""Who may log in to the desk: names, for the record of who did what, and hashes of passwords."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Mapping

from backtalk.desk.passwords import PasswordHash

_NAME = re.compile(r"[^\W_](?:[\w .'-]{0,38}[\w.])?")
_HOW = "Make one with: backtalk desk password NAME."


@dataclass(frozen=True)
class DeskUsers:
    """The staff of `BACKTALK_DESK_USERS`, by name."""

    hashes: Mapping[str, PasswordHash]

    @classmethod
    def read(cls, text: str) -> DeskUsers:
        """From "ann:HASH,bob:HASH". Raises ValueError with what is wrong; the message holds no hash."""
        hashes: dict[str, PasswordHash] = {}
        for number, entry in enumerate(filter(None, (one.strip() for one in text.split(","))), start=1):
            name, colon, written = entry.partition(":")
            name = name.strip()
            if not colon or not is_name(name):
                raise ValueError(f"entry {number} is not NAME:HASH. {_HOW}")
            if name.casefold() in (known.casefold() for known in hashes):
                raise ValueError(f"{name!r} stands there twice. Give each person one entry.")
            try:
                hashes[name] = PasswordHash.read(written.strip())
            except ValueError as error:
                raise ValueError(f"{name!r}: {error}. {_HOW}") from error
        if not hashes:
            raise ValueError(f"nobody is named. {_HOW}")
        return cls(hashes)

    def checked(self, name: str, password: str) -> str | None:
        """The name as set, if both are right, whatever its capitals. As slow for a name that is unknown."""
        for known, kept in self.hashes.items():
            if known.casefold() == name.strip().casefold():
                return known if kept.fits(password) else None
        next(iter(self.hashes.values())).fits(password)
        return None

    def mark(self, name: str) -> str | None:
        """What changes when the password of `name` does; None if nobody has that name."""
        kept = self.hashes.get(name)
        return hashlib.sha256(str(kept).encode()).hexdigest()[:16] if kept else None


def is_name(name: str) -> bool:
    """Whether a person may be called so: up to 40 letters, digits, spaces and . ' -"""
    return bool(_NAME.fullmatch(name))
