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
    parser.add_argument("--sms", action="store_true", help="show how many SMS parts the texts have")


def run(options: argparse.Namespace) -> int:
    from backtalk.content.library import check_library, load_topics
    from backtalk.content.sms_check import check_sms
    from backtalk.content.sms_room import costly_facts, too_long_facts
    from backtalk.content.sms_texts import check_sms_texts
    from backtalk.content.task_texts import check_task_texts
    from backtalk.content.topic_file import Finding
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
    facts = clinic.placeholders()
    findings = check_library(project.data, facts, dt.date.today(), only)
    if not only:
        clinic_file = project.clinic_file
        topics = {topic.id for topic in load_topics(project.data)[0]}
        findings += [*check_triage(project.data / "triage"), *check_sms(project.data, facts)]
        findings += check_sms_texts(project.data, facts, topics)
        findings += check_task_texts(project.data, facts)
        findings += [Finding(clinic_file, 1, "length", message) for message in too_long_facts(facts)]
    for finding in findings:
        print(replace(finding, file=Path(os.path.relpath(finding.file))))
    if findings:
        raise CommandError(f"{len(findings)} findings. Mend each line above, then check again.")
    for note in costly_facts(facts):
        print(f"Note on {project.clinic_file.name}: {note}")
    if options.sms:
        from backtalk.commands.sms_table import print_sms_table

        print_sms_table(project.data, facts)
    print("No findings: topics, booking, word lists, sources, red flags, texts and clinic.yml are in order.")
    return 0
