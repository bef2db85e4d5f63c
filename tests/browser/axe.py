"""axe-core, which looks for faults that keep people with disabilities out."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

_SOURCE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
_RUN = "async () => (await axe.run(document)).violations"


class Axe:
    """All rules of axe-core, those of good practice too."""

    def __init__(self) -> None:
        self._source = _SOURCE.read_text(encoding="utf-8")

    def violations(self, page: Page) -> list[str]:
        """One line for each fault: rule and place."""
        page.evaluate(self._source)
        return [
            f"{found['id']}: {node['target']} {node['failureSummary']}"
            for found in page.evaluate(_RUN)
            for node in found["nodes"]
        ]
