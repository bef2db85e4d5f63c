"""Rates are counted together by all processes, fairly, and by a clock that nobody can set."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import parse

from backtalk.channels.rate_limits import RateLimitsInProcess, SlidingWindows
from backtalk.channels.redis_rate_limits import SharedRateLimits
from backtalk.redis_link import RedisLink

KEY = b"k" * 32


class Clock:
    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.floats(0, 8), min_size=1, max_size=80), st.integers(1, 12))
def test_whoever_waits_as_long_as_told_is_taken(pauses, amount):
    clock = Clock()
    windows = SlidingWindows(parse(f"{amount} per 10 seconds"), clock)
    for pause in pauses:
        clock.now += pause
        wait = windows.wait("ann")
        assert 0 <= wait <= 20
        if wait:
            clock.now += wait + 0.001
            assert windows.wait("ann") == 0


@given(st.integers(1, 40), st.floats(0, 10))
def test_no_window_takes_more_than_the_limit(amount, start):
    clock = Clock(1000 + start)
    windows = SlidingWindows(parse(f"{amount} per 10 seconds"), clock)
    assert [windows.wait("ann") for _ in range(amount + 5)].count(0) == amount


def test_one_session_does_not_use_up_anothers():
    windows = SlidingWindows(parse("1 per 10 seconds"), Clock())
    assert windows.wait("ann") == 0
    assert windows.wait("bob") == 0
    assert windows.wait("ann") > 0


def test_sessions_that_have_gone_are_forgotten(monkeypatch):
    monkeypatch.setattr("backtalk.channels.rate_limits._MOST_COUNTERS", 100)
    clock = Clock()
    windows = SlidingWindows(parse("5 per 10 seconds"), clock)
    for number in range(1000):
        clock.now += 1
        windows.wait(str(number))
    assert len(windows._counters) <= 121


def test_setting_the_clock_of_the_machine_changes_nothing(loop, monkeypatch):
    limits = RateLimitsInProcess(parse("3 per hour"), None)

    async def count():
        return [await limits.wait_of_message("192.0.2.1", "ann") for _ in range(4)]

    first = loop.run_until_complete(count())
    monkeypatch.setattr(time, "time", lambda: 4_000_000_000.0)
    assert first[:3] == [0, 0, 0]
    assert loop.run_until_complete(count())[0] > 0


@pytest.mark.parametrize(
    "wait_of",
    [lambda limits: limits.wait_of_message("192.0.2.1", "ann"), lambda limits: limits.wait_of_address("ann")],
    ids=["session", "address"],
)
def test_two_processes_count_together_and_each_alone_without_redis(redis, loop, wait_of):
    async def play():
        limits, running, links = [], [], []
        for _ in range(2):
            link = RedisLink(redis.url)
            links.append(link)
            limits.append(SharedRateLimits(link, KEY, parse("10 per hour"), parse("10 per hour")))
            running.append(asyncio.create_task(link.run()))
        while not all(link.is_up for link in links):
            await asyncio.sleep(0.01)
        waits = [await wait_of(limits[n % 2]) for n in range(14)]
        assert waits.count(0) == 10
        assert all(1 <= wait <= 7200 for wait in waits[10:])
        assert [key for key in await links[0]._client.keys("*rate*") if "ann" in key] == []
        redis.kill()
        alone = [await wait_of(limits[0]) for _ in range(11)]
        assert alone.count(0) == 10
        for task in running:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    loop.run_until_complete(play())
