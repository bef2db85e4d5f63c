"""Servers with something broken, and what is promised whatever breaks."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from web_server import ROOT, Client, Server

LONG = os.environ.get("BACKTALK_FAULTS") == "long"
IN_TIME = 5.6  # 5 s, and what a busy machine takes on top
NO_LIMIT = {"BACKTALK_SESSION_RATE": "off", "BACKTALK_ADDRESS_RATE": "off", "BACKTALK_PROXIES": "1"}
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


def first_reply(client: Client, text: str) -> dict[str, Any]:
    """The first reply to `text`; it must be there in time."""
    started = time.monotonic()
    answer = client.post(text=text, message_id=uuid.uuid4().hex)
    took = time.monotonic() - started
    assert answer.status_code == 200, answer.text
    assert took < IN_TIME, f"{took:.1f} s"
    return answer.json()["replies"][0]


def is_failsafe(reply: dict[str, Any]) -> bool:
    return "cannot answer right now" in reply["text"]
