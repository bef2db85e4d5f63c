"""Lets a topic file declare its own intent, so that one topic stays one file.

Rasa merges `responses:` found below data/ into the domain, but not `intents:`.
"""

from __future__ import annotations

from typing import Optional

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method
from rasa.shared.utils.io import read_yaml_file


class TopicImporter(RasaFileImporter):
    """Rasa's file importer, with the `intents:` of every data file added to the domain."""

    @cached_method
    def get_nlu_data(self, language: Optional[str] = "en") -> TrainingData:
        # Rasa asks three times, and reading and validating every file takes seconds.
        return super().get_nlu_data(language)

    @cached_method
    def get_domain(self) -> Domain:
        declared = [intent for file in self._nlu_files for intent in read_yaml_file(file).get("intents", [])]
        return super().get_domain().merge(Domain.from_dict({"intents": declared}))
