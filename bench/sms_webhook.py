"""How long the SMS webhook takes: signed requests to a server of its own, over HTTP, with SQLite.

    python -m bench.sms_webhook [--texts 600] [--clients 1]

Prints p50, p95, p99 and the slowest, in milliseconds, for each kind of text, and the processor time that the
server spent on each. Exit code 1 if p95 of all is over 150 ms. Run it while nothing else runs.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "web"), str(ROOT / "tests" / "sms"), str(ROOT)]

from phone import SETTINGS, Phone, messages_of  # noqa: E402
from web_server import Server  # noqa: E402

GOAL_MS = 150
_TEXTS = {
    "question": (
        "what is sciatica",
        "does massage help",
        "should i rest",
        "heat or ice",
        "what is a migraine",
    ),
    "choice": ("tablets", "2"),
    "keyword": ("MENU", "HELP", "MORE", "SOURCES"),
    "symptom check": ("check my symptoms", "1", "2", "4"),
    "red flag": ("i have crushing chest pain and my left arm is numb",),
}


def conversation(url: str, number: int, seed: int) -> list[tuple[str, float]]:
    """Texts of one phone after another, each with the milliseconds until its answer."""
    choose = random.Random(seed)
    took: list[tuple[str, float]] = []
    while len(took) < number:
        phone = Phone(url)
        for kind in choose.sample(sorted(_TEXTS), len(_TEXTS)):
            for text in _TEXTS[kind]:
                fields = phone.fields(text)
                started = time.perf_counter()
                answer = phone.post(fields)
                took.append((kind, (time.perf_counter() - started) * 1000))
                assert messages_of(answer)
        phone.http.close()
    return took


def _line(name: str, times: list[float]) -> str:
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    shown = "   ".join(f"p{n} {cuts[n - 1]:6.1f}" for n in (50, 95, 99))
    return f"{name:<14} {len(times):>5} texts   {shown}   slowest {max(times):6.1f} ms"


def _busy(server: Server) -> float:
    """Processor seconds that the server has spent since it started."""
    lines = httpx.get(f"{server.url}/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("process_cpu_seconds_total"))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=600)
    parser.add_argument("--clients", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), **SETTINGS).start()
        try:
            conversation(server.url, 20, 0)  # the first texts of a process are not typical
            busy = _busy(server)
            each = options.texts // options.clients
            with ThreadPoolExecutor(options.clients) as pool:
                runs = pool.map(lambda n: conversation(server.url, each, n), range(1, options.clients + 1))
                took = [one for run in runs for one in run]
            busy = _busy(server) - busy
        finally:
            server.kill()
    for kind in _TEXTS:
        print(_line(kind, [ms for said, ms in took if said == kind]))
    times = [ms for _, ms in took]
    print(_line("all", times))
    print(f"processor time of the server: {busy * 1000 / len(times):.1f} ms a text")
    p95 = statistics.quantiles(times, n=20, method="inclusive")[18]
    return 0 if p95 <= GOAL_MS else 1


if __name__ == "__main__":
    sys.exit(main())
