"""`backtalk review clinical`: the red flags as pages in docs/clinical, for a clinician."""

from __future__ import annotations

import argparse
import sys

from backtalk.clinic import ClinicFileError
from backtalk.errors import CommandError
from backtalk.project import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="write nothing; name each page that is out of date"
    )


def run(options: argparse.Namespace) -> int:
    """Write the pages; with --check, 1 if any is out of date. Raises CommandError."""
    from backtalk.triage.catalogue import CatalogueError
    from backtalk.triage.pages.folder import clinical_pages, stale_pages, write_pages

    project = Project(options.project.resolve())
    try:
        pages = clinical_pages(project.data, project.clinic().placeholders())
    except ClinicFileError as error:
        raise CommandError("; ".join(error.problems)) from error
    except CatalogueError as error:
        raise CommandError(str(error)) from error
    folder = project.root / "docs" / "clinical"
    if not options.check:
        changed = write_pages(pages, folder)
        print(f"{len(pages)} pages in docs/clinical, {len(changed)} of them changed.")
        return 0
    stale = stale_pages(pages, folder)
    for name in stale:
        print(f"docs/clinical/{name}: out of date. Run backtalk review clinical.", file=sys.stderr)
    return 1 if stale else 0
