"""A patient's conversation, from the first look to deleting it."""

import re

from chat import CRISIS, EMERGENCY, QUESTION, TODAY, UNCLEAR, Chat
from playwright.sync_api import expect


def test_before_it_is_opened_it_asks_nothing_of_the_server_and_shows_one_button(visit, server):
    page = visit(url="about:blank")
    asked = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(server.url)))
    page.goto(server.url)
    expect(Chat(page).launcher).to_have_text(re.compile("Ask a question"))
    page.wait_for_load_state("networkidle")
    # /webhooks/web/settings is asked by the demo page for its own text.
    assert {path for path in asked if path.startswith("/webhooks")} <= {"/webhooks/web/settings"}
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_it_says_what_it_is_and_is_not_and_whom_to_call_before_anyone_asks(chat):
    expect(chat.log).to_contain_text("cannot examine you")
    expect(chat.log).to_contain_text("Nobody watches")
    expect(chat.log).to_contain_text("automated assistant")
    expect(chat.panel.get_by_role("link", name="How your messages are used")).to_be_visible()
    assert chat.host.locator(".sos a").get_attribute("href") == "tel:911"


def test_a_question_gets_an_answer_with_paragraphs_lists_and_folded_sources(chat):
    answer = chat.ask(QUESTION)
    assert answer.locator("p").count() > 2
    expect(answer.locator("li").first).to_have_text("Wrap the pack in a cloth.")
    source = answer.locator("details a").first
    expect(source).to_be_hidden()
    answer.locator("summary").click()
    expect(source).to_be_visible()
    assert source.get_attribute("href").startswith("https://")
    assert source.get_attribute("rel") == "noopener noreferrer"
    expect(answer.locator("summary")).to_contain_text("November 2026")


def test_a_long_answer_is_shown_from_its_start(chat):
    answer = chat.ask(QUESTION)
    log, box = chat.log.bounding_box(), answer.bounding_box()
    assert log["y"] <= box["y"] < log["y"] + log["height"] / 2


def test_a_follow_up_and_two_questions_in_one_are_answered(chat):
    chat.ask(QUESTION)
    expect(chat.ask("for how long")).to_contain_text("minutes")
    before = chat.answers.count()
    chat.ask("is massage safe and how should i sleep")
    assert chat.answers.count() == before + 2


def test_a_quick_reply_is_sent_as_its_words_and_then_gone(chat):
    first = chat.offers.first.text_content()
    before = chat.answers.count()
    chat.offers.first.click()
    expect(chat.messages.last).to_contain_text(first)
    chat.answered(before)
    assert first not in chat.offers.all_text_contents()


def test_a_choice_among_topics_leads_to_its_answer(chat):
    expect(chat.ask(UNCLEAR)).to_contain_text("Do you mean one of these?")
    assert chat.offers.count() >= 2
    before = chat.answers.count()
    chat.offers.first.click()
    expect(chat.answered(before)).not_to_contain_text("Do you mean")


def test_an_emergency_stands_out_by_icon_heading_and_border_and_can_be_called(chat):
    card = chat.ask(EMERGENCY)
    expect(card).to_have_class(re.compile("card emergency"))
    expect(card.get_by_role("heading")).to_have_text("Get help now")
    expect(card.locator("h3 svg")).to_be_visible()
    assert card.evaluate("node => getComputedStyle(node).borderTopStyle") == "solid"
    call = card.get_by_role("link", name="Call 911")
    assert call.get_attribute("href") == "tel:911"
    assert call.bounding_box()["height"] >= 44
    assert card.locator("p a").first.get_attribute("href") == "tel:911"


def test_an_emergency_is_announced_at_once_and_only_once(chat):
    card = chat.ask(EMERGENCY)
    alarm = chat.host.get_by_role("alert")
    expect(alarm).to_contain_text("Get help now")
    expect(alarm).to_contain_text("Call 911 now")
    assert card.get_attribute("aria-live") == "off"
    expect(chat.log).to_have_attribute("aria-live", "polite")
    chat.ask(QUESTION)
    expect(alarm).to_be_empty()


def test_a_crisis_offers_the_crisis_line_first(chat):
    card = chat.ask(CRISIS)
    calls = card.locator(".call")
    assert calls.evaluate_all("all => all.map(one => one.getAttribute('href'))") == ["tel:988", "tel:911"]


def test_help_today_offers_the_clinic_first(chat):
    card = chat.ask(TODAY)
    expect(card.get_by_role("heading")).to_have_text("Get medical help today")
    assert card.locator(".call").first.get_attribute("href") == "tel:2025550143"


def test_an_answer_about_emergencies_is_no_alarm(chat):
    chat.ask("what are the red flags of back pain")
    expect(chat.cards).to_have_count(0)
    expect(chat.host.get_by_role("alert")).to_be_empty()


def test_out_of_scope_is_refused_with_the_emergency_number_as_a_link(chat):
    answer = chat.ask("my knee clicks on the stairs")
    expect(answer).to_contain_text("cannot help")
    assert answer.get_by_role("link", name="911").get_attribute("href") == "tel:911"


