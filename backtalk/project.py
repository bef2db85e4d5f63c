"""Where the files of a checkout are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from backtalk.clinic import Clinic, load_clinic

MODEL_NAME = "backtalk"


@dataclass(frozen=True)
class Project:
    """The files below `root`, an absolute path."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def clinic_file(self) -> Path:
        return self.root / "clinic.yml"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def model(self) -> Path:
        return self.models / f"{MODEL_NAME}.tar.gz"

    def clinic(self) -> Clinic:
        """The validated clinic file. Raises ClinicFileError."""
        return load_clinic(self.clinic_file)
