"""Rate limits that count for all processes and hosts, by Redis."""

from __future__ import annotations

import asyncio

from limits import RateLimitItem

from backtalk.audit.triage_event import hashed_sender
from backtalk.channels.rate_limits import RateLimitsInProcess, seconds_until_free
from backtalk.redis_link import PREFIX, RedisGone, RedisLink

# The clock is that of Redis, so that hosts whose clocks differ count alike.
_HIT = """
local key, amount, seconds = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local windows = (time[1] + time[2] / 1000000) / seconds
local window = math.floor(windows)
local gone = windows - window
local stored = redis.call('HMGET', key, 'window', 'here', 'before')
local last, here, before = tonumber(stored[1]), tonumber(stored[2]) or 0, tonumber(stored[3]) or 0
if last ~= window then
  if last == window - 1 then before = here else before = 0 end
  here = 0
end
if here + math.floor(before * (1 - gone)) + 1 > amount then return {here, before, tostring(gone)} end
redis.call('HSET', key, 'window', window, 'here', here + 1, 'before', before)
redis.call('EXPIRE', key, 2 * seconds)
return {}
"""


class SharedRateLimits:
    """Counts in Redis, and in this process while Redis is gone. None as a limit means no limit."""

    def __init__(
        self, link: RedisLink, key: bytes, session: RateLimitItem | None, address: RateLimitItem | None
    ) -> None:
        """`key` keys the hashes that stand for sessions and addresses in Redis."""
        self._key = key
        self._session = session
        self._address = address
        self._link = link
        self._hit = link.script(_HIT)
        self._in_process = RateLimitsInProcess(session, address)

    async def wait_of_address(self, address: str) -> int:
        """See RateLimits."""
        if self._address is None:
            return 0
        try:
            return await self._wait(self._address, "address", address)
        except RedisGone:
            return await self._in_process.wait_of_address(address)

    async def wait_of_message(self, address: str, session: str) -> int:
        """See RateLimits."""
        return max(await asyncio.gather(self.wait_of_address(address), self._wait_of_session(session)))

    async def _wait_of_session(self, session: str) -> int:
        if self._session is None:
            return 0
        try:
            return await self._wait(self._session, "session", session)
        except RedisGone:
            return self._in_process.wait_of_session(session)

    async def _wait(self, limit: RateLimitItem, kind: str, who: str) -> int:
        seconds = limit.get_expiry()
        name = f"{PREFIX}rate:{kind}:{hashed_sender(who, self._key)}"
        full = await self._hit([name], [limit.amount, seconds])
        if not full:
            return 0
        here, before, gone = full
        return seconds_until_free(int(here), int(before), float(gone), limit.amount, seconds)
