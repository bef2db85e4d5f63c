"""YAML that knows the line of everything in it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML


@lru_cache(maxsize=1024)  # a check reads the content several times, and parsing with lines is slow
def parsed(text: str) -> Any:
    """What `text` holds, to be read only: whoever asks again gets the same. Raises YAMLError."""
    return YAML(typ="rt").load(text)
