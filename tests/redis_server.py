"""A real Redis of our own: made for the tests, thrown away after them.

On a machine without it these tests are skipped, or fail if BACKTALK_TEST_REQUIRE names redis.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

_START_SECONDS = 20


class RedisServer:
    """A Redis server that keeps nothing on disk, on a port of its own, the same after a restart."""

    def __init__(self, program: str) -> None:
        self._program = program
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> RedisServer:
        """Returns when it takes connections."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(
            [self._program, *options], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            assert self._process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return self

    def kill(self) -> None:
        """End it at once; what it knew is gone."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait(10)

    def freeze(self) -> None:
        """It keeps its connections and takes new ones, but answers nothing."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(5) == b"+PONG"
        except OSError:
            return False


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """A server for one test."""
    server = new_redis()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def redis_of_module() -> Iterator[RedisServer]:
    server = new_redis()
    yield server
    server.kill()


def new_redis() -> RedisServer:
    program = shutil.which("redis-server")
    if program is None:
        why = "redis-server is not installed (on Debian: apt-get install redis-server)"
        if "redis" in os.environ.get("BACKTALK_TEST_REQUIRE", "").split(","):
            pytest.fail(why)
        pytest.skip(why)
    return RedisServer(program).start()
