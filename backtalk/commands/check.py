"""`backtalk check`: every fault of the content and the clinic file, with file and line."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from dataclasses import replace
from pathlib import Path

from backtalk.clinic import ClinicFileError
from backtalk.errors import CommandError
from backtalk.project import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", type=Path, help="only these topic files (default: all)")


def run(options: argparse.Namespace) -> int:
    from backtalk.content.library import check_library
    from backtalk.content.task_texts import check_task_texts
    from backtalk.content.triage_check import check_triage

    project = Project(options.project.resolve())
    try:
        clinic = project.clinic()
    except ClinicFileError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        raise CommandError("the clinic file has the faults above. Mend them first.") from error
    missing = [file for file in options.files if not file.is_file()]
    if missing:
        raise CommandError(f"{missing[0]} does not exist. Give paths of topic files.")
    only = frozenset(file.resolve() for file in options.files)
    findings = check_library(project.data, clinic.placeholders(), dt.date.today(), only)
    if not only:
        findings = [
            *findings,
            *check_triage(project.data / "triage"),
            *check_task_texts(project.data, clinic.placeholders()),
        ]
    for finding in findings:
        print(replace(finding, file=Path(os.path.relpath(finding.file))))
    if findings:
        raise CommandError(f"{len(findings)} findings. Mend each line above, then check again.")
    print("No findings: topics, booking form, word lists, sources, red flags and clinic.yml are in order.")
    return 0
