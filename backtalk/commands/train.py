"""`backtalk train`: train the model, unless it already fits the content."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import time
from pathlib import Path

from backtalk.clinic import ClinicFileError
from backtalk.errors import CommandError
from backtalk.project import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="train even if nothing changed")


def run(options: argparse.Namespace) -> int:
    train_if_needed(Project(options.project.resolve()), force=options.force)
    return 0


def train_if_needed(project: Project, *, force: bool = False, quietly: bool = False) -> None:
    """Check the content, then train with a progress bar; says so if there is nothing to do.

    `quietly` says nothing where there is nothing to do. Raises CommandError.
    """
    from backtalk.engine.fingerprint import needs_training

    if not force and not needs_training(project):
        if not quietly:
            print("The model fits the content: nothing to train.", file=sys.stderr)
        return
    from backtalk.engine.early_encoding import encoding_beside

    with encoding_beside(project.data):
        _refuse_broken_content(project)
        _train(project)


def _refuse_broken_content(project: Project) -> None:
    from backtalk.content.library import check_library
    from backtalk.content.sms_check import check_sms
    from backtalk.content.triage_check import check_triage

    try:
        clinic = project.clinic()
    except ClinicFileError as error:
        raise CommandError("; ".join(error.problems)) from error
    findings = [
        *check_library(project.data, clinic.placeholders(), dt.date.today()),
        *check_triage(project.data / "triage"),
        *check_sms(project.data, clinic.placeholders()),
    ]
    # An overdue review must not keep a clinic's assistant from starting; `check` still reports it.
    findings = [finding for finding in findings if finding.rule != "reviewed"]
    for finding in findings[:20]:
        where = os.path.relpath(finding.file)
        print(f"{where}:{finding.line}: {finding.rule}: {finding.message}", file=sys.stderr)
    if findings:
        raise CommandError(f"{len(findings)} faults in the content. Mend the lines above first.")


def _train(project: Project) -> Path:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from backtalk.engine.quiet import quiet_rasa
    from backtalk.engine.training import TrainingError, train

    quiet_rasa()
    started = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Training", total=None)

        def show(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=total if total > 1 else None)

        try:
            model = train(project, show)
        except TrainingError as error:
            raise CommandError(str(error)) from error
    print(f"Trained in {time.monotonic() - started:.0f} s: {model.name}", file=sys.stderr)
    return model
