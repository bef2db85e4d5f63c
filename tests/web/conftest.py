"""Servers and clients for the tests of the web channel."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from web_server import ROOT, Client, Server


@pytest.fixture(scope="module")
def server(trained, tmp_path_factory) -> Iterator[Server]:
    """One server for the tests of a file."""
    server = Server(
        tmp_path_factory.mktemp("server"),
        BACKTALK_PROXIES="1",
        BACKTALK_SESSION_RATE="30 per minute",  # so that a slow machine reaches it too
        BACKTALK_ALLOWED_ORIGINS="https://clinic.example.org",
    )
    yield server.start()
    server.kill()


@pytest.fixture
def client(server) -> Iterator[Client]:
    """A patient with a fresh session."""
    client = server.client().open()
    yield client
    client.http.close()


@pytest.fixture
def refused_start(tmp_path) -> Callable[..., str]:
    """`refused_start("--port", "0", BACKTALK_…="…")` is the last line of a start that fails."""

    def run(*options: str, **settings: str) -> str:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("BACKTALK_")}
        done = subprocess.run(
            [sys.executable, "-m", "backtalk.cli", "--project", str(ROOT), "serve", *options],
            cwd=tmp_path,
            env={**environment, "PYTHONPATH": str(ROOT), **settings},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 1
        return done.stderr.splitlines()[-1]

    return run
