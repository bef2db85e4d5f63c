"""Training the model from the content, and knowing when there is nothing to train."""

from __future__ import annotations

import hashlib
import importlib.metadata
import logging
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any, Callable, Iterator

from backtalk.project import MODEL_NAME, Project

Progress = Callable[[str, int, int], None]
_TRAINED_FROM = "trained-from.sha256"


class TrainingError(RuntimeError):
    """Rasa could not train; the message says what to look at."""


def needs_training(project: Project) -> bool:
    """Whether the model is missing or was trained from other content, settings or code."""
    mark = project.models / _TRAINED_FROM
    if not project.model.exists() or not mark.exists():
        return True
    return mark.read_text(encoding="utf-8").strip() != fingerprint(project)


def fingerprint(project: Project) -> str:
    """A digest of everything the model depends on."""
    digest = hashlib.sha256()
    for file in _inputs(project):
        digest.update(str(file.relative_to(project.root)).encode())
        digest.update(file.read_bytes())
    for package in ("rasa", "scikit-learn", "onnxruntime", "tokenizers"):
        digest.update(f"{package}=={importlib.metadata.version(package)}".encode())
    return digest.hexdigest()


def _inputs(project: Project) -> Iterator[Path]:
    yield project.root / "config.yml"
    yield project.root / "domain.yml"
    yield from sorted(project.data.rglob("*.yml"))
    yield from sorted((project.root / "backtalk" / "understanding").glob("*.*"))
    yield project.root / "backtalk" / "engine" / "topic_classifier.py"
    yield project.root / "backtalk" / "engine" / "topic_importer.py"


def train(project: Project, progress: Progress = lambda *_: None) -> Path:
    """Train from scratch and put the model in place; the old model stays until the new one is whole.

    Raises TrainingError if Rasa produced no model.
    """
    trained_from = fingerprint(project)
    project.models.mkdir(exist_ok=True)
    listener = _ProgressListener(progress)
    log = logging.getLogger("backtalk.engine.topic_classifier")
    level = log.level
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(listener)
    try:
        with tempfile.TemporaryDirectory(dir=project.models) as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            progress("Loading Rasa", 0, 1)
            from rasa.model_training import train as rasa_train

            result: Any = rasa_train(
                domain=str(project.root / "domain.yml"),
                config=str(project.root / "config.yml"),
                training_files=[str(project.data)],
                output=folder,
                fixed_model_name=MODEL_NAME,
                force_training=True,
            )
            if not result.model:
                raise TrainingError(
                    "Rasa made no model. Run 'rasa train --debug' to see why, or 'backtalk check'."
                )
            shutil.move(result.model, project.model)
    finally:
        log.removeHandler(listener)
        log.propagate = True
        log.setLevel(level)
    (project.models / _TRAINED_FROM).write_text(trained_from + "\n", encoding="utf-8")
    return project.model


class _ProgressListener(logging.Handler):
    """Turns the classifier's progress events into calls."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == "training":
            fields = record.__dict__
            self._progress(fields["step"], fields["done"], fields["total"])
