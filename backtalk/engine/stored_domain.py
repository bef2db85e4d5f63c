"""Reading the domain of a trained model without Rasa's second look at it."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, Iterator

from rasa.shared.core.domain import Domain

from backtalk.engine.quick_yaml import read_quickly


@contextlib.contextmanager
def stored_domain_read_quickly() -> Iterator[None]:
    """While a model is loaded, read its domain with libyaml.

    Rasa parses and validates the stored file three times in pure Python, which is half of a start
    (4 of 9 s). It wrote the file itself, from a domain that it had validated in training.
    """
    slow = Domain.from_path

    def quick(paths: Any) -> Domain:
        file = Path(paths) / "domain.yml"
        if not file.is_file():
            return slow(paths)
        return Domain.from_dict(read_quickly(file))

    Domain.from_path = quick
    try:
        yield
    finally:
        Domain.from_path = slow
