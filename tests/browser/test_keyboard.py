"""Everything without a mouse."""

import pytest
from chat import QUESTION, UNCLEAR, Chat
from playwright.sync_api import expect


def test_a_whole_conversation_by_keyboard_alone(visit):
    chat = Chat(visit())
    keys = chat.page.keyboard
    for _ in range(40):
        if chat.focused() == "launcher":
            break
        keys.press("Tab")
    assert chat.focused() == "launcher"
    keys.press("Enter")
    expect(chat.input).to_be_focused()
    keys.type(UNCLEAR)
    keys.press("Enter")
    chat.answered(1)
    expect(chat.input).to_be_focused()
    keys.press("Shift+Tab")
    expect(chat.offers.last).to_be_focused()
    keys.press("Enter")
    chat.answered(2)
    expect(chat.input).to_be_focused()
    keys.press("Escape")
    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_focused()


def test_the_order_of_focus_is_the_order_on_the_screen_and_stays_in_the_panel(chat):
    chat.ask(QUESTION)
    seen = []
    for _ in range(30):
        chat.page.keyboard.press("Tab")
        where = chat.host.evaluate("chat => chat.shadowRoot.activeElement.getBoundingClientRect().top")
        seen.append((chat.focused(), where))
    names = [name for name, _ in seen]
    assert names[0] == "icon send"
    again = names.index("icon send", 1)
    assert seen[:again] == seen[again : 2 * again]
    round_trip = [place for name, place in seen[1:again] if name != "log"]
    assert round_trip[0] == min(round_trip)


def test_backwards_from_the_first_comes_the_last(chat):
    chat.host.get_by_role("button", name="More options").focus()
    chat.page.keyboard.press("Shift+Tab")
    assert chat.focused() == "icon send"


def test_escape_closes_the_menu_first_and_gives_focus_back(chat):
    more = chat.host.get_by_role("button", name="More options")
    more.focus()
    chat.page.keyboard.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    for _ in range(4):
        chat.page.keyboard.press("Tab")
    assert chat.host.evaluate("chat => chat.shadowRoot.activeElement.parentNode.className") == "menu"
    chat.page.keyboard.press("Escape")
    expect(more).to_be_focused()
    expect(more).to_have_attribute("aria-expanded", "false")
    expect(chat.panel).to_be_visible()


def test_deleting_by_keyboard_begins_at_the_harmless_button_and_loses_no_focus(chat):
    chat.ask(QUESTION)
    chat.host.get_by_role("button", name="More options").focus()
    for key in ("Enter", "Tab", "Tab", "Enter"):
        chat.page.keyboard.press(key)
    expect(chat.note.get_by_role("button", name="Keep it")).to_be_focused()
    chat.page.keyboard.press("Shift+Tab")
    chat.page.keyboard.press("Enter")
    expect(chat.note).to_have_text("Your chat was deleted.")
    expect(chat.input).to_be_focused()


def test_shift_enter_makes_a_new_line_and_an_empty_message_is_not_sent(chat):
    chat.input.press("Enter")
    chat.input.fill("   ")
    chat.input.press("Enter")
    expect(chat.messages).to_have_count(0)
    chat.input.type("one")
    height = chat.input.bounding_box()["height"]
    chat.input.press("Shift+Enter")
    chat.input.type("two")
    expect(chat.input).to_have_value("one\ntwo")
    assert chat.input.bounding_box()["height"] > height


def test_enter_that_ends_a_composed_word_does_not_send(chat):
    chat.input.fill("にほん")
    chat.input.evaluate(
        "node => node.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    expect(chat.messages).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_focus_can_be_seen(visit, scheme):
    chat = Chat(visit(color_scheme=scheme)).open()
    chat.ask(QUESTION)
    for _ in range(12):
        chat.page.keyboard.press("Tab")
        width, style = chat.host.evaluate(
            "chat => { const look = getComputedStyle(chat.shadowRoot.activeElement);"
            " return [parseFloat(look.outlineWidth), look.outlineStyle] }"
        )
        assert (width >= 2, style) == (True, "solid"), chat.focused()


def test_a_button_of_the_page_can_open_it(visit):
    page = visit()
    page.get_by_role("button", name="Ask a question now").click()
    expect(Chat(page).input).to_be_focused()
