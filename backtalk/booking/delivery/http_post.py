"""One POST to a target: no redirect is followed, no wait is without limit, no long answer is read."""

from __future__ import annotations

import asyncio
import datetime as dt
import email.utils
from typing import Mapping

import aiohttp

from backtalk.booking.delivery.adapter import Permanent, Retryable

SECONDS = 10.0
MAX_ANSWER = 64 * 1024
_LONGEST_WAIT = 24 * 3600.0
# What a clinic can put right without changing the request: a token, an address, a limit.
_LATER = (401, 403, 404, 408, 421, 423, 425, 429)


async def post(url: str, body: bytes, headers: Mapping[str, str], seconds: float = SECONDS) -> bytes:
    """The body of a 2xx answer, at most `MAX_ANSWER` bytes. Raises Retryable, Permanent."""
    timeout = aiohttp.ClientTimeout(total=seconds)
    # Compressed answers could be a thousand times as long as they look.
    sent = {"User-Agent": "backtalk", "Accept-Encoding": "identity", **headers}
    try:
        async with (
            aiohttp.ClientSession(
                timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
            ) as session,
            session.post(url, data=body, headers=sent, allow_redirects=False) as answer,
        ):
            _check(answer.status, answer.headers.get("Retry-After"))
            return await _limited(answer)
    except asyncio.TimeoutError as error:
        raise Retryable(f"no answer in {seconds:g} s") from error
    except aiohttp.ClientSSLError as error:
        raise Retryable(f"no safe connection ({type(error).__name__})") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Retryable(f"no connection ({type(error).__name__})") from error


def _check(status: int, retry_after: str | None) -> None:
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise Permanent(f"answered {status}, a redirect: write the final address in clinic.yml")
    if status >= 500 or status in _LATER:
        raise Retryable(f"answered {status}", wait_asked_for(retry_after))
    raise Permanent(f"refused it with {status}")


async def _limited(answer: aiohttp.ClientResponse) -> bytes:
    read = bytearray()
    async for piece in answer.content.iter_any():
        read += piece
        if len(read) > MAX_ANSWER:
            raise Retryable(f"answered with more than {MAX_ANSWER // 1024} KB")
    return bytes(read)


def wait_asked_for(retry_after: str | None, now: dt.datetime | None = None) -> float | None:
    """The seconds of a Retry-After header, a number or a date; None if it is neither. At most a day."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isdecimal() and len(text) < 10:
        return min(float(text), _LONGEST_WAIT)
    try:
        until = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=dt.timezone.utc)
    left = (until - (now or dt.datetime.now(dt.timezone.utc))).total_seconds()
    return min(max(left, 0.0), _LONGEST_WAIT)
