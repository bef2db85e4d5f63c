"""Getting from a project folder to a running assistant, for the commands that need one."""

from __future__ import annotations

from typing import Any

from backtalk.clinic import ClinicFileError
from backtalk.commands.train import train_if_needed
from backtalk.errors import CommandError
from backtalk.project import Project


def ready_assistant(project: Project) -> Any:
    """The assistant; trains first if the content changed.

    Raises CommandError with one line for whatever is wrong.
    """
    if not project.data.is_dir():
        raise CommandError(f"{project.root} has no data folder. Run this in the project's folder.")
    from backtalk.engine.quiet import quiet_rasa

    quiet_rasa()
    train_if_needed(project, quietly=True)
    from backtalk.engine.lean_imports import import_rasa_leanly

    import_rasa_leanly()
    from backtalk.engine.assistant import load_assistant

    try:
        return load_assistant(project)
    except ClinicFileError as error:
        raise CommandError("; ".join(error.problems)) from error