def test_addresses_of_the_clinic_are_links_and_named_once(chat):
    answer = chat.ask("who can see my messages")
    expect(answer.locator("a[href='https://clinic.example.org/privacy']")).to_have_count(1)


def test_several_messages_in_a_row_are_answered_in_their_order(chat):
    for text in (QUESTION, "is massage safe", "my knee clicks on the stairs"):
        chat.type(text)
    chat.answered(3)
    order = chat.host.locator(".msg").evaluate_all("all => all.map(one => one.classList[1])")
    assert order[1:] == ["you", "bot"] * 3


def test_conversation_and_open_panel_outlive_a_reload(chat):
    chat.ask(QUESTION)
    chat.page.reload()
    expect(chat.panel).to_be_visible()
    expect(chat.messages).to_have_count(1)
    expect(chat.answers).to_have_count(2)
    assert chat.focused() == ""
    assert chat.offers.count() == 3
    before = chat.answers.count()
    chat.offers.first.click()
    chat.answered(before)


def test_a_closed_panel_stays_closed_after_a_reload(chat):
    chat.ask(QUESTION)
    chat.panel.get_by_role("button", name="Close chat").click()
    chat.page.reload()
    expect(chat.launcher).to_be_visible()
    chat.open()
    expect(chat.messages).to_have_count(1)


def test_a_second_tab_shows_the_same_conversation_and_follows_it(chat, server):
    chat.ask(QUESTION)
    second_page = chat.page.context.new_page()
    second_page.goto(server.url)
    second = Chat(second_page)
    expect(second.messages).to_have_count(1)
    chat.ask("is massage safe")
    expect(second.messages).to_have_count(2)
    second.ask("my knee clicks on the stairs")
    expect(chat.messages).to_have_count(3)


def test_an_answer_that_comes_after_closing_is_marked_on_the_button(chat):
    held = []
    chat.page.route("**/messages", lambda route: held.append(route))
    with chat.page.expect_request("**/messages"):
        chat.type(QUESTION)
    chat.page.keyboard.press("Escape")
    held[0].continue_()
    expect(chat.launcher).to_have_accessible_name("Ask a question New reply")
    chat.launcher.click()
    expect(chat.answers).to_have_count(2)
    chat.page.keyboard.press("Escape")
    expect(chat.launcher).to_have_accessible_name("Ask a question")


def test_starting_over_shows_a_new_conversation(chat):
    chat.ask(QUESTION)
    chat.menu("Start over")
    expect(chat.messages).to_have_count(0)
    expect(chat.note).to_have_text("This is a new conversation.")
    chat.page.reload()
    expect(chat.answers).to_have_count(1)
    chat.ask(QUESTION)


def test_deleting_asks_once_and_can_be_called_off(chat):
    chat.ask(QUESTION)
    chat.menu("Delete my chat")
    expect(chat.note).to_contain_text("Delete this chat?")
    chat.note.get_by_role("button", name="Keep it").click()
    expect(chat.note).to_have_count(0)
    expect(chat.messages).to_have_count(1)


def test_deleting_erases_the_conversation_and_those_before_it_on_the_server(chat, server):
    import httpx

    def token() -> str:
        kept = "JSON.parse(Object.values(localStorage)[0]).token"
        return chat.page.evaluate(kept)

    tokens = []
    for _ in range(2):
        chat.ask(QUESTION)
        tokens.append(token())
        if len(tokens) == 1:
            chat.menu("Start over")
    chat.menu("Delete my chat")
    chat.note.get_by_role("button", name="Delete").click()
    expect(chat.note).to_have_text("Your chat was deleted.")
    expect(chat.messages).to_have_count(0)
    for old in tokens:
        history = httpx.get(
            f"{server.url}/webhooks/web/history", headers={"Authorization": f"Bearer {old}"}, timeout=10
        )
        assert history.json() == {"turns": []}
    assert token() is None


def test_deleting_in_one_tab_clears_the_other(chat, server):
    chat.ask(QUESTION)
    other = Chat(chat.page.context.new_page())
    other.page.goto(server.url)
    expect(other.messages).to_have_count(1)
    chat.menu("Delete my chat")
    chat.note.get_by_role("button", name="Delete").click()
    expect(other.messages).to_have_count(0)


def test_the_conversation_can_be_printed_without_the_page_around_it(chat):
    chat.ask(QUESTION)
    with chat.page.context.expect_page() as opened:
        chat.menu("Print or save")
    paper = opened.value
    assert paper.evaluate("window.printed")
    expect(paper.locator("body")).to_contain_text(QUESTION)
    expect(paper.locator("body")).to_contain_text("Wrap the pack in a cloth.")
    expect(paper.locator("body")).to_contain_text("Cochrane")
    expect(paper.locator("body")).to_contain_text("Emergency? Call 911.")
    assert len(paper.pdf()) > 5_000


def test_the_clinics_page_prints_without_the_chat(chat):
    chat.page.emulate_media(media="print")
    expect(chat.panel).to_be_hidden()
