"""How large the environment is that running the project needs."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path

from packaging.requirements import Requirement


def size_mb() -> float:
    """What running needs: the packages of the lock file without those for development, as installed."""
    wanted = _packages_without_dev()
    total = 0
    for package in importlib.metadata.distributions():
        name = re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower()
        if name in wanted:
            files = [Path(str(package.locate_file(file))) for file in package.files or ()]
            total += sum(_on_disk(file) for file in files if file.is_file())
            total += sum(_on_disk(c) for f in files if f.suffix == ".py" for c in _compiled(f))
    return total / 1e6


def _on_disk(file: Path) -> int:
    """Bytes, in whole blocks, as `du` counts."""
    return file.stat().st_blocks * 512


def _compiled(file: Path) -> list[Path]:
    return list((file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"))


def _packages_without_dev() -> set[str]:
    """The names that the project needs, and what those need."""
    wanted: set[str] = set()
    queue = ["backtalk"]
    while queue:
        name = re.sub(r"[-_.]+", "-", queue.pop()).lower()
        if name in wanted:
            continue
        try:
            needs = importlib.metadata.requires(name) or ()
        except importlib.metadata.PackageNotFoundError:
            continue
        wanted.add(name)
        for need in map(Requirement, needs):
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                queue.append(need.name)
    return wanted
