"""Sizes, directions, languages and modes."""

import re

import httpx
import pytest
from chat import EMERGENCY, QUESTION, Chat
from conftest import OTHER_SITE
from playwright.sync_api import expect

PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
WITHIN = """chat => {
  const wide = document.documentElement.clientWidth;
  return [...chat.shadowRoot.querySelectorAll('.panel *:not(.sr)')].filter((node) => {
    const box = node.getBoundingClientRect();
    return box.width && (box.left < -0.5 || box.right > wide + 0.5);
  }).map((node) => node.className || node.localName);
}"""
SMALL_TARGETS = """chat => {
  const small = (node) => {
    const box = node.getBoundingClientRect();
    const inText = node.matches('p a, li a, summary') && !node.matches('.sos a');
    return box.width && !inText && (box.width < 24 || box.height < (node.localName === 'a' ? 24 : 44));
  };
  return [...chat.shadowRoot.querySelectorAll('button,a,textarea')].filter(small).map((n) => n.outerHTML);
}"""


@pytest.mark.parametrize(("width", "height"), [(320, 568), (320, 256), (390, 844), (640, 400), (844, 390)])
def test_nothing_is_cut_off_on_small_screens_or_at_great_zoom(visit, width, height):
    """640x400 is a desktop at 200 %, 320x256 one at 400 %."""
    chat = Chat(visit(width=width, height=height)).open()
    chat.ask(QUESTION)
    chat.answers.last.locator("summary").click()
    chat.ask(EMERGENCY)
    assert chat.host.evaluate(WITHIN) == []
    assert chat.page.evaluate("document.documentElement.scrollWidth") <= width
    chat.input.scroll_into_view_if_needed()
    expect(chat.input).to_be_in_viewport()
    expect(chat.cards.last.get_by_role("link", name="Call 911")).to_be_visible()


def test_controls_are_large_enough_to_hit(chat):
    chat.ask(QUESTION)
    chat.ask(EMERGENCY)
    assert chat.host.evaluate(SMALL_TARGETS) == []
    assert chat.input.evaluate("node => parseFloat(getComputedStyle(node).fontSize)") >= 16


def test_a_phone_gets_the_whole_screen_and_no_keyboard_unasked(visit):
    chat = Chat(visit(**PHONE)).open()
    chat.panel.evaluate("node => Promise.all(node.getAnimations().map((one) => one.finished))")
    assert chat.panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert chat.focused() == "panel"
    expect(chat.panel).to_have_attribute("aria-modal", "true")


def test_the_keyboard_of_a_phone_does_not_hide_the_input(visit, server):
    """As on iOS, where the visual viewport shrinks and the layout does not."""
    page = visit(url="about:blank", **PHONE)
    page.add_init_script(
        "const view = new EventTarget(); Object.assign(view, {height: 844, offsetTop: 0, scale: 1});"
        " Object.defineProperty(window, 'visualViewport', {value: view})"
    )
    page.goto(server.url)
    chat = Chat(page).open()
    page.evaluate(
        "Object.assign(visualViewport, {height: 480, offsetTop: 60}).dispatchEvent(new Event('resize'))"
    )
    box = chat.input.bounding_box()
    assert box["y"] >= 60
    assert box["y"] + box["height"] <= 540
    assert chat.host.locator(".sos").bounding_box()["y"] >= 60


def in_spanish(html: str) -> str:
    """The page with the Spanish texts and an element of its own."""
    html = html.replace("<script", '<script src="/widget.es.js" async></script><script', 1)
    return html.replace("</main>", '</main><backtalk-chat lang="es"></backtalk-chat>')


def test_spanish_labels_around_english_answers(visit):
    chat = Chat(visit(in_spanish))
    expect(chat.launcher).to_contain_text("Haga una pregunta")
    chat.launcher.click()
    expect(chat.host.locator(".sos")).to_have_text("¿Emergencia? Llame al 911.")
    chat.ask(QUESTION)
    assert chat.panel.get_attribute("lang") == "es"
    assert chat.answers.last.get_attribute("lang") == "en"
    expect(chat.answers.last.locator("summary")).to_contain_text("Fuentes (revisado en noviembre de 2026)")
    card = chat.ask(EMERGENCY)
    expect(card.get_by_role("heading")).to_have_text("Busque ayuda ahora")


def test_the_texts_in_the_table_all_have_a_translation_in_the_example(visit, server):
    def keys(name: str) -> list[str]:
        source = httpx.get(f"{server.url}/{name}", timeout=10).text
        table = source[source.index("launcher:") :]
        return re.findall(r"^\s*(\w+): \"", table[: table.index("};")], re.MULTILINE)

    assert keys("widget.js") == keys("widget.es.js")


def test_attributes_of_the_script_tag_name_title_greeting_and_place(visit):
    tag = '<script src="/widget.js" data-title="Ask Dr Moss" data-greeting="Good day." data-position="start"'
    chat = Chat(visit(lambda html: html.replace('<script src="/widget.js"', tag))).open()
    expect(chat.panel.get_by_role("heading").first).to_have_text("Ask Dr Moss")
    expect(chat.answers.first).to_contain_text("Good day.")
    assert chat.panel.bounding_box()["x"] < 100
    assert chat.host.get_attribute("title") is None


