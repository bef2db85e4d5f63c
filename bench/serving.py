"""The assistants side by side over HTTP: start, speed, memory, long conversations."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.assistants import Assistant
from bench.load import Loaded, load, turn_times
from bench.served import Served, served

TURNS_SHOWN = (2, 50, 200)
VALUES = ("p50", "p95", "p99", "per_second", "cpu_ms")
AROUND = 4  # turns on each side of a shown one, of which the median is taken


@dataclass(frozen=True)
class Plan:
    """How much is measured. `messages` are for one round at each number of clients."""

    starts: int
    rounds: int
    messages: dict[int, int]
    soak: int  # messages after which memory is looked at again
    conversations: int  # long ones
    long_seconds: float  # after them, an assistant begins no other long conversation
    longest_start: float  # seconds; a start that takes longer is not repeated

    @property
    def clients(self) -> list[int]:
        return list(self.messages)


SHORT = Plan(3, 3, {1: 60, 8: 80, 32: 160}, soak=1_000, conversations=4, long_seconds=12, longest_start=20)
FULL = Plan(
    5, 7, {1: 200, 8: 400, 32: 640}, soak=10_000, conversations=8, long_seconds=120, longest_start=600
)


@dataclass
class Seen:
    """What was measured of an assistant: a list holds one value for each repeat."""

    ready_seconds: list[float] = field(default_factory=list)
    first_ms: list[float] = field(default_factory=list)
    warm_mb: list[float] = field(default_factory=list)
    after_500_mb: float = 0.0
    after_soak_mb: float = 0.0
    loads: dict[int, list[Loaded]] = field(default_factory=dict)
    turns_ms: dict[int, float] = field(default_factory=dict)

    def of_loads(self, clients: int, value: str) -> float:
        """The median over rounds of p50, p95, p99, per_second or cpu_ms."""
        rounds = self.loads[clients]
        if value[1:].isdigit():
            return statistics.median(one.percentile(int(value[1:]) / 100) for one in rounds)
        return statistics.median(getattr(one, value) for one in rounds)


async def measure(assistants: Sequence[Assistant], texts: Sequence[str], plan: Plan) -> dict[str, Seen]:
    """Rounds alternate between the assistants, so that what else the machine does hits all alike."""
    seen = {one.name: Seen() for one in assistants}
    said = itertools.cycle(texts)
    async with contextlib.AsyncExitStack() as stack:
        servers = []
        for one in assistants:
            server = await stack.enter_async_context(served(one))
            await _first(server, seen[one.name], said)
            servers.append(server)
        await _rounds(servers, seen, said, plan)
        await _long_conversations(servers, seen, said, plan)
        await _soak(servers[0], seen[servers[0].assistant.name], said, plan)
    for _ in range(plan.starts - 1):
        for one in assistants:
            if seen[one.name].ready_seconds[0] <= plan.longest_start:
                async with served(one) as server:
                    await _first(server, seen[one.name], said)
    return seen


async def _first(server: Served, seen: Seen, texts: Iterator[str]) -> None:
    seen.ready_seconds.append(server.ready_seconds)
    connection = server.connection()
    conversation, started = await server.assistant.open(connection), time.perf_counter()
    await server.assistant.say(connection, conversation, next(texts))
    seen.first_ms.append(1000 * (time.perf_counter() - started))
    connection.close()
    await load(server, 4, 40, texts)
    seen.warm_mb.append(server.memory_mb)


async def _rounds(servers: Sequence[Served], seen: dict[str, Seen], texts: Iterator[str], plan: Plan) -> None:
    for number in range(plan.rounds):
        turned = [*servers[number % len(servers) :], *servers[: number % len(servers)]]
        for clients, messages in plan.messages.items():
            for server in turned:
                loaded = await load(server, clients, messages, texts)
                seen[server.assistant.name].loads.setdefault(clients, []).append(loaded)
                await asyncio.sleep(0.2)


async def _long_conversations(
    servers: Sequence[Served], seen: dict[str, Seen], texts: Iterator[str], plan: Plan
) -> None:
    last = max(TURNS_SHOWN) + AROUND
    found: dict[str, list[list[float]]] = {server.assistant.name: [] for server in servers}
    for server in servers:
        started, own = time.perf_counter(), found[server.assistant.name]
        while len(own) < plan.conversations and time.perf_counter() - started < plan.long_seconds:
            own.append(await turn_times(server, last, texts))
    for name, conversations in found.items():
        for turn in TURNS_SHOWN:
            # A single early turn says little: those of several short conversations stand in for it.
            around = slice(max(0, turn - 1 - AROUND), turn + AROUND)
            times = [time for one in conversations for time in one[around]]
            seen[name].turns_ms[turn] = statistics.median(times)


async def _soak(server: Served, seen: Seen, texts: Iterator[str], plan: Plan) -> None:
    """Memory of ours after more messages; what was said before counts as the first 500."""
    seen.after_500_mb = server.memory_mb
    await load(server, 8, plan.soak, texts)
    seen.after_soak_mb = server.memory_mb


def in_short(seen: Seen) -> dict[str, Any]:
    """What is kept of it in results.json."""
    return {
        "ready_seconds": statistics.median(seen.ready_seconds),
        "first_message_ms": statistics.median(seen.first_ms),
        "memory_mb": statistics.median(seen.warm_mb),
        "clients": {
            str(clients): {
                value: seen.of_loads(clients, value)
                for value in ("p50", "p95", "p99", "per_second", "cpu_ms")
            }
            for clients in seen.loads
        },
        "turns_ms": {str(turn): ms for turn, ms in seen.turns_ms.items()},
    }
