"""What a patient sees when the network, the server or the session fails. Nothing typed is ever lost."""

import re

import pytest
from chat import EMERGENCY, LONG_WAIT, QUESTION, Chat
from conftest import free_port
from playwright.sync_api import expect
from web_server import Server

MESSAGES = "**/webhooks/web/messages"


@pytest.fixture
def shaky(visit) -> Chat:
    """A chat whose network may fail."""
    return Chat(visit(network_fails=True)).open()


def lose_the_session(chat: Chat, token: str | None = "forged") -> None:
    """Put `token` in the place of the one that the browser keeps."""
    chat.page.evaluate(
        "token => { const [[key, text]] = Object.entries(localStorage);"
        " localStorage.setItem(key, JSON.stringify({...JSON.parse(text), token})) }",
        token,
    )


def answer_with(status: int, body: str = "{}"):
    return lambda route: route.fulfill(status=status, body=body, content_type="application/json")


def test_a_server_that_is_killed_and_started_again_loses_no_message(trained, tmp_path, visit):
    port = free_port()
    server = Server(tmp_path).start("--port", port)
    try:
        chat = Chat(visit(url=server.url, network_fails=True)).open()
        chat.ask(QUESTION)
        server.kill()
        chat.type("is massage safe")
        expect(chat.note).to_contain_text("Your message is kept", timeout=LONG_WAIT)
        expect(chat.note.get_by_role("link", name="911")).to_be_visible()
        expect(chat.note).to_contain_text("202-555-0143")
        server.start("--port", port)
        before = chat.answers.count()
        chat.note.get_by_role("button", name="Try again").click()
        expect(chat.answered(before)).to_contain_text("massage")
        expect(chat.note).to_have_count(0)
        chat.page.reload()
        expect(chat.messages).to_have_count(2)
        expect(chat.answers).to_have_count(3)
    finally:
        server.kill()


def test_a_short_hiccup_is_not_even_noticed_and_the_message_goes_once(shaky):
    ids = []

    def fail_twice(route):
        ids.append(route.request.post_data_json["message_id"])
        if len(ids) < 3:
            route.abort()
        else:
            route.continue_()

    shaky.page.route(MESSAGES, fail_twice)
    shaky.ask(QUESTION)
    assert len(ids) == 3
    assert len(set(ids)) == 1
    expect(shaky.messages).to_have_count(1)
    expect(shaky.note).to_have_count(0)


