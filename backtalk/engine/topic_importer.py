"""Lets a topic file declare its own intent, so that one topic stays one file.

Rasa merges `responses:` found below data/ into the domain, but not `intents:`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, List, Optional

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from backtalk.engine.quick_yaml import read_quickly

TRIAGE_FOLDER = "triage"


class TopicImporter(RasaFileImporter):
    """Rasa's file importer, with the `intents:` of every data file added to the domain."""

    def __init__(
        self,
        config_file: Optional[str] = None,
        domain_path: Optional[str] = None,
        training_data_paths: Optional[List[str] | str] = None,
    ) -> None:
        paths = [training_data_paths] if isinstance(training_data_paths, str) else training_data_paths
        super().__init__(config_file, domain_path, [p for path in paths or () for p in _without_triage(path)])

    @cached_method
    def get_nlu_data(self, language: Optional[str] = "en") -> TrainingData:
        # Rasa asks three times, and reading and validating every file takes seconds.
        return super().get_nlu_data(language)

    @cached_method
    def get_domain(self) -> Domain:
        declared = [
            intent for file in self._nlu_files for intent in read_quickly(Path(file)).get("intents", ())
        ]
        return super().get_domain().merge(Domain.from_dict({"intents": declared}))


def _without_triage(path: str) -> Iterator[str]:
    """`path`, or what is in it but the red-flag catalogue: Rasa would parse all of that in vain."""
    folder = Path(path)
    if not (folder / TRIAGE_FOLDER).is_dir():
        yield path
        return
    yield from (str(child) for child in sorted(folder.iterdir()) if child.name != TRIAGE_FOLDER)
