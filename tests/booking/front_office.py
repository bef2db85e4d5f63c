"""A clinic's folder in which real processes run: their clinic.yml, database and receiver."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from web_server import ROOT, linked_project

from backtalk.booking.parts import BookingParts, booking_parts
from backtalk.database import bring_up_to_date, open_database
from backtalk.project import Project
from backtalk.settings import server_settings

KEY = "a key of at least 32 characters, for processes"
SECRET = "whsec_" + "A" * 43 + "="


def project_that_delivers_to(hook: str, folder: Path) -> Path:
    """A project in `folder` like this one, whose clinic hands requests to the webhook `hook`."""
    linked_project(folder, "clinic.yml")
    shipped = (ROOT / "clinic.yml").read_text(encoding="utf-8").split("\nhandoff:")[0]
    target = f"handoff: {{deliver: [{{kind: webhook, url: '{hook}'}}]}}"
    (folder / "clinic.yml").write_text(f"{shipped}\n{target}\n", encoding="utf-8")
    return folder


class FrontOffice:
    """`parts` work in this process on what the started processes work on."""

    def __init__(self, folder: Path, database_url: str, hook: str) -> None:
        self.folder = project_that_delivers_to(hook, folder)
        self.settings = {
            "BACKTALK_DATABASE_URL": database_url,
            "BACKTALK_SECRET_KEY": KEY,
            "BACKTALK_WEBHOOK_SECRET": SECRET,
        }
        self.engine = open_database(database_url)
        bring_up_to_date(self.engine)

    @property
    def parts(self) -> BookingParts:
        settings = server_settings("localhost", self.settings)
        return booking_parts(self.engine, settings, Project(self.folder).clinic())

    def start(self, *arguments: str) -> subprocess.Popen:
        """`backtalk …` in a process of its own."""
        return self._process(["-m", "backtalk.cli", *arguments])

    def run(self, *arguments: str) -> str:
        """The output of `backtalk …`, which has to succeed."""
        process = self.start(*arguments)
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0, said
        return said

    def start_program(self, program: str) -> subprocess.Popen:
        """Python that may use `office`, what a process of this folder works with."""
        opened = (
            "from pathlib import Path\n"
            "from backtalk.commands.booking_access import booking_access\n"
            "from backtalk.project import Project\n"
            "with booking_access(Project(Path.cwd())) as access:\n"
        )
        body = "".join(f"    {line}\n" for line in program.strip().splitlines())
        return self._process(["-c", opened + body])

    def _process(self, arguments: list[str]) -> subprocess.Popen:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("BACKTALK_")}
        return subprocess.Popen(
            [sys.executable, "-u", *arguments],
            cwd=self.folder,
            env={**environment, "PYTHONPATH": str(ROOT), **self.settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
