"""Delivery to a clinic's own program: a signed POST, as https://www.standardwebhooks.com describes it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any, Callable, Sequence

from backtalk.booking.delivery.adapter import Parcel
from backtalk.booking.delivery.http_post import SECONDS, post
from backtalk.booking.wanted import to_dict

TYPE = "booking_request.created"


class Webhook:
    """Posts the whole request as JSON. It signs with each of its secrets, so that they can be changed."""

    def __init__(
        self,
        url: str,
        secrets: Sequence[bytes],
        now: Callable[[], float] = time.time,
        seconds: float = SECONDS,
    ) -> None:
        self._url = url
        self._secrets = secrets
        self._now = now
        self._seconds = seconds

    async def deliver(self, parcel: Parcel) -> None:
        """See Adapter. Any 2xx answer counts as taken."""
        body = json.dumps(event(parcel), separators=(",", ":")).encode()
        timestamp = str(int(self._now()))
        signatures = (signature(secret, parcel.key, timestamp, body) for secret in self._secrets)
        await post(
            self._url,
            body,
            {
                "Content-Type": "application/json",
                "webhook-id": parcel.key,
                "webhook-timestamp": timestamp,
                "webhook-signature": " ".join(signatures),
            },
            self._seconds,
        )


def event(parcel: Parcel) -> dict[str, Any]:
    """The body: equal for each try, so that a receiver may compare."""
    asked_at = parcel.asked_at.isoformat()
    data = {"reference": parcel.reference, "due_at": parcel.due_at.isoformat(), **to_dict(parcel.wanted)}
    return {"type": TYPE, "timestamp": asked_at, "data": data}


def signature(secret: bytes, key: str, timestamp: str, body: bytes) -> str:
    """The signature of Standard Webhooks, version 1: HMAC-SHA-256 of "id.timestamp.body" in base64."""
    signed = hmac.new(secret, f"{key}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"
