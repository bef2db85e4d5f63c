"""Training the model from the content."""

from __future__ import annotations

import contextlib
import gzip
import io
import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any, Callable

from rasa.engine.exceptions import GraphComponentException
from rasa.shared.exceptions import RasaException

from backtalk.engine.fingerprint import fingerprint, trained_from_file
from backtalk.engine.kept_memory import keep_memory
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
            keep_memory()
            from rasa.model_training import train as rasa_train

            from backtalk.engine.quick_training import quick_training

            with quick_training():
                result: Any = rasa_train(
                    domain=str(project.root / "domain.yml"),
                    config=str(project.root / "config.yml"),
                    training_files=[str(project.data)],
                    output=folder,
                    fixed_model_name=MODEL_NAME,
                    force_training=True,
                )
            if not result.model:
                raise TrainingError(_failure("it made no model", said))
            unpacked = Path(folder) / "unpacked.tar.gz"
            _repack(Path(result.model), unpacked)
            shutil.move(unpacked, project.model)
    except (RasaException, GraphComponentException) as error:
        raise TrainingError(_failure(str(error.__cause__ or error), said)) from error
    finally:
        log.removeHandler(listener)
        log.propagate = True
        log.setLevel(level)
    trained_from_file(project).write_text(trained_from + "\n", encoding="utf-8")
    return project.model


def _repack(packed: Path, unpacked: Path) -> None:
    """Write the archive `packed` again without compression: it holds numbers that hardly shrink.

    Rasa unpacks a model twice at each start, to look for members that leave its folder first.
    """
    with gzip.open(packed) as members, gzip.open(unpacked, "wb", compresslevel=0) as stored:
        shutil.copyfileobj(members, stored, 1 << 20)


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
