"""Servers that share a database and a Redis, as on several hosts behind one load balancer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from web_server import Server

KEY = "k" * 32
NO_LIMIT = {"BACKTALK_SESSION_RATE": "off", "BACKTALK_ADDRESS_RATE": "off"}


@pytest.fixture(scope="module")
def database_url(postgres) -> str:
    """One database for all hosts of a test file."""
    return postgres.new_database()


@pytest.fixture(scope="module")
def serving(trained, redis_of_module, database_url, tmp_path_factory) -> Iterator[Callable[..., Server]]:
    """`serving("--workers", "2", NAME="…")` starts one more server on the same database and Redis."""
    started: list[Server] = []

    def start(*options: str, **settings: str) -> Server:
        folder = tmp_path_factory.mktemp("host")
        shared = {
            "BACKTALK_DATABASE_URL": database_url,
            "BACKTALK_REDIS_URL": redis_of_module.url,
            "BACKTALK_SECRET_KEY": KEY,
            "BACKTALK_PROXIES": "1",
        }
        server = Server(folder, **{**shared, **NO_LIMIT, **settings})
        started.append(server)
        return server.start(*options)

    yield start
    for server in started:
        server.kill()
