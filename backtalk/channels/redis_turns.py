"""One turn at a time for each sender over all processes and hosts, in the order of arrival, by Redis.

Each sender who is waited for has a list of tickets in Redis; whose ticket is first has the turn. Who
leaves wakes the next by a message to its process. A ticket counts as long as its process lives, so that
the turn of a process that was killed is free after `LEASE_SECONDS`.

Redis orders turns; it does not guard the data. A process that stood still for longer than its lease may
wake up beside another one. That its events then do not mix is up to the stored conversations, which
refuse to append to a history that has grown since they read it.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from typing import AsyncIterator

from backtalk.audit.triage_event import hashed_sender
from backtalk.channels.kept_tasks import KeptTasks
from backtalk.channels.turns import TurnsInProcess
from backtalk.redis_link import LEASE_SECONDS, PREFIX, RedisGone, RedisLink

_QUEUE_MILLISECONDS = 600_000
_A_LITTLE = 0.05  # seconds after the end of a lease
_OF_OTHERS = """
-- Whose turn it is: drops the tickets of processes that have died, and returns the first that is left.
local function first(queue, prefix)
  while true do
    local ticket = redis.call('LINDEX', queue, 0)
    if not ticket then return nil end
    local process = string.match(ticket, '^[^:]+')
    local left = redis.call('PTTL', prefix .. 'alive:' .. process)
    if left > 0 then return ticket, process, left end
    redis.call('LPOP', queue)
  end
end
"""
_ASK = (
    _OF_OTHERS
    + """
-- Joins the queue if need be. 0 if it is this ticket's turn, else the milliseconds until the one whose
-- turn it is would be taken for dead if nothing more were heard of it.
local queue, ticket, process, prefix = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
redis.call('SET', prefix .. 'alive:' .. process, 1, 'PX', ARGV[4])
if not redis.call('LPOS', queue, ticket) then redis.call('RPUSH', queue, ticket) end
redis.call('PEXPIRE', queue, ARGV[5])
local now, owner, left = first(queue, prefix)
if now == ticket then return 0 end
-- Its process gives it up if it knows nothing of it any more.
redis.call('PUBLISH', prefix .. 'wake:' .. owner, queue .. ' ' .. now)
return left
"""
)
_LEAVE = (
    _OF_OTHERS
    + """
local queue, ticket, prefix = KEYS[1], ARGV[1], ARGV[2]
redis.call('LREM', queue, 1, ticket)
local now, owner = first(queue, prefix)
if now then redis.call('PUBLISH', prefix .. 'wake:' .. owner, queue .. ' ' .. now) end
return 0
"""
)


class _Place:
    """A ticket of this process, from joining the queue until leaving it."""

    def __init__(self, queue: str, ticket: str) -> None:
        self.queue = queue
        self.ticket = ticket
        self.woken = asyncio.Event()
        self.asking: asyncio.Task[int] | None = None


class RedisTurns:
    """Turns over all processes while Redis is there; while it is gone each process orders its own."""

    def __init__(self, link: RedisLink, key: bytes) -> None:
        """`key` keys the hash that stands for a sender in Redis."""
        self._link = link
        self._key = key
        self._ask = link.script(_ASK)
        self._leave = link.script(_LEAVE)
        self._places: dict[str, _Place] = {}
        self._numbers = itertools.count()
        self._joining = TurnsInProcess()
        self._in_process = TurnsInProcess()
        self._kept = KeptTasks()
        link.on_wake = self._wake
        link.on_lost = self._wake_all

    @contextlib.asynccontextmanager
    async def of(self, sender: str) -> AsyncIterator[None]:
        """Wait for the sender's turn and hold it. Waiting may be cancelled at any time."""
        if not self._link.is_up:
            async with self._in_process.of(sender):
                yield
            return
        queue = f"{PREFIX}turns:{hashed_sender(sender, self._key)}"
        place = _Place(queue, f"{self._link.process}:{next(self._numbers)}")
        self._places[place.ticket] = place
        try:
            async with self._joining.of(sender):  # two of one process join in the order in which they came
                left = await self._shared(place)
            while left:
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(place.woken.wait(), left / 1000 + _A_LITTLE)
                left = await self._shared(place)
            # Nobody else holds this, unless Redis was gone for a while.
            async with self._in_process.of(sender):
                yield
        finally:
            del self._places[place.ticket]
            self._kept.start(self._give_up(place))

    async def _shared(self, place: _Place) -> int:
        """0 if it is this place's turn or Redis is gone, else how long to wait before asking again."""
        # In a task of its own: a command that is cut off half-way would leave a ticket behind.
        place.woken.clear()
        place.asking = self._kept.start(self._asked(place))
        return await asyncio.shield(place.asking)

    async def _asked(self, place: _Place) -> int:
        lease = int(LEASE_SECONDS * 1000)
        try:
            return int(
                await self._ask(
                    [place.queue],
                    [place.ticket, self._link.process, PREFIX, lease, _QUEUE_MILLISECONDS],
                )
            )
        except RedisGone:
            return 0

    async def _give_up(self, place: _Place) -> None:
        if place.asking:
            await asyncio.wait({place.asking})
        with contextlib.suppress(RedisGone):
            await self._leave([place.queue], [place.ticket, PREFIX])

    def _wake(self, message: str) -> None:
        queue, _, ticket = message.rpartition(" ")
        place = self._places.get(ticket)
        if place:
            place.woken.set()
        else:
            # Left behind while Redis was gone, or just leaving: leaving twice does no harm.
            self._kept.start(self._give_up(_Place(queue, ticket)))

    def _wake_all(self) -> None:
        for place in self._places.values():
            place.woken.set()
