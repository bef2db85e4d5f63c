"""Servers and clients for the tests of the web channel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from web_server import Client, Server


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
