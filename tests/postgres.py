"""A real PostgreSQL of our own: made for the tests, thrown away after them.

`postgres` is the running cluster, one for all tests; `postgres_url` a fresh, empty database in it. On a
machine without PostgreSQL these tests are skipped, or fail if BACKTALK_TEST_REQUIRE names postgres.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

_DEBIAN = Path("/usr/lib/postgresql")
_START_SECONDS = 60
# What was committed survives a crash of the server, and need not survive a power cut.
_OPTIONS = ("fsync=off", "full_page_writes=off", "max_connections=200")


class Cluster:
    """A PostgreSQL server on a port of its own. PostgreSQL refuses root: then it is another user's."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="backtalk-postgres-"))
        self._as_user: list[str] = []
        self._process: subprocess.Popen | None = None
        if os.geteuid() == 0:
            user = _somebody()
            os.chown(self._folder, user.pw_uid, user.pw_gid)
            self._as_user = [
                "setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups",
            ]  # fmt: skip
        self.port = _free_port()
        self._run("initdb", "-D", str(self._data), "-U", "backtalk", "-A", "trust", "-E", "UTF8", "--no-sync")

    def start(self) -> Cluster:
        """Returns when it takes connections."""
        options = [part for option in _OPTIONS for part in ("-c", option)]
        log = (self._folder / "log").open("ab")
        self._process = subprocess.Popen(
            [
                *self._as_user, str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self.port),
                "-k", str(self._folder), "-c", "listen_addresses=127.0.0.1", *options,
            ],
            cwd="/", stdout=log, stderr=log,
        )  # fmt: skip
        log.close()
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        """Stop at once, as an administrator does in a hurry: clients lose their connections."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Stop without a word, as a crash does."""
        self._end(signal.SIGQUIT)

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_database(self) -> str:
        """The URL of what is as good as an empty database: a user with a schema of its own.

        That takes milliseconds; a whole database takes a second and 7 MB.
        """
        name = f"test_{uuid.uuid4().hex[:12]}"
        sql = f"create role {name} login; create schema authorization {name}"
        self._run(
            "psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "backtalk", "-q", "-c", sql, "postgres"
        )
        return f"postgresql://{name}@127.0.0.1:{self.port}/postgres"

    @property
    def log(self) -> str:
        return (self._folder / "log").read_text(encoding="utf-8", errors="replace")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _answers(self) -> bool:
        command = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, timeout=20).returncode == 0

    def _end(self, how: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(30)

    def _run(self, program: str, *options: str) -> None:
        done = subprocess.run(
            [*self._as_user, str(self._programs / program), *options],
            cwd="/",
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"{program}: {done.stderr}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    programs = _installed()
    if programs is None:
        why = "PostgreSQL's initdb is not installed (on Debian: apt-get install postgresql)"
        if "postgres" in os.environ.get("BACKTALK_TEST_REQUIRE", "").split(","):
            pytest.fail(why)
        pytest.skip(why)
    cluster = Cluster(programs).start()
    yield cluster
    cluster.remove()


@pytest.fixture
def postgres_url(postgres: Cluster) -> str:
    return postgres.new_database()


def _installed() -> Path | None:
    """The folder of the newest PostgreSQL on this machine."""
    versions = [folder / "bin" for folder in _DEBIAN.glob("*") if (folder / "bin" / "initdb").exists()]
    if versions:
        return max(versions, key=lambda programs: float(programs.parent.name))
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def _somebody() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    pytest.skip("there is no user but root to run PostgreSQL")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
