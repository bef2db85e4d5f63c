"""Metrics of several processes, added up: each writes its counts to files that all of them read."""

from __future__ import annotations

import os
import shutil
import tempfile

from backtalk.errors import CommandError

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # prometheus-client reads it when it is first imported


def share_metrics() -> None:
    """Make a folder for the files. To be called before prometheus_client is imported.

    Raises CommandError if there is no room for it.
    """
    try:
        os.environ[_FOLDER] = tempfile.mkdtemp(prefix="backtalk-metrics-")
    except OSError as error:
        raise CommandError(
            f"no folder for metrics can be made ({error.strerror}). Set TMPDIR to one."
        ) from error


def are_shared() -> bool:
    """Whether this process is one of several that add up their metrics."""
    return _FOLDER in os.environ


def forget_shared() -> None:
    """Remove the folder that `share_metrics` made."""
    shutil.rmtree(os.environ[_FOLDER], ignore_errors=True)
