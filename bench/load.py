"""Many clients at once, each in a conversation of its own, and what they wait for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.served import Served

TURNS = 5  # messages in one conversation; then the client begins another


@dataclass(frozen=True)
class Loaded:
    """Milliseconds that each message took, sorted; messages a second; the server's CPU a message, in ms."""

    clients: int
    times: tuple[float, ...]
    per_second: float
    cpu_ms: float

    def percentile(self, share: float) -> float:
        return self.times[min(len(self.times) - 1, int(share * len(self.times)))]


async def load(server: Served, clients: int, messages: int, texts: Iterator[str]) -> Loaded:
    """`messages` in all, from `clients` that each wait for a reply before they send again."""
    each = max(1, messages // clients)
    conversations = [await _opened(server, -(-each // TURNS)) for _ in range(clients)]
    chosen = [[next(texts) for _ in range(each)] for _ in range(clients)]
    cpu, started = server.cpu_seconds, time.perf_counter()
    times = await asyncio.gather(
        *(_client(server, own, said) for own, said in zip(conversations, chosen, strict=True))
    )
    taken = time.perf_counter() - started
    done = clients * each
    return Loaded(
        clients,
        tuple(sorted(time for own in times for time in own)),
        done / taken,
        1000 * (server.cpu_seconds - cpu) / done,
    )


async def _opened(server: Served, number: int) -> list[str]:
    connection = server.connection()
    try:
        return [await server.assistant.open(connection) for _ in range(number)]
    finally:
        connection.close()


async def _client(server: Served, conversations: Sequence[str], texts: Sequence[str]) -> list[float]:
    connection, times = server.connection(), []
    for number, text in enumerate(texts):
        started = time.perf_counter()
        replies = await server.assistant.say(connection, conversations[number // TURNS], text)
        times.append(1000 * (time.perf_counter() - started))
        if not replies and not server.assistant.may_be_silent:
            raise RuntimeError(f"{server.assistant.name} said nothing to a message.")
    connection.close()
    return times


async def turn_times(server: Served, turns: int, texts: Iterator[str]) -> list[float]:
    """How long each turn of one conversation takes, in milliseconds."""
    connection = server.connection()
    conversation = await server.assistant.open(connection)
    times = []
    for _ in range(turns):
        text, started = next(texts), time.perf_counter()
        await server.assistant.say(connection, conversation, text)
        times.append(1000 * (time.perf_counter() - started))
    connection.close()
    return times