def test_an_answer_lost_on_its_way_is_not_given_twice(shaky):
    lost = []

    def lose_the_first(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    shaky.page.route(MESSAGES, lose_the_first)
    shaky.ask(QUESTION)
    assert lost == [200]
    shaky.page.reload()
    expect(shaky.messages).to_have_count(1)
    expect(shaky.answers).to_have_count(2)


def test_offline_is_said_and_the_message_goes_when_the_network_is_back(shaky):
    shaky.page.context.set_offline(True)
    shaky.type(QUESTION)
    expect(shaky.note).to_contain_text("offline")
    expect(shaky.note.get_by_role("link", name="911")).to_be_visible()
    shaky.page.context.set_offline(False)
    shaky.answered(1)
    expect(shaky.note).to_have_count(0)


def test_a_slow_answer_is_explained_with_the_emergency_number(shaky):
    held = []
    shaky.page.clock.install()
    shaky.page.route(MESSAGES, lambda route: held.append(route))
    with shaky.page.expect_request(MESSAGES):
        shaky.type(QUESTION)
    shaky.page.clock.run_for(4_500)
    expect(shaky.note).to_contain_text("longer than usual")
    expect(shaky.note.get_by_role("link", name="911")).to_be_visible()
    held[0].continue_()
    shaky.answered(1)
    expect(shaky.note).to_have_count(0)


def test_no_answer_in_time_ends_the_waiting_and_can_be_tried_again(shaky):
    shaky.page.clock.install()
    shaky.page.route(MESSAGES, lambda route: None)
    with shaky.page.expect_request(MESSAGES):
        shaky.type(QUESTION)
    shaky.page.clock.run_for(12_500)
    expect(shaky.note).to_contain_text("No answer came")
    expect(shaky.note.get_by_role("link", name="911")).to_be_visible()
    expect(shaky.typing).to_have_count(0)
    shaky.page.unroute(MESSAGES)
    shaky.note.get_by_role("button", name="Try again").click()
    shaky.answered(1)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_said_and_the_message_kept(shaky, status):
    shaky.page.route(MESSAGES, answer_with(status))
    shaky.type(QUESTION)
    expect(shaky.note).to_contain_text("busy", timeout=LONG_WAIT)
    expect(shaky.messages).to_have_count(1)
    shaky.page.unroute(MESSAGES)
    shaky.note.get_by_role("button", name="Try again").click()
    shaky.answered(1)


@pytest.mark.parametrize(
    "body", ["", "no json", "null", "{}", '{"replies": []}', '{"replies": 1}', '{"replies": [{}]}']
)
def test_an_answer_that_is_none_does_not_stop_the_chat(shaky, body):
    shaky.page.route(MESSAGES, answer_with(200, body))
    shaky.type(QUESTION)
    expect(shaky.typing).to_have_count(0, timeout=LONG_WAIT)
    shaky.page.unroute(MESSAGES)
    shaky.ask("is massage safe")


@pytest.mark.parametrize("token", ["forged", "", None, "a.b.c"])
def test_a_session_that_is_no_longer_known_is_replaced_and_the_message_sent_again(shaky, token):
    shaky.ask(QUESTION)
    lose_the_session(shaky, token)
    expect(shaky.ask("is massage safe")).to_contain_text("massage")
    expect(shaky.messages).to_have_count(2)


def test_a_session_that_one_tab_replaces_takes_nothing_from_another(shaky, server):
    shaky.ask(QUESTION)
    other = Chat(shaky.page.context.new_page())
    other.page.goto(server.url)
    expect(other.messages).to_have_count(1)
    other.page.route(MESSAGES, lambda route: route.abort())
    other.type("is massage safe")
    expect(other.note).to_contain_text("Your message is kept", timeout=LONG_WAIT)
    other.page.unroute(MESSAGES)
    lose_the_session(shaky)
    shaky.ask("my knee clicks on the stairs")  # and the other tab tries again, as there is news
    expect(other.messages.last).to_contain_text("is massage safe")
    expect(other.answers.last).to_contain_text("massage", timeout=LONG_WAIT)


def test_a_button_of_a_lost_session_still_works(shaky):
    shaky.ask(QUESTION)
    words = shaky.offers.first.text_content()
    lose_the_session(shaky)
    before = shaky.answers.count()
    shaky.offers.first.click()
    shaky.answered(before)
    expect(shaky.messages.last).to_contain_text(words)


def test_too_long_a_message_comes_back_into_the_input(shaky):
    text = "my back hurts when i walk " * 90
    shaky.input.fill(text)
    expect(shaky.host.locator(".count")).to_contain_text("2,000")
    shaky.input.press("Enter")
    expect(shaky.note).to_contain_text("2,000 characters")
    expect(shaky.input).to_have_value(text.strip())


def test_too_long_a_message_with_an_emergency_is_answered(shaky):
    card = shaky.ask("my back hurts when i walk " * 90 + EMERGENCY)
    expect(card).to_have_class(re.compile("emergency"))


def test_a_failed_message_outlives_a_reload(shaky):
    shaky.page.route(MESSAGES, lambda route: route.abort())
    shaky.type(QUESTION)
    expect(shaky.note).to_contain_text("Your message is kept", timeout=LONG_WAIT)
    shaky.page.unroute(MESSAGES)
    shaky.page.reload()
    shaky.answered(1)
    expect(shaky.messages).to_have_count(1)


def test_words_not_sent_yet_outlive_a_reload(shaky):
    shaky.input.fill("my back")
    shaky.page.reload()
    expect(shaky.input).to_have_value("my back")


def test_history_that_cannot_be_had_is_said_and_the_chat_goes_on(shaky):
    shaky.ask(QUESTION)
    shaky.page.route("**/webhooks/web/history", answer_with(503))
    shaky.page.reload()
    expect(shaky.note).to_contain_text("could not be loaded")
    shaky.page.unroute("**/webhooks/web/history")
    shaky.note.get_by_role("button", name="Try again").click()
    expect(shaky.messages).to_have_count(1)


def test_without_settings_the_page_still_names_an_emergency_number(visit, server):
    page = visit(network_fails=True, url="about:blank")
    page.route("**/webhooks/web/settings", answer_with(500))
    page.goto(server.url)
    chat = Chat(page)
    chat.launcher.click()
    expect(chat.host.locator(".sos")).to_contain_text("your local emergency number")
    page.evaluate("document.querySelector('backtalk-chat').setAttribute('emergency', '999')")
    expect(chat.host.locator(".sos a")).to_have_text("999")


def test_deleting_that_fails_is_said_and_can_be_tried_again(shaky):
    shaky.ask(QUESTION)
    shaky.page.route("**/webhooks/web/session", lambda route: route.abort())
    shaky.menu("Delete my chat")
    shaky.note.get_by_role("button", name="Delete").click()
    expect(shaky.note).to_contain_text("could not be deleted")
    shaky.page.unroute("**/webhooks/web/session")
    shaky.note.get_by_role("button", name="Try again").click()
    expect(shaky.note).to_have_text("Your chat was deleted.")


def test_a_browser_that_refuses_storage_can_chat(visit, server):
    page = visit(url="about:blank")
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, {get() { throw new Error('refused') }})"
    )
    page.goto(server.url)
    chat = Chat(page).open()
    chat.ask(QUESTION)
    chat.ask("is massage safe")
