"""The trained assistant, once for all tests; trained here if the content changed."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest

from backtalk.project import Project

pytest_plugins = ["postgres", "redis_server"]  # tests/postgres.py, tests/redis_server.py
ROOT = Path(__file__).resolve().parent.parent
HAS_BROWSER = importlib.util.find_spec("playwright") is not None
collect_ignore = [] if HAS_BROWSER else ["browser"]


def pytest_terminal_summary(terminalreporter) -> None:
    if not HAS_BROWSER:
        terminalreporter.write_line("tests/browser was left out: it needs `make test-browser`.")


@pytest.fixture(scope="session")
def project() -> Project:
    return Project(ROOT)


@pytest.fixture(scope="session")
def trained(project):
    """The model fits the content before any server starts."""
    from backtalk.commands.train import train_if_needed

    train_if_needed(project, quietly=True)


@pytest.fixture(scope="session")
def assistant(project: Project):
    from backtalk.commands.loading import ready_assistant

    return ready_assistant(project)


@pytest.fixture(scope="session")
def loop():
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture
def talk(assistant, loop) -> Callable:
    """`talk("first", "second", channel="web")` returns the turns of one fresh conversation."""
    from backtalk.conversation import Conversation

    def run(*messages: str, channel: str = "web") -> list:
        conversation = Conversation(assistant, channel)
        turns = [loop.run_until_complete(conversation.say(message)) for message in messages]
        conversation.forget()
        return turns

    return run


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


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path) -> str:
    """An empty database: each test that asks for one runs with SQLite and with PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'backtalk.db'}"
    return request.getfixturevalue("postgres_url")
