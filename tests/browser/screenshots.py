"""Takes the pictures in docs/images: `make screenshots`. No tests, but with their server and browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from chat import EMERGENCY, QUESTION, UNCLEAR, Chat
from front_desk import Book, busy_morning, users
from front_desk_pages import Desk
from playwright.sync_api import Page
from test_looks import PHONE, in_spanish
from web_server import Server

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
STILL = {"reduced_motion": "reduce"}


def picture(page: Page, name: str) -> None:
    IMAGES.mkdir(exist_ok=True)
    page.evaluate("document.activeElement?.blur()")
    page.screenshot(path=IMAGES / f"{name}.png")


def test_demo_page(visit):
    page = visit(**STILL)
    Chat(page).launcher.wait_for()
    picture(page, "demo")


def test_desktop_answer(visit):
    chat = Chat(visit(**STILL)).open()
    chat.ask(QUESTION)
    picture(chat.page, "answer")


def test_desktop_choices(visit):
    chat = Chat(visit(**STILL)).open()
    chat.ask(UNCLEAR)
    picture(chat.page, "choices")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_emergency(visit, scheme):
    chat = Chat(visit(**PHONE, **STILL, color_scheme=scheme, device_scale_factor=2)).open()
    chat.ask(EMERGENCY)
    picture(chat.page, f"emergency-phone-{scheme}")


def test_phone_long_answer(visit):
    chat = Chat(visit(**PHONE, **STILL, device_scale_factor=2)).open()
    answer = chat.ask(QUESTION)
    answer.locator("summary").click()
    answer.locator("details").scroll_into_view_if_needed()
    chat.host.evaluate("chat => chat.toEnd()")
    picture(chat.page, "sources-phone")


def test_dark_desktop(visit):
    chat = Chat(visit(**STILL, color_scheme="dark")).open()
    chat.ask(QUESTION)
    picture(chat.page, "answer-dark")


def test_narrow(visit):
    chat = Chat(visit(**STILL, width=320, height=568)).open()
    chat.ask(UNCLEAR)
    picture(chat.page, "narrow-320")


def test_right_to_left(visit):
    chat = Chat(visit(lambda html: html.replace('lang="en"', 'lang="ar" dir="rtl"', 1), **STILL)).open()
    chat.ask(QUESTION)
    picture(chat.page, "right-to-left")


def test_spanish(visit):
    chat = Chat(visit(in_spanish, **STILL))
    chat.launcher.click()
    chat.ask(EMERGENCY)
    picture(chat.page, "spanish")


def test_no_answer(visit):
    chat = Chat(visit(**STILL, network_fails=True)).open()
    chat.ask(QUESTION)
    chat.page.route("**/messages", lambda route: route.abort())
    chat.type("is massage safe")
    chat.note.wait_for(timeout=20_000)
    picture(chat.page, "no-answer")


class TestStaffPage:
    """In front of a server that has one."""

    @pytest.fixture(scope="class")
    def server(self, trained, tmp_path_factory):
        server = Server(tmp_path_factory.mktemp("desk"), BACKTALK_DESK_USERS=users())
        yield server.start()
        server.kill()

    @pytest.fixture(scope="class")
    def morning(self, server):
        return busy_morning(Book(server))

    def test_queue(self, visit, server, morning):
        picture(Desk(visit, server.url, height=940).log_in().page, "desk-queue")

    def test_request(self, visit, server, morning):
        desk = Desk(visit, server.url, height=1130).log_in()
        picture(desk.open(morning["contacted"]), "desk-request")

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_phone(self, visit, server, morning, scheme):
        phone = {"width": 360, "height": 780, "has_touch": True, "is_mobile": True}
        desk = Desk(visit, server.url, **phone, device_scale_factor=2, color_scheme=scheme).log_in()
        if scheme == "dark":
            desk.open(morning["text"])
        picture(desk.page, f"desk-phone-{scheme}")


def test_delete(visit):
    chat = Chat(visit(**STILL)).open()
    chat.ask("my knee clicks on the stairs")
    chat.menu("Delete my chat")
    picture(chat.page, "delete")
