"""Delivery to a FHIR R4B server: one transaction, which the server does wholly or not at all."""

from __future__ import annotations

import json
from typing import Any

from backtalk.booking.delivery.adapter import Parcel, Retryable
from backtalk.booking.delivery.fhir_bundle import bundle
from backtalk.booking.delivery.http_post import SECONDS, post

_JSON = "application/fhir+json"


class Fhir:
    """Posts to the base URL of a server. `token` is sent as a bearer token, if there is one."""

    def __init__(self, url: str, system: str, token: str | None, seconds: float = SECONDS) -> None:
        self._url = url
        self._system = system
        self._token = token
        self._seconds = seconds

    async def deliver(self, parcel: Parcel) -> None:
        """See Adapter. Taken if the answer is a transaction's, in which both were made or there already."""
        sent = bundle(parcel, self._system)
        headers = {"Content-Type": f"{_JSON}; charset=utf-8", "Accept": _JSON, "Prefer": "return=minimal"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        answer = await post(self._url, json.dumps(sent).encode(), headers, self._seconds)
        if not _took(answer, len(sent["entry"])):
            raise Retryable("answered with something else than the result of the transaction")


def _took(answer: bytes, number: int) -> bool:
    try:
        said: Any = json.loads(answer)
    except ValueError:
        return False
    if not isinstance(said, dict) or said.get("type") != "transaction-response":
        return False
    entries = said.get("entry")
    return isinstance(entries, list) and len(entries) == number and all(map(_was_made, entries))


def _was_made(entry: Any) -> bool:
    response = entry.get("response") if isinstance(entry, dict) else None
    status = str(response.get("status", "")) if isinstance(response, dict) else ""
    return status[:3] in ("200", "201")
