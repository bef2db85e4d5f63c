"""The assistants that are served and asked over HTTP: how each is started, and how one talks to it."""

from __future__ import annotations

import itertools
import os
import socket
import sys
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bench.http_client import Connection

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".bench"
STOCK_PYTHON = CACHE / "stock-venv" / "bin" / "python"
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


class Assistant(Protocol):
    """What is measured. `folder` is where the server runs; its database is made there."""

    name: str
    may_be_silent: bool

    def command(self, port: int) -> Sequence[str]: ...

    def environment(self) -> dict[str, str]: ...

    async def is_ready(self, connection: Connection) -> bool: ...

    async def open(self, connection: Connection) -> str:
        """A new conversation."""

    async def say(self, connection: Connection, conversation: str, text: str) -> Any:
        """Send a message; its replies."""


@dataclass
class Backtalk:
    """This project as `backtalk serve` runs it: web channel, SQLite, stored replies, triage, JSON log."""

    project: Path = CACHE / "backtalk"
    name: str = "Backtalk"
    may_be_silent: bool = False

    def command(self, port: int) -> Sequence[str]:
        options = ["--project", str(self.project), "serve", "--port", str(port)]
        return [sys.executable, "-m", "backtalk.cli", *options]

    def environment(self) -> dict[str, str]:
        # As `make run` sets it.
        clean = {key: value for key, value in os.environ.items() if not key.startswith("BACKTALK_")}
        own = {"BACKTALK_SESSION_RATE": "off", "BACKTALK_ADDRESS_RATE": "off", "PYTHONPATH": str(ROOT)}
        return clean | QUIET | {"OMP_NUM_THREADS": "1"} | own

    async def is_ready(self, connection: Connection) -> bool:
        return (await connection.ask("GET", "/health/ready"))["status"] == "ready"

    async def open(self, connection: Connection) -> str:
        return str((await connection.ask("POST", "/webhooks/web/session"))["token"])

    async def say(self, connection: Connection, conversation: str, text: str) -> Any:
        body = {"text": text, "message_id": str(uuid.uuid4())}
        return (await connection.ask("POST", "/webhooks/web/messages", body, conversation))["replies"]


@dataclass
class StockRasa:
    """`rasa run` with real TensorFlow, its rest channel and its SQLite tracker store."""

    name: str
    project: Path
    may_be_silent: bool = False
    _numbers: Any = field(default_factory=itertools.count)

    def command(self, port: int) -> Sequence[str]:
        files = ["--credentials", "credentials.yml", "--endpoints", "endpoints.yml"]
        places = [
            option if option.startswith("--") else str(self.project / option)
            for option in ("--model", "models/model.tar.gz", *files)
        ]
        return [str(STOCK_PYTHON), "-m", "rasa", "run", "--port", str(port), *places]

    def environment(self) -> dict[str, str]:
        return dict(os.environ) | QUIET

    async def is_ready(self, connection: Connection) -> bool:
        return "Hello" in str(await connection.ask("GET", "/"))

    async def open(self, connection: Connection) -> str:
        return f"sender-{next(self._numbers)}"

    async def say(self, connection: Connection, conversation: str, text: str) -> Any:
        body = {"sender": conversation, "message": text}
        return await connection.ask("POST", "/webhooks/rest/webhook", body)


def empty_rasa() -> StockRasa:
    return StockRasa("empty Rasa", CACHE / "empty-rasa")


def default_rasa() -> StockRasa:
    # What it is not sure of it answers with nothing: `rasa init` comes with no rule for that.
    return StockRasa("default Rasa", CACHE / "stock-rasa", may_be_silent=True)


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])
