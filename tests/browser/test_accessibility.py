"""axe-core finds nothing in any state that a patient can see."""

import pytest
from chat import CRISIS, EMERGENCY, LONG_WAIT, QUESTION, TODAY, UNCLEAR, Chat
from playwright.sync_api import expect
from test_looks import PHONE, in_spanish


def answered(chat: Chat) -> None:
    chat.ask(QUESTION)


def sources_open(chat: Chat) -> None:
    chat.ask(QUESTION).locator("summary").click()


def choices(chat: Chat) -> None:
    chat.ask(UNCLEAR)


def emergency(chat: Chat) -> None:
    chat.ask(EMERGENCY)


def crisis(chat: Chat) -> None:
    chat.ask(CRISIS)


def help_today(chat: Chat) -> None:
    chat.ask(TODAY)


def help_soon(chat: Chat) -> None:
    soon = '{"replies": [{"text": "See a doctor within two weeks.", "urgency": "soon", "red_flags": ["x"]}]}'
    chat.page.route("**/messages", lambda route: route.fulfill(body=soon, content_type="application/json"))
    chat.ask(QUESTION)


def menu_open(chat: Chat) -> None:
    chat.host.get_by_role("button", name="More options").click()


def asked_to_delete(chat: Chat) -> None:
    chat.ask(QUESTION)
    chat.menu("Delete my chat")


def writing(chat: Chat) -> None:
    chat.page.route("**/messages", lambda route: None)
    chat.type(QUESTION)
    expect(chat.typing).to_be_visible()


def no_answer(chat: Chat) -> None:
    chat.page.route("**/messages", lambda route: route.abort())
    chat.type(QUESTION)
    expect(chat.note).to_be_visible(timeout=LONG_WAIT)


def too_long(chat: Chat) -> None:
    chat.input.fill("back " * 500)


def greeting(chat: Chat) -> None:
    expect(chat.offers.first).to_be_visible()


STATES = [
    greeting, answered, sources_open, choices, emergency, crisis, help_today, help_soon, menu_open,
    asked_to_delete, writing, no_answer, too_long,
]  # fmt: skip
MODES = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "more-contrast": {"contrast": "more"},
    "forced-colours": {"forced_colors": "active"},
    "phone": PHONE,
    "320px": {"width": 320, "height": 568},
    "right-to-left": {"change": lambda html: html.replace('lang="en"', 'lang="ar" dir="rtl"', 1)},
}


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violation_in_any_state(visit, axe, state, scheme):
    chat = Chat(visit(color_scheme=scheme, reduced_motion="reduce", network_fails=True)).open()
    state(chat)
    assert axe.violations(chat.page) == []


@pytest.mark.parametrize("mode", MODES)
def test_no_violation_in_any_mode(visit, axe, mode):
    page = visit(reduced_motion="reduce", **MODES[mode])
    assert axe.violations(page) == []
    chat = Chat(page).open()
    sources_open(chat)
    emergency(chat)
    assert axe.violations(page) == []


def test_no_violation_with_spanish_labels(visit, axe):
    chat = Chat(visit(in_spanish, reduced_motion="reduce"))
    chat.launcher.click()
    emergency(chat)
    assert axe.violations(chat.page) == []


def test_the_panel_is_a_named_dialog_with_a_log_that_speaks_politely(chat):
    expect(chat.panel).to_have_accessible_name("Back pain and headaches")
    expect(chat.log).to_have_accessible_name("Conversation")
    expect(chat.log).to_have_attribute("aria-live", "polite")
    expect(chat.input).to_have_accessible_name("Type your question")
    expect(chat.host.get_by_role("button", name="Send")).to_be_visible()


def test_the_history_is_not_read_out_again_after_a_reload(chat):
    chat.ask(QUESTION)
    chat.page.reload()
    seen = chat.page.evaluate(
        """() => new Promise((done) => {
          const log = document.querySelector('backtalk-chat').shadowRoot.querySelector('.log'), live = [];
          const look = () => live.push(log.getAttribute('aria-live'));
          new MutationObserver(look).observe(log, {childList: true});
          setTimeout(() => done(live), 1000);
        })"""
    )
    expect(chat.messages).to_have_count(1)
    assert "polite" not in seen


def test_who_speaks_is_in_the_text_for_those_who_cannot_see_it(chat):
    chat.ask(QUESTION)
    expect(chat.messages.last).to_have_text(f"You: {QUESTION}")
    expect(chat.answers.last).to_contain_text("Assistant: ")
