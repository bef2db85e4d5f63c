"""Training the model from the content."""

from __future__ import annotations

import contextlib
import io
import logging
import multiprocessing
import shutil
import tempfile
from pathlib import Path
from typing import Any, Callable

from rasa.engine.exceptions import GraphComponentException
from rasa.shared.exceptions import RasaException

from backtalk.engine.early_encoding import encode_early
from backtalk.engine.fingerprint import fingerprint, trained_from_file
from backtalk.project import MODEL_NAME, Project

Progress = Callable[[str, int, int], None]


class TrainingError(RuntimeError):
    """Rasa could not train; the message says what to look at."""


def train(project: Project, progress: Progress = lambda *_: None) -> Path:
    """Train from scratch and put the model in place; the old model stays until the new one is whole.

    Raises TrainingError if Rasa produced no model.
    """
    trained_from = fingerprint(project)
    project.models.mkdir(exist_ok=True)
    listener = _ProgressListener(progress)
    said = io.StringIO()
    log = logging.getLogger("backtalk.engine.topic_classifier")
    level = log.level
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(listener)
    try:
        with (
            tempfile.TemporaryDirectory(dir=project.models) as folder,
            # Rasa prints bars and advice of its own; they are shown only where training fails.
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            progress("Loading Rasa", 0, 1)
            encoder = _encoding_beside(project)
            from rasa.model_training import train as rasa_train

            result: Any = rasa_train(
                domain=str(project.root / "domain.yml"),
                config=str(project.root / "config.yml"),
                training_files=[str(project.data)],
                output=folder,
                fixed_model_name=MODEL_NAME,
                force_training=True,
            )
            encoder.join()
            if not result.model:
                raise TrainingError(_failure("it made no model", said))
            shutil.move(result.model, project.model)
    except (RasaException, GraphComponentException) as error:
        raise TrainingError(_failure(str(error.__cause__ or error), said)) from error
    finally:
        log.removeHandler(listener)
        log.propagate = True
        log.setLevel(level)
    trained_from_file(project).write_text(trained_from + "\n", encoding="utf-8")
    return project.model


def _encoding_beside(project: Project) -> multiprocessing.process.BaseProcess:
    """Start encoding in a process of its own: Rasa reads files for 12 seconds, on one core."""
    process = multiprocessing.get_context("spawn").Process(
        target=encode_early, args=(project.data,), daemon=True
    )
    process.start()
    return process


def _failure(reason: str, said: io.StringIO) -> str:
    last = [line.strip() for line in said.getvalue().splitlines() if line.strip()][-1:]
    hint = f" Rasa's last words: {last[0][:200]}" if last else ""
    return f"Rasa could not train: {reason}.{hint} Run 'backtalk check', then 'rasa train --debug'."


class _ProgressListener(logging.Handler):
    """Turns the classifier's progress events into calls."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == "training":
            fields = record.__dict__
            self._progress(fields["step"], fields["done"], fields["total"])
