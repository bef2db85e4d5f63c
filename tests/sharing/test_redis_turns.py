"""Turns over several processes: one at a time, in order, and free again soon after a process has died."""

from __future__ import annotations

import asyncio
import contextlib
import random
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from backtalk.audit.triage_event import hashed_sender
from backtalk.channels.redis_turns import RedisTurns
from backtalk.redis_link import LEASE_SECONDS, PREFIX, RedisLink

KEY = b"k" * 32
SOON = 0.2
HOLDER = f"""
import asyncio, sys
from backtalk.channels.redis_turns import RedisTurns
from backtalk.redis_link import RedisLink

async def hold(url):
    link = RedisLink(url)
    turns = RedisTurns(link, {KEY!r})
    running = asyncio.create_task(link.run())
    while not link.is_up:
        await asyncio.sleep(0.01)
    async with turns.of("ann"):
        print("held", flush=True)
        await asyncio.Event().wait()

asyncio.run(hold(sys.argv[1]))
"""


class Process:
    """What one process has: a link and turns of its own."""

    def __init__(self, url: str) -> None:
        self.errors: list[str] = []
        self.link = RedisLink(url, count_error=self.errors.append)
        self.turns = RedisTurns(self.link, KEY)
        self._running: asyncio.Task | None = None

    async def __aenter__(self) -> Process:
        self._running = asyncio.create_task(self.link.run())
        await until(lambda: self.link.is_up)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.turns._kept.finish(1)
        self._running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._running
        await self.link.close()


async def until(found: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


async def in_line(process: Process, number: int) -> None:
    """Returns when so many tickets for "ann" are in Redis: the one whose turn it is, and who waits."""
    queue = f"{PREFIX}turns:{hashed_sender('ann', KEY)}"
    deadline = time.monotonic() + 10
    while await process.link._client.llen(queue) < number:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.002)


class Log:
    """Who had the turn, in which order; fails if two have it at once."""

    def __init__(self) -> None:
        self.done: list[object] = []
        self.inside = 0

    async def turn(self, process: Process, name: object, sender: str = "ann", seconds: float = 0.01) -> None:
        async with process.turns.of(sender):
            self.inside += 1
            assert self.inside == 1
            await asyncio.sleep(seconds)
            self.inside -= 1
            self.done.append(name)


def test_two_processes_take_turns_in_the_order_of_arrival(redis, loop):
    async def play():
        async with Process(redis.url) as one, Process(redis.url) as two:
            log = Log()
            waiting = []
            async with one.turns.of("ann"):
                for number in range(20):
                    waiting.append(asyncio.create_task(log.turn((one, two)[number % 2], number)))
                    await in_line(one, number + 2)
            await asyncio.gather(*waiting)
            return log.done

    assert loop.run_until_complete(play()) == list(range(20))


def test_messages_of_one_process_sent_at_once_keep_their_order(redis, loop):
    async def play():
        async with Process(redis.url) as one:
            log = Log()
            await asyncio.gather(*(log.turn(one, number, seconds=0) for number in range(50)))
            return log.done

    assert loop.run_until_complete(play()) == list(range(50))


def test_the_next_in_line_is_woken_at_once(redis, loop):
    async def play():
        async with Process(redis.url) as one, Process(redis.url) as two:
            async with one.turns.of("ann"):
                waiting = asyncio.create_task(Log().turn(two, "second", seconds=0))
                await in_line(one, 2)
                assert not waiting.done()
                left = time.monotonic()
            await waiting
            return time.monotonic() - left

    assert loop.run_until_complete(play()) < SOON


def test_one_sender_does_not_wait_for_another(redis, loop):
    async def play():
        async with Process(redis.url) as one, Process(redis.url) as two, one.turns.of("ann"):
            started = time.monotonic()
            async with two.turns.of("bob"):
                return time.monotonic() - started

    assert loop.run_until_complete(play()) < SOON


def test_who_no_longer_waits_is_passed_over(redis, loop):
    async def play():
        async with Process(redis.url) as one, Process(redis.url) as two, Process(redis.url) as three:
            log = Log()
            async with one.turns.of("ann"):
                gone = asyncio.create_task(log.turn(two, "gone"))
                await in_line(one, 2)
                last = asyncio.create_task(log.turn(three, "last"))
                await in_line(one, 3)
                gone.cancel()
            started = time.monotonic()
            await last
            return log.done, time.monotonic() - started

    done, waited = loop.run_until_complete(play())
    assert done == ["last"]
    assert waited < SOON


def test_turns_that_are_cancelled_at_any_moment_leave_nobody_waiting(redis, loop):
    async def play():
        async with Process(redis.url) as one, Process(redis.url) as two:
            log, chance = Log(), random.Random(7)
            for _ in range(60):
                tasks = [asyncio.create_task(log.turn(p, "x", seconds=0)) for p in (one, two, one, two)]
                await asyncio.sleep(chance.random() * 0.004)
                for task in tasks[: chance.randrange(5)]:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                log.inside = 0
            started = time.monotonic()
            await log.turn(one, "end")
            return time.monotonic() - started

    assert loop.run_until_complete(play()) < SOON


def test_the_turn_of_a_killed_process_is_free_after_its_lease(redis, loop):
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, redis.url], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"

    async def play():
        async with Process(redis.url) as one:
            waiting = asyncio.create_task(Log().turn(one, "next"))
            await in_line(one, 2)
            assert not waiting.done()
            holder.kill()
            holder.wait()
            killed = time.monotonic()
            await waiting
            return time.monotonic() - killed

    assert loop.run_until_complete(play()) < LEASE_SECONDS + 0.5


@pytest.mark.parametrize("how", ["kill", "freeze"])
def test_without_redis_turns_go_on_in_the_process_and_are_shared_again_when_it_is_back(redis, loop, how):
    async def play():
        async with Process(redis.url) as one, Process(redis.url) as two:
            log = Log()
            async with two.turns.of("bob"):
                getattr(redis, how)()
                started = time.monotonic()
                await asyncio.gather(*(log.turn(one, number, seconds=0) for number in range(5)))
                assert time.monotonic() - started < 2
                assert log.done == [0, 1, 2, 3, 4]
                await until(lambda: not one.link.is_up)
                started = time.monotonic()
                await log.turn(one, 5, seconds=0)  # known to be gone: not waited for again
                assert time.monotonic() - started < SOON
            redis.start() if how == "kill" else redis.thaw()
            await until(lambda: one.link.is_up and two.link.is_up)
            async with one.turns.of("ann"):
                waiting = asyncio.create_task(log.turn(two, "shared"))
                await in_line(one, 2)
                assert not waiting.done()
            await waiting
            started = time.monotonic()
            await log.turn(one, "bob again", sender="bob")  # left while Redis was gone
            assert time.monotonic() - started < SOON
            return one.errors

    assert loop.run_until_complete(play()) == ["redis"], "counted once"


def test_redis_learns_no_sender(redis, loop):
    async def play():
        async with Process(redis.url) as one, one.turns.of("sms-+12025550143"):
            return await one.link._client.keys("*")

    assert not [key for key in loop.run_until_complete(play()) if "2025550143" in key]
