"""How long training takes, from nothing and with nothing changed."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.assistants import QUIET, ROOT, STOCK_PYTHON


@dataclass(frozen=True)
class Trained:
    """Seconds on the clock and of the processor. `load` is the machine's load average when it began."""

    cold_seconds: float
    cold_cpu_seconds: float
    unchanged_seconds: float
    load: float


def train_backtalk(project: Path) -> Trained:
    """`backtalk train` without any cache, then again."""
    command = [sys.executable, "-m", "backtalk.cli", "--project", str(project), "train"]
    return _trained(command, project, {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"})


def train_rasa(project: Path, anew: bool) -> Trained:
    """`rasa train`; what was measured for the same files is taken from there unless `anew`."""
    kept = project / "trained.json"
    digest = _digest(project)
    if kept.exists() and not anew:
        known = json.loads(kept.read_text(encoding="utf-8"))
        if known.pop("digest") == digest:
            return Trained(**known)
    command = [str(STOCK_PYTHON), "-m", "rasa", "train", "--fixed-model-name", "model"]
    trained = _trained(command, project, {})
    kept.write_text(json.dumps({"digest": digest, **asdict(trained)}), encoding="utf-8")
    return trained


def _trained(command: Sequence[str], project: Path, more: dict[str, str]) -> Trained:
    for name in (".rasa", "models"):
        shutil.rmtree(project / name, ignore_errors=True)
    load, times = os.getloadavg()[0], []
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(2):
        started = time.perf_counter()
        done = subprocess.run(
            command, cwd=project, env={**os.environ, **QUIET, **more}, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"Training in {project} failed: {done.stderr[-1000:]}")
        times.append(time.perf_counter() - started)
        if len(times) == 1:
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    return Trained(times[0], cpu, times[1], load)


def _digest(project: Path) -> str:
    """Of what is learnt and how; the wording of a reply needs no other training."""
    digest = hashlib.sha256()
    for file in [project / "config.yml", *sorted((project / "data").rglob("*.yml"))]:
        digest.update(file.read_bytes())
    return digest.hexdigest()
