"""How long `assess` takes for messages of about 50 words: `python bench/assess_time.py`.

The messages are lines of data/triage/phrases joined until they have 45 to 55 words: full of findings, so
slower than what most patients write. Run it while nothing else runs.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import random
import time

from backtalk.triage.assess import data_folder, shipped_triage
from backtalk.triage.catalogue import read_yaml

MESSAGES, LEAST_WORDS, MOST_WORDS = 300, 45, 55
ROUNDS = 3


def messages() -> list[str]:
    """The same messages every time."""
    chance = random.Random(50)
    lines = [
        line
        for file in sorted((data_folder() / "phrases").glob("*.yml"))
        for kind, told in read_yaml(file).items()
        if kind in ("affirmed", "near_miss")
        for line in told
    ]
    built: list[str] = []
    while len(built) < MESSAGES:
        text = chance.choice(lines)
        while len(text.split()) < LEAST_WORDS:
            text = f"{text} {chance.choice(lines)}"
        if len(text.split()) <= MOST_WORDS:
            built.append(text)
    return built


def main() -> None:
    triage, texts, taken = shipped_triage(), messages(), []
    for text in texts:  # warm up
        triage.assess(text)
    for text in texts * ROUNDS:
        start = time.perf_counter()
        triage.assess(text)
        taken.append(1000 * (time.perf_counter() - start))
    taken.sort()
    for name, share in (("p50", 0.50), ("p95", 0.95), ("p99", 0.99), ("max", 1.0)):
        print(f"{name} {taken[min(len(taken) - 1, int(share * len(taken)))]:.2f} ms")


if __name__ == "__main__":
    main()
