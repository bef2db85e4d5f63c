"""The command line, in this process with the model already loaded, or as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from backtalk import cli


class Result(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def backtalk(project, capsys) -> Callable[..., Result]:
    """`backtalk("check")` runs the command here, on this project unless told otherwise."""

    def run(*arguments: str, root=project.root) -> Result:
        capsys.readouterr()
        code = cli.main(["--project", str(root), *arguments])
        return Result(code, *capsys.readouterr())

    return run


@pytest.fixture
def loaded(assistant, monkeypatch) -> None:
    """The real assistant, loaded once for all tests, in place of one load a command."""
    monkeypatch.setattr("backtalk.commands.loading.ready_assistant", lambda _: assistant)


@pytest.fixture
def process(project) -> Callable[..., Result]:
    """`process("ask", "hello")` runs the command as a patient's clinic would, in its own process."""

    def run(*arguments: str, stdin: bytes = b"") -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "backtalk.cli", *arguments],
            cwd=project.root,
            input=stdin,
            capture_output=True,
            timeout=120,
            env={**os.environ, "PYTHONIOENCODING": ""},
        )
        return Result(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    return run
