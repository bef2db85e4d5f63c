"""How long a turn of the booking form takes over HTTP, with SQLite: `python bench/booking_turn.py`.

Starts a server of its own, with a database of its own, and prints p50, p95 and the slowest in milliseconds.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "web"))
from web_server import Server

TURNS = [
    "book me in please", "physio", "no", "yes", "Ann Lee", "202 555 0143", "text", "yes", "tues after 4",
    "no, Thursday", "I use a wheelchair", "change the name to Anna Leigh", "yes",
]  # fmt: skip


def main() -> int:
    conversations = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), BACKTALK_PROXIES="1", BACKTALK_SESSION_RATE="off").start()
        try:
            took = [one for _ in range(conversations) for one in _conversation(server)]
        finally:
            server.kill()
    ranked = sorted(took)
    print(f"{len(took)} turns of the form, one patient at a time, SQLite:")
    print(f"p50 {statistics.median(ranked):.0f} ms, p95 {ranked[int(len(ranked) * 0.95)]:.0f} ms, "
          f"slowest {ranked[-1]:.0f} ms")  # fmt: skip
    return 0


def _conversation(server: Server) -> list[float]:
    client, took = server.client().open(), []
    for text in TURNS:
        started = time.perf_counter()
        replies = client.say(text)
        took.append((time.perf_counter() - started) * 1000)
    assert "We have your request" in replies[0]["text"], replies
    client.http.close()
    return took


if __name__ == "__main__":
    sys.exit(main())
