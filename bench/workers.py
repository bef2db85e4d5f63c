"""How much more two workers answer than one, on PostgreSQL and Redis: `make bench-workers`.

Starts a PostgreSQL and a Redis of its own (they must be installed), and one server with one worker and one
with two, on the same database. Clients on connections of their own write to one server at a time, in
turns, so that what else the machine does falls on both alike. The ratio needs free cores; processor time
per message, of all processes together, can be compared on a busy machine too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from redis import Redis
from sqlalchemy import create_engine, text

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "web")]

from postgres import Cluster, _installed  # noqa: E402
from redis_server import RedisServer  # noqa: E402
from web_server import Server  # noqa: E402

_SIZES = """
    select relname, pg_total_relation_size(oid) from pg_class
    where relkind = 'r' and relnamespace = current_schema()::regnamespace order by 2 desc
"""
QUESTIONS = [
    "what is sciatica",
    "does massage help",
    "should i use heat or ice",
    "is walking good for my back",
]
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Load:
    """What one stretch of load came to."""

    seconds: float
    milliseconds: list[float] = field(default_factory=list)
    processor: float = 0.0  # seconds, of all processes of the server

    @property
    def rate(self) -> float:
        return len(self.milliseconds) / self.seconds


async def client(url: str, until: float, load: Load) -> None:
    """One patient: sends a message, waits for the reply, sends the next."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    _, opened = await request(reader, writer, "session", "", b"{}")
    token = json.loads(opened)["token"]
    number = 0
    while (started := time.perf_counter()) < until:
        said = {"text": QUESTIONS[number % len(QUESTIONS)], "message_id": uuid.uuid4().hex}
        status, body = await request(reader, writer, "messages", token, json.dumps(said).encode())
        assert status == 200, body
        assert b"cannot answer" not in body, "the server is too slow for this load"
        load.milliseconds.append((time.perf_counter() - started) * 1000)
        number += 1
    writer.close()


async def request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, token: str, body: bytes
) -> tuple[int, bytes]:
    """Status and body. Written by hand: a client library would take more time than it measures."""
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    head = f"POST /webhooks/web/{path} HTTP/1.1\r\nHost: bench\r\n{bearer}Content-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    length = int(answer.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
    return int(answer[9:12]), await reader.readexactly(length)


async def loaded(server: Server, clients: int, seconds: float) -> Load:
    load = Load(seconds)
    before = processor_seconds(server.process.pid)
    until = time.perf_counter() + seconds
    await asyncio.gather(*(client(server.url, until, load) for _ in range(clients)))
    load.processor = processor_seconds(server.process.pid) - before
    return load


def processor_seconds(pid: int) -> float:
    """Of a process and its children, until now."""
    total = 0.0
    for one in [pid, *children(pid)]:
        fields = Path(f"/proc/{one}/stat").read_text(encoding="ascii").rsplit(") ", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / TICK
    return total


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def memory(pid: int) -> float:
    """Megabytes of a process and its children; what they share counts once."""
    total = 0
    for one in [pid, *children(pid)]:
        for line in Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each stretch of load")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    programs, redis_program = _installed(), shutil.which("redis-server")
    if programs is None or redis_program is None:
        sys.exit(
            "bench/workers.py needs PostgreSQL and Redis installed (apt-get install postgresql redis-server)."
        )
    postgres, redis = Cluster(programs).start(), RedisServer(redis_program).start()
    shared = {
        "BACKTALK_DATABASE_URL": postgres.new_database(),
        "BACKTALK_SECRET_KEY": "k" * 32,
        "BACKTALK_SESSION_RATE": "off",
        "BACKTALK_ADDRESS_RATE": "off",
    }
    with tempfile.TemporaryDirectory() as folder:
        for name in ("one", "two"):
            (Path(folder) / name).mkdir()
        one = Server(Path(folder) / "one", **shared)
        two = Server(Path(folder) / "two", BACKTALK_REDIS_URL=redis.url, **shared)
        try:
            one.start()
            two.start("--workers", "2")
            report(options, [("one worker", one), ("two workers and Redis", two)])
            report_stored(shared["BACKTALK_DATABASE_URL"], redis.url)
        finally:
            for server in (one, two):
                if server.process:
                    server.kill()
            redis.kill()
            postgres.remove()


def report(options: argparse.Namespace, servers: list[tuple[str, Server]]) -> None:
    loads: dict[str, list[Load]] = {name: [] for name, _ in servers}
    for _, server in servers:
        asyncio.run(loaded(server, options.clients, 2))  # nothing is measured the first time
    for _ in range(options.rounds):
        for name, server in servers:
            loads[name].append(asyncio.run(loaded(server, options.clients, options.seconds)))
    print(f"{options.clients} clients, {options.rounds} x {options.seconds:g} s each, medians; load average "
          f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")  # fmt: skip
    print(f"{'':24}{'msg/s':>8}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}{'MB':>7}")
    for name, server in servers:
        found = loads[name]
        times = sorted(ms for load in found for ms in load.milliseconds)
        rate = statistics.median(load.rate for load in found)
        processor = statistics.median(load.processor / len(load.milliseconds) * 1000 for load in found)
        p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
        print(f"{name:24}{rate:8.0f}{p50:9.1f}{p95:9.1f}{processor:9.1f}{memory(server.process.pid):7.0f}")
    first, second = loads.values()
    ratios = [b.rate / a.rate for a, b in zip(first, second, strict=True)]
    print(f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


def report_stored(database_url: str, redis_url: str) -> None:
    """What the messages of this run left in PostgreSQL and Redis."""
    with create_engine(database_url).connect() as connection:
        sizes = connection.execute(text(_SIZES)).all()
        messages = connection.execute(text("select count(*) from events where type_name = 'user'")).scalar()
    total = sum(size for _, size in sizes)
    tables = ", ".join(f"{name} {size / messages:,.0f}" for name, size in sizes if size / messages >= 1)
    print(f"PostgreSQL: {total / messages:,.0f} bytes a message with indexes ({tables})")
    with Redis.from_url(redis_url, socket_timeout=5) as client:
        used = client.info("memory")["used_memory"] / 1e6
        print(f"Redis: {used:.1f} MB in use, {client.dbsize():,} keys, after {messages:,} messages")


if __name__ == "__main__":
    main()
