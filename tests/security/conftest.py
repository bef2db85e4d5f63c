"""One server for all these tests, with limits low enough to be reached. Each patient has an address."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sites import ALLOWED, everything
from web_server import Server


@pytest.fixture(scope="session")
def server(trained, tmp_path_factory) -> Iterator[Server]:
    server = Server(
        tmp_path_factory.mktemp("security"),
        BACKTALK_PROXIES="1",
        BACKTALK_SESSION_RATE="20 per hour",
        BACKTALK_ADDRESS_RATE="60 per hour",
        BACKTALK_ALLOWED_ORIGINS=ALLOWED,
        **everything(),
    )
    yield server.start()
    server.kill()