def test_custom_properties_theme_it(visit):
    page = visit()
    page.evaluate(
        "() => { const sheet = new CSSStyleSheet();"
        " sheet.replaceSync('backtalk-chat { --backtalk-accent: rgb(90, 20, 120); --backtalk-radius: 2px }');"
        " document.adoptedStyleSheets = [sheet] }"
    )
    chat = Chat(page).open()
    colour = chat.panel.locator(".head").evaluate("node => getComputedStyle(node).backgroundColor")
    assert colour == "rgb(90, 20, 120)"


def test_a_page_from_right_to_left_mirrors_the_panel_but_not_the_english(visit):
    chat = Chat(visit(lambda html: html.replace('<html lang="en">', '<html lang="ar" dir="rtl">'))).open()
    answer = chat.ask(QUESTION)
    assert chat.panel.bounding_box()["x"] < 100
    close, title = (
        chat.panel.get_by_role("button", name="Close chat"),
        chat.panel.get_by_role("heading").first,
    )
    assert close.bounding_box()["x"] < title.bounding_box()["x"]
    assert answer.locator("p").first.evaluate("node => getComputedStyle(node).direction") == "ltr"
    own = chat.ask("ظهري يؤلمني")
    assert own.bounding_box()
    assert (
        chat.messages.last.locator("[dir=auto]").evaluate("node => getComputedStyle(node).direction") == "rtl"
    )


def test_dark_follows_the_system_unless_the_page_says_light(visit):
    def background(chat: Chat) -> str:
        return chat.panel.evaluate("node => getComputedStyle(node).backgroundColor")

    dark = Chat(visit(color_scheme="dark")).open()
    assert background(dark) == "rgb(20, 27, 32)"
    dark.host.evaluate("chat => chat.setAttribute('theme', 'light')")
    assert background(dark) == "rgb(255, 255, 255)"


def test_nothing_moves_for_those_who_want_less_motion(visit):
    chat = Chat(visit(reduced_motion="reduce")).open()
    chat.page.route("**/messages", lambda route: None)
    chat.type(QUESTION)
    expect(chat.typing).to_be_visible()
    assert chat.page.evaluate("document.getAnimations().length") == 0
    names = chat.typing.locator("i").first.evaluate("node => getComputedStyle(node).animationName")
    assert names == "none"


def test_high_contrast_colours_keep_every_edge(visit):
    chat = Chat(visit(forced_colors="active")).open()
    chat.ask(QUESTION)
    card = chat.ask(EMERGENCY)
    for node in (chat.messages.last, chat.answers.first, card):
        assert node.evaluate("node => parseFloat(getComputedStyle(node).borderTopWidth)") >= 1
        colours = node.evaluate(
            "n => [getComputedStyle(n).borderTopColor, getComputedStyle(n).backgroundColor]"
        )
        assert colours[0] != colours[1]


def test_the_hosts_page_does_not_move_when_the_chat_comes_and_opens(visit):
    page = visit()
    chat = Chat(page).open()
    chat.ask(QUESTION)
    moved = page.evaluate(
        "new Promise((done) => { new PerformanceObserver((list) => done(list.getEntries()"
        ".filter((entry) => !entry.hadRecentInput).map((entry) => entry.value)))"
        ".observe({type: 'layout-shift', buffered: true}); setTimeout(() => done([]), 500) })"
    )
    assert moved == []


def test_a_page_with_hostile_styles_does_not_deform_it(visit):
    page = visit()
    page.evaluate(
        "() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('html { font-size: 62.5% }"
        " * { color: red !important; font-size: 40px } button { display: none } div { float: right }"
        " p { text-transform: uppercase }'); document.adoptedStyleSheets = [sheet] }"
    )
    chat = Chat(page).open()
    assert chat.input.evaluate("node => getComputedStyle(node).fontSize") == "16px"
    look = chat.answers.first.locator("p").evaluate("n => getComputedStyle(n).textTransform")
    assert look == "none"


def test_another_site_embeds_it_with_one_tag(visit, server):
    page = visit(url="about:blank")
    html = f'<!doctype html><title>Clinic</title><script src="{server.url}/widget.js" async></script>'
    page.route(f"{OTHER_SITE}/**", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(OTHER_SITE)
    chat = Chat(page).open()
    chat.ask(QUESTION)
    page.reload()
    expect(chat.messages).to_have_count(1)


def test_a_copy_of_the_script_talks_to_the_server_it_is_told(visit, server):
    page = visit(url="about:blank")
    script = httpx.get(f"{server.url}/widget.js", timeout=10).text
    html = f'<!doctype html><title>x</title><backtalk-chat server="{server.url}/">Call us.</backtalk-chat>'
    page.route(f"{OTHER_SITE}/", lambda route: route.fulfill(
        body=f'{html}<script src="/own.js" async></script>', content_type="text/html"))  # fmt: skip
    page.route(f"{OTHER_SITE}/own.js", lambda route: route.fulfill(
        body=script, content_type="text/javascript"))  # fmt: skip
    page.goto(OTHER_SITE)
    chat = Chat(page).open()
    expect(page.get_by_text("Call us.")).to_be_hidden()
    chat.ask(QUESTION)
