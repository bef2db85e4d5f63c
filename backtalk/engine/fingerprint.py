"""Knowing when there is nothing to train. Imports nothing of Rasa, so that asking costs little."""

from __future__ import annotations

import hashlib
import importlib.metadata
from pathlib import Path
from typing import Iterator

from backtalk.project import Project


def trained_from_file(project: Project) -> Path:
    """Where the fingerprint of the model's inputs is kept."""
    return project.models / "trained-from.sha256"


def needs_training(project: Project) -> bool:
    """Whether the model is missing or was trained from other content, settings or code."""
    mark = trained_from_file(project)
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


def _is_no_training(file: Path) -> bool:
    """Whether it is read at run time only: red flags, the booking form, what a channel itself says."""
    return file.parts[0] in ("triage", "booking", "channels")


def _inputs(project: Project) -> Iterator[Path]:
    yield project.root / "config.yml"
    yield project.root / "domain.yml"
    yield from sorted(
        file for file in project.data.rglob("*.yml") if not _is_no_training(file.relative_to(project.data))
    )
    yield from sorted((project.data / "triage" / "phrases").glob("*.yml"))
    yield project.data / "triage" / "red_flags.yml"
    yield from sorted((project.root / "backtalk" / "understanding").glob("*.*"))
    yield project.root / "backtalk" / "engine" / "topic_classifier.py"
    yield project.root / "backtalk" / "engine" / "topic_importer.py"
    yield project.root / "backtalk" / "engine" / "safety_policy.py"
    yield project.root / "backtalk" / "engine" / "triage_tagger.py"
