"""Who signed a flag off, when, and whether its words are still those that were signed."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any, Mapping

from backtalk.triage.catalogue import CatalogueError, Flag

_KEYS = frozenset(("clinician", "date", "code"))
CODE_LENGTH = 8
NOT_SIGNED = "not signed off"


@dataclass(frozen=True)
class SignOff:
    """A clinician's name, the day, and the code of the page that they saw; all empty if nobody signed."""

    clinician: str
    date: str
    code: str

    @property
    def is_signed(self) -> bool:
        return bool(self.clinician)

    def holds_for(self, code: str) -> bool:
        """Whether a page with `code` is signed off. Without a noted code nobody can tell what changed."""
        return self.is_signed and self.code in ("", code)

    def in_words(self, code: str) -> str:
        """The sign-off as one line for a page with `code`."""
        if not self.is_signed:
            return NOT_SIGNED
        signed = f"signed off by {self.clinician} on {self.date}"
        if not self.code:
            return f"{signed} (page code not noted: later changes do not show)"
        return (
            signed if self.code == code else f"{NOT_SIGNED}: changed since {signed} (page code {self.code})"
        )


def sign_off_of(flag: Flag) -> SignOff:
    """The sign-off of a flag in the catalogue. Raises CatalogueError, as `read_sign_off`."""
    return read_sign_off(flag.id, flag.sign_off)


def read_sign_off(name: str, entry: Mapping[str, Any]) -> SignOff:
    """The sign-off `entry` of the flag or page `name`. Raises CatalogueError if only part of it is there."""
    told = {key: str(value).strip() for key, value in entry.items() if value is not None}
    unknown = told.keys() - _KEYS
    if unknown:
        raise CatalogueError(f"{name}: sign_off: unknown key '{min(unknown)}'. Use clinician, date, code.")
    clinician, date, code = (told.get(key, "") for key in ("clinician", "date", "code"))
    if bool(clinician) != bool(date) or (code and not clinician):
        raise CatalogueError(f"{name}: sign_off: clinician and date belong together. Give both or none.")
    try:
        dt.date.fromisoformat(date or "2000-01-01")
    except ValueError as error:
        raise CatalogueError(f"{name}: sign_off: date '{date}' is not YYYY-MM-DD. Mend it.") from error
    return SignOff(clinician, date, code)


def page_code(text: str) -> str:
    """A short code that changes with every word of `text`; begins with a letter, so YAML reads it as text."""
    return "p" + hashlib.sha256(text.encode("utf-8")).hexdigest()[:CODE_LENGTH]
