"""Nothing that a patient or the server writes becomes markup, script or a dangerous link."""

import json

from chat import Chat
from playwright.sync_api import expect

PROBES = [
    "<script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 1'>",
    "<svg/onload=window.hit=1>",
    "</p></div><iframe srcdoc='<script>parent.hit=1</script>'>",
    "**<b onmouseover=window.hit=1>bold</b>**",
    "javascript:window.hit=1",
    "[click](javascript:window.hit=1)",
    'https://example.org/"onmouseover="window.hit=1',
    "{{constructor.constructor('window.hit=1')()}} ${window.hit=1}",
    "\u202e\u0000\ufeff<style>*{display:none}</style>",
    "- <a href=data:text/html,<script>window.hit=1</script>>x</a>",
]
EVIL_URLS = [
    "javascript:window.hit=1", "JaVaScRiPt:window.hit=1", " javascript:window.hit=1",
    "java\nscript:window.hit=1", "data:text/html,<script>opener.hit=1</script>", "vbscript:x",
    "http://example.org", "//example.org", "x", "", "blob:https://example.org/x", "file:///etc/passwd",
]  # fmt: skip
FOREIGN = "script, img, iframe, style, b, object, embed, form, [onerror], [onload], [onmouseover], [srcdoc]"


def answer(page, reply: dict) -> None:
    body = json.dumps({"replies": [reply]})
    page.route("**/messages", lambda route: route.fulfill(body=body, content_type="application/json"))


def assert_clean(chat: Chat) -> None:
    chat.page.wait_for_timeout(50)
    assert chat.page.evaluate("window.hit") is None
    assert chat.log.locator(FOREIGN).count() == 0
    kinds = chat.log.locator("a").evaluate_all("all => all.map(one => one.protocol)")
    assert set(kinds) <= {"https:", "tel:", "mailto:"}


def test_what_a_patient_writes_is_shown_as_written(chat):
    for probe in PROBES:
        chat.ask(probe)
        expect(chat.messages.last).to_contain_text(probe.strip().split("\x00")[0])
        assert_clean(chat)
    chat.page.reload()
    expect(chat.messages).to_have_count(len(PROBES))
    assert_clean(chat)


def test_what_the_server_writes_is_text_in_every_field(chat):
    for probe in PROBES:
        answer(chat.page, {
            "text": probe, "topic": probe, "urgency": probe, "red_flags": [probe], "reviewed": probe,
            "buttons": [{"title": probe, "payload": probe}], "links": [{"title": probe, "url": probe}],
            "sources": [{"title": probe, "year": probe, "url": probe}],
        })  # fmt: skip
        chat.ask("x")
        expect(chat.offers.first).to_be_visible()
        assert_clean(chat)


def test_only_https_tel_and_mail_become_links(chat):
    for url in EVIL_URLS:
        answer(chat.page, {"text": "See this.", "links": [{"title": "look", "url": url}],
                           "sources": [{"title": "source", "year": "2020", "url": url}]})  # fmt: skip
        reply = chat.ask("x")
        assert reply.locator("a").count() == 0, url
        expect(reply).to_contain_text("source (2020)")
        assert_clean(chat)


def test_only_the_clinics_own_numbers_become_calls(chat):
    answer(chat.page, {"text": "Call 911. Or 202-555-0143, (202) 555 0143 or 202.555.0143. Not 900-555-0199, "
                               "9110, 1911, 911.5, 2,911 or 4-911. **Call 988**, 911!"})  # fmt: skip
    reply = chat.ask("x")
    links = reply.locator("a").evaluate_all(
        "all => all.map(one => [one.textContent, one.getAttribute('href')])"
    )
    assert links == [
        ["911", "tel:911"], ["202-555-0143", "tel:2025550143"], ["202) 555 0143", "tel:2025550143"],
        ["202.555.0143", "tel:2025550143"], ["988", "tel:988"], ["911", "tel:911"],
    ]  # fmt: skip


def test_settings_from_the_server_are_text_too(visit, server):
    page = visit(url="about:blank")
    bad = dict.fromkeys(["clinic", "phone", "emergency", "crisis", "privacy", "greeting"], PROBES[1])
    bad["greeting_offers"] = [{"title": PROBES[1], "payload": "x"}]
    page.route("**/settings", lambda route: route.fulfill(json=bad))
    page.goto(server.url)
    chat = Chat(page)
    chat.launcher.click()
    expect(chat.offers.first).to_be_visible()
    assert_clean(chat)
