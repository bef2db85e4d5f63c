"""Faults of the red-flag catalogue and of all that goes with it, as findings beside those of the topics."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

from backtalk.content.topic_file import Finding
from backtalk.triage.assess import Triage
from backtalk.triage.catalogue import CatalogueError
from backtalk.triage.phrase_check import phrase_faults
from backtalk.triage.screening import Screening


def check_triage(folder: Path) -> Iterator[Finding]:
    """Every fault of data/triage: the catalogue, features, word lists, the symptom check, the phrases."""
    try:
        catalogue = Triage(folder).catalogue
        Screening(folder / "screening.yml", catalogue)
    except CatalogueError as error:
        yield Finding(folder, 1, "catalogue", str(error))
        return
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        yield Finding(
            folder,
            1,
            "catalogue",
            f"a part is missing or has a wrong form ({error}). Compare the last change.",
        )
        return
    for file, fault in phrase_faults(folder, catalogue):
        yield Finding(file, 1, "phrases", fault)
