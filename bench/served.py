"""An assistant's server in a process of its own: started, measured from outside, stopped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bench.assistants import Assistant, free_port
from bench.http_client import Connection, HttpError

START_SECONDS = 240
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Served:
    """A running server. `ready_seconds` is from the start of its process to its being ready."""

    assistant: Assistant
    port: int
    process: subprocess.Popen[bytes]
    ready_seconds: float

    def connection(self) -> Connection:
        return Connection(self.port)

    @property
    def memory_mb(self) -> float:
        """Resident memory of the process in MB (10^6 bytes), not counting what it shares with others."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024 / 1e6

    @property
    def cpu_seconds(self) -> float:
        """What the process has used of all cores so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


@contextlib.asynccontextmanager
async def served(assistant: Assistant) -> AsyncIterator[Served]:
    """Start the server with an empty database, wait until it is ready, and stop it in the end."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        port = free_port()
        with Path(folder, "log").open("wb") as log:
            started = time.perf_counter()
            process = subprocess.Popen(
                assistant.command(port), cwd=folder, env=assistant.environment(), stdout=log, stderr=log
            )
            try:
                await _until_ready(assistant, port, process, Path(folder, "log"))
                yield Served(assistant, port, process, time.perf_counter() - started)
            finally:
                process.terminate()
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(15)


async def _until_ready(assistant: Assistant, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.perf_counter() + START_SECONDS
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{assistant.name} ended: {log.read_text(errors='replace')[-2000:]}")
        connection = Connection(port)
        try:
            if await assistant.is_ready(connection):
                return
        except (OSError, HttpError, asyncio.IncompleteReadError):
            pass
        finally:
            connection.close()
        await asyncio.sleep(0.05)
    raise RuntimeError(f"{assistant.name} was not ready within {START_SECONDS} s.")
