"""The staff page as somebody at the front desk meets it."""

from __future__ import annotations

from collections.abc import Callable

from front_desk import PASSWORD
from playwright.sync_api import Page, expect


class Desk:
    """A browser at the desk. `visit` is the fixture of that name, `url` the server's."""

    def __init__(self, visit: Callable[..., Page], url: str, **options) -> None:
        self.url = url
        self.page = visit(url=f"{url}/desk", network_fails=True, **options)

    def log_in(self, name: str = "ann") -> Desk:
        self.page.get_by_label("Your name").fill(name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Open requests")
        return self

    def open(self, reference: str, rest: str = "") -> Page:
        self.page.goto(f"{self.url}/desk/requests/{reference}{rest}")
        return self.page

    def tab_to(self, name: str, most: int = 60) -> None:
        """Press the tabulator until what has this name has the keyboard."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if self.focused() == name:
                return
        raise AssertionError(f"{name!r} cannot be reached by keyboard")

    def focused(self) -> str:
        """The words of what has the keyboard: its text or its label."""
        return self.page.evaluate(
            "() => { const at = document.activeElement;"
            " return (at.labels?.[0]?.innerText || at.innerText || '').trim().replace(/\\s+/g, ' ') }"
        )
