"""Pages of the desk: templates filled with everything escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FOLDER = Path(__file__).with_name("templates")


class Pages:
    """Fills templates. A name that a template uses and nobody gave is an error, not a gap."""

    def __init__(self, **always: Any) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(always)

    def add_filter(self, name: str, function: Callable[..., str]) -> None:
        """Let templates write `{{ value | name }}`."""
        self._environment.filters[name] = function

    def fill(self, template: str, **values: Any) -> str:
        """The page as HTML."""
        return self._environment.get_template(f"{template}.html").render(**values)
