"""Servers with something broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from in_time import NO_LIMIT
from web_server import ROOT, Server

LAUNCHER = Path(__file__).with_name("serve_with_fault.py")


@pytest.fixture(scope="module")
def serving(trained, tmp_path_factory) -> Iterator[Callable[..., Server]]:
    """`serving(NAME="…", project=…, fault="action_raises")` starts a server for the tests of a file."""
    started: list[Server] = []

    def start(*options: str, project: Path = ROOT, fault: str = "", **settings: str) -> Server:
        server = Server(tmp_path_factory.mktemp("faults"), project, **{**NO_LIMIT, **settings})
        if fault:
            server.launcher = (str(LAUNCHER), fault)
        started.append(server)
        return server.start(*options)

    yield start
    for server in started:
        server.kill()
