"""The section `handoff:` of clinic.yml: what a request for an appointment promises, and who is told."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, Mapping, Optional
from urllib.parse import urlsplit

from pydantic import BaseModel, Extra, root_validator, validator

_NAME = re.compile(r"^[a-z][a-z0-9-]{0,31}$")
_ADDRESS = re.compile(r"^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+$")
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


class TargetKind(str, Enum):
    """How a target is told of a request."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    FHIR = "fhir"


class Target(BaseModel):
    """Where requests are delivered: an address for e-mail, a URL for the others. `name` is for staff."""

    kind: TargetKind
    name: str = ""
    to: Optional[str] = None
    url: Optional[str] = None

    class Config:
        extra = Extra.forbid
        frozen = True

    @root_validator(skip_on_failure=True)
    def _is_whole(cls, values: dict[str, Any]) -> dict[str, Any]:
        kind, to, url = values["kind"], values["to"], values["url"]
        values["name"] = values["name"] or kind.value
        if not _NAME.match(values["name"]):
            raise ValueError(f"name: expected a short name such as front-desk, got {values['name']!r}")
        if kind is TargetKind.EMAIL:
            if url or not to or not _ADDRESS.match(to):
                raise ValueError("an email target needs one line 'to: desk@clinic.org' and no url")
        elif to or not url or not _is_safe(url):
            raise ValueError(
                f"a {kind.value} target needs one line 'url: https://…' (http only on this machine) "
                "without a user or password, and no 'to'"
            )
        return values


class Handoff(BaseModel):
    """`reply_within` is shown to patients; `reply_hours` counts on days that the clinic is open."""

    reply_within: str = "1 working day"
    reply_hours: int = 24
    consent_version: str = "1"
    deliver: tuple[Target, ...] = ()

    class Config:
        extra = Extra.forbid
        frozen = True

    @validator("reply_within", "consent_version")
    def _has_words(cls, value: str) -> str:
        if not value.strip() or len(value) > 64:
            raise ValueError("expected a short text of at most 64 characters")
        return value

    @validator("reply_hours")
    def _are_hours(cls, value: int) -> int:
        if not 1 <= value <= 24 * 30:
            raise ValueError(f"expected a number of hours from 1 to 720, got {value}")
        return value

    @validator("deliver")
    def _have_own_names(cls, value: tuple[Target, ...]) -> tuple[Target, ...]:
        names = [target.name for target in value]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two targets are named {twice[0]!r}; give each a 'name' of its own")
        return value

    @property
    def targets(self) -> Mapping[str, Target]:
        """The targets by name."""
        return {target.name: target for target in self.deliver}


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    if parts.username or parts.password or re.search(r"\s", url) or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in LOCAL_HOSTS)
