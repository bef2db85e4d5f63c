"""The widget as a patient meets it: what can be pressed, typed and read."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

QUESTION = "should i use heat or ice"
UNCLEAR = "headache help"
EMERGENCY = "i have numbness between my legs and cannot pee"
CRISIS = "i want to kill myself because of the pain"
TODAY = "i am 70 and have had fever with back pain"
LONG_WAIT = 30_000


class Chat:
    """The chat on a page that is loaded already."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.host = page.locator("backtalk-chat")
        self.launcher = self.host.locator(".launcher")
        self.panel = self.host.get_by_role("dialog")
        self.log = self.host.get_by_role("log")
        self.input = self.host.get_by_role("textbox")
        self.answers = self.host.locator(".msg.bot")
        self.messages = self.host.locator(".msg.you")
        self.offers = self.host.locator(".offers button")
        self.cards = self.host.locator(".card")
        self.note = self.host.locator(".note")
        self.typing = self.host.locator(".typing")

    def open(self) -> Chat:
        self.launcher.click()
        expect(self.panel).to_be_visible()
        expect(self.host.locator(".sos a")).to_have_text("911")
        return self

    def type(self, text: str) -> None:
        """Write and send, without waiting for the answer."""
        self.input.fill(text)
        self.input.press("Enter")

    def ask(self, text: str) -> Locator:
        """Write, send, and wait; the last answer."""
        before = self.answers.count()
        self.type(text)
        return self.answered(before)

    def answered(self, before: int) -> Locator:
        """Wait until there are more answers than `before`; the last of them."""
        expect(self.answers.nth(before)).to_be_attached(timeout=LONG_WAIT)
        expect(self.typing).to_have_count(0)
        return self.answers.last

    def menu(self, entry: str) -> None:
        self.host.get_by_role("button", name="More options").click()
        self.host.locator(".menu").get_by_role("button", name=entry).click()

    def focused(self) -> str:
        """Class or tag of what has the keyboard inside the widget; "" if nothing has."""
        return self.host.evaluate(
            "chat => { const node = chat.shadowRoot.activeElement;"
            " return node ? node.className || node.localName : '' }"
        )
