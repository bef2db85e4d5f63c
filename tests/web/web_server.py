"""A real server in a process of its own, with a database of its own, and clients that speak HTTP to it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 280
RED_FLAG = "my left leg has gone numb all at once and i have wet myself"
API = "/webhooks/web"


def until(found: Callable[[], Any], seconds: float = 10, what: str = "it") -> Any:
    """What `found` returns as soon as it is true; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = found()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come within {seconds} s")


def linked_project(folder: Path, *own: str) -> Path:
    """A project in `folder` that is this one, but for the files and folders `own`, which are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in ROOT.iterdir():
        if file.name not in (*own, "var", ".git"):
            (folder / file.name).symlink_to(file)
    return folder


def project_without_model(folder: Path) -> Path:
    """A project in `folder` that takes whatever is put at models/backtalk.tar.gz for its trained model."""
    models = linked_project(folder, "models") / "models"
    models.mkdir()
    shutil.copy(ROOT / "models" / "trained-from.sha256", models)
    return folder


class Server:
    """`backtalk serve` in `folder`, which holds its database, key and log."""

    def __init__(self, folder: Path, project: Path = ROOT, **settings: str) -> None:
        self.folder = folder
        self.project = project
        self.settings = settings
        self.log_file = folder / "server.log"
        self.database = folder / "var" / "backtalk.db"
        self.process: subprocess.Popen | None = None
        self.url = ""
        self.launcher: tuple[str, ...] = ("-m", "backtalk.cli")

    def start(self, *options: str) -> Server:
        seen = self.launch("--port", "0", *options)

        def address() -> str | None:
            assert self.process
            assert self.process.poll() is None, self.log[seen:]
            lines = [line for line in self.log[seen:].splitlines() if "Backtalk is ready: " in line]
            return lines[0].split(": ", 1)[1].strip() if lines else None

        self.url = until(address, START_SECONDS, "the address").rstrip("/").replace("localhost", "127.0.0.1")
        return self

    def launch(self, *options: str) -> int:
        """Begin to start, and wait for nothing; how long the log was before."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("BACKTALK_")}
        environment |= {"PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false", **self.settings}
        seen = len(self.log) if self.log_file.exists() else 0
        command = [sys.executable, *self.launcher, "--project", str(self.project), "serve"]
        with self.log_file.open("a") as log:
            self.process = subprocess.Popen(
                [*command, *options], cwd=self.folder, env=environment, stdout=log, stderr=log
            )
        return seen

    def stop(self) -> int:
        """Ask it to stop, as an operator does; its exit code."""
        assert self.process
        self.process.terminate()
        return self.process.wait(15)

    def kill(self) -> None:
        assert self.process
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(15)

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8")

    def client(self) -> Client:
        return Client(self.url)


def connected(url: str) -> http.client.HTTPConnection:
    """A connection that the server has taken."""
    connection = http.client.HTTPConnection(httpx.URL(url).netloc.decode(), timeout=20)
    connection.request("GET", "/health/live")
    assert connection.getresponse().read()
    return connection


class Client:
    """One patient's browser. Each has an address of its own, as a proxy would report it."""

    def __init__(self, url: str) -> None:
        number = uuid.uuid4().int
        address = f"10.{number % 256}.{number // 256 % 256}.{number // 65536 % 256}"
        self.http = httpx.Client(base_url=url, timeout=20, headers={"X-Forwarded-For": address})
        self.token = ""
        self.session = ""

    def open(self) -> Client:
        answer = self.http.post(f"{API}/session")
        assert answer.status_code == 200, answer.text
        self.token, self.session = answer.json()["token"], answer.json()["session"]
        return self

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, headers: dict[str, str] | None = None, **message: Any) -> httpx.Response:
        return self.http.post(f"{API}/messages", json=message, headers={**self.bearer, **(headers or {})})

    def send_only(self, connection: http.client.HTTPConnection, **message: Any) -> None:
        """Send a message whole, and leave its response to be read from `connection`."""
        headers = {**self.bearer, "Content-Type": "application/json"}
        connection.request("POST", f"{API}/messages", json.dumps(message), headers)

    def say(self, text: str, **more: Any) -> list[dict[str, Any]]:
        answer = self.post(text=text, message_id=str(uuid.uuid4()), **more)
        assert answer.status_code == 200, answer.text
        return answer.json()["replies"]

    def press(self, button: dict[str, str]) -> list[dict[str, Any]]:
        answer = self.post(payload=button["payload"], message_id=str(uuid.uuid4()))
        assert answer.status_code == 200, answer.text
        return answer.json()["replies"]

    def history(self) -> list[dict[str, Any]]:
        answer = self.http.get(f"{API}/history", headers=self.bearer)
        assert answer.status_code == 200, answer.text
        return answer.json()["turns"]


def error_of(answer: httpx.Response) -> dict[str, str]:
    """The error of a refusal, whose shape is checked."""
    body = answer.json()
    assert set(body) == {"error"}, body
    assert set(body["error"]) == {"code", "message"}
    assert body["error"]["message"].endswith(".")
    return body["error"]
