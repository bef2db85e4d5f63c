"""Getting from a project folder to a running assistant, for the commands that need one."""

from __future__ import annotations

from typing import Any

from backtalk.clinic import Clinic, ClinicFileError
from backtalk.commands.train import train_if_needed
from backtalk.errors import CommandError
from backtalk.project import Project


def load_assistant(project: Project) -> tuple[Any, Clinic]:
    """The agent and the clinic; trains first if the content changed.

    Raises CommandError with one line for whatever is wrong.
    """
    from backtalk.engine.quiet import quiet_rasa
    from backtalk.engine.training import needs_training

    quiet_rasa()
    try:
        clinic = project.clinic()
    except ClinicFileError as error:
        raise CommandError("; ".join(error.problems)) from error
    if not project.data.is_dir():
        raise CommandError(f"{project.root} has no data folder. Run this in the project's folder.")
    if needs_training(project):
        train_if_needed(project)
    from backtalk.engine.assistant import load_agent

    return load_agent(project), clinic
