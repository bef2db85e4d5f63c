"""The staff page in a browser: by keyboard, on a phone, in the dark, on paper, for screen readers."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from front_desk import Book, Staff, busy_morning, users
from front_desk_pages import Desk
from playwright.sync_api import Page, expect
from web_server import Server

OTHER_SITE = "http://clinic.test"  # the one whose requests conftest.py lets pass
PHONE = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}
MODES = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "more-contrast": {"contrast": "more"},
    "forced-colours": {"forced_colors": "active"},
    "phone": PHONE,
    "phone-dark": {**PHONE, "color_scheme": "dark"},
    "320px": {"width": 320, "height": 568},
}
TOO_WIDE = """() => [...document.querySelectorAll('body *')].filter((node) => {
  const box = node.getBoundingClientRect();
  return box.width && !node.closest('.unseen, .skip') && (box.left < -0.5 || box.right > innerWidth + 0.5);
}).map((node) => node.outerHTML.slice(0, 80))"""
SMALL_TARGETS = """() => [...document.querySelectorAll('button, input, textarea, summary, a.button, .tabs a')]
  .filter((node) => node.type !== 'hidden' && node.type !== 'radio')
  .filter((node) => { const box = node.getBoundingClientRect(); return box.width && box.height < 43.5 })
  .map((node) => node.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def server(trained, tmp_path_factory):
    """In place of the chat's server: one with a staff page."""
    server = Server(tmp_path_factory.mktemp("desk"), BACKTALK_DESK_USERS=users())
    yield server.start()
    server.kill()


@pytest.fixture(scope="module")
def book(server) -> Book:
    return Book(server)


@pytest.fixture(scope="module")
def morning(book) -> dict[str, str]:
    return busy_morning(book)


@pytest.fixture
def desk(visit, server, morning) -> Desk:
    return Desk(visit, server.url).log_in()


def test_from_login_to_a_booked_visit_by_keyboard_alone(visit, server, book, morning):
    reference = book.store(name="Keyboard Kay")
    desk = Desk(visit, server.url)
    keys = desk.page.keyboard
    expect(desk.page.get_by_label("Your name")).to_be_focused()
    keys.type("ann")
    keys.press("Tab")
    keys.type("correct horse battery staple")
    keys.press("Enter")
    expect(desk.page).to_have_url(f"{server.url}/desk")
    desk.tab_to("Find by reference, name or phone")
    keys.type("keyboard")
    keys.press("Enter")
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Found")
    desk.tab_to(reference)
    keys.press("Enter")
    expect(desk.page.get_by_role("heading", level=1)).to_have_text(reference)
    desk.tab_to("Claim it")
    keys.press("Enter")
    expect(desk.page.get_by_role("status")).to_have_text("Claimed. The patient is yours to reach.")
    expect(desk.page.get_by_role("status")).to_be_focused()
    desk.tab_to("Mark as contacted")
    keys.press("Space")
    expect(desk.page.get_by_role("status")).to_have_text("Saved that you reached the patient.")
    desk.tab_to("Date")
    day = dt.date.today() + dt.timedelta(days=6)
    keys.type(day.strftime("%m%d%Y"))
    desk.tab_to("Time")
    keys.type("0430PM")
    keys.press("Enter")
    expect(desk.page.get_by_role("status")).to_have_text("Saved the visit.")
    expect(desk.page.locator(".visit")).to_contain_text(re.compile(rf"{day:%b} {day.year}, 16:30"))
    assert book.requests.get(reference).state.value == "booked"
    desk.tab_to("Log out")
    keys.press("Enter")
    expect(desk.page.get_by_role("status")).to_have_text("You are logged out.")
    desk.log_in("Bob O'Neil")


def test_a_request_is_closed_and_deleted_by_keyboard_alone(desk, book):
    reference = book.store()
    desk.open(reference)
    keys = desk.page.keyboard
    desk.tab_to("Close it without a visit")
    keys.press("Enter")
    desk.tab_to("We could not reach the patient.")
    keys.press("ArrowDown")
    expect(desk.page.get_by_label("The patient no longer wants a visit.")).to_be_checked()
    desk.tab_to("Close")
    keys.press("Enter")
    expect(desk.page.get_by_role("status")).to_have_text("Closed.")
    desk.tab_to("Delete this request …")
    keys.press("Enter")
    expect(desk.page.get_by_role("heading", level=1)).to_have_text(f"Delete {reference}?")
    desk.tab_to("Delete for good")
    keys.press("Enter")
    expect(desk.page.get_by_text("The request was deleted.")).to_be_visible()


def test_the_first_tab_leads_past_the_header(desk):
    desk.page.keyboard.press("Tab")
    assert desk.focused() == "Skip to the content"
    desk.page.keyboard.press("Enter")
    assert desk.page.evaluate("document.activeElement.id") == "main"


def test_an_error_has_the_focus_and_is_tied_to_its_field(desk, book):
    reference = book.store()
    for action in ("Claim it", "Mark as contacted"):
        desk.open(reference).get_by_role("button", name=action).click()
    desk.page.get_by_label("Date").fill("2020-01-01")
    desk.page.get_by_label("Time").fill("10:00")
    desk.page.get_by_role("button", name="Mark as booked").click()
    alert = desk.page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("The date has passed")
    expect(desk.page.get_by_label("Date")).to_have_value("2020-01-01")
    expect(desk.page.get_by_label("Date")).to_have_accessible_description(re.compile("The date has passed"))
    expect(desk.page).to_have_title(re.compile("^Not done: "))


def test_who_comes_second_is_told_in_the_browser_too(desk, server, book):
    reference = book.store()
    desk.open(reference)
    other = Staff(server.url)
    other.log_in("Bob O'Neil")
    other.act(reference, "claim")
    desk.page.get_by_role("button", name="Claim it").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("Somebody else was first")
    expect(desk.page.get_by_role("alert")).to_contain_text("now claimed by Bob O'Neil")
    expect(desk.page.get_by_role("button", name="Mark as contacted")).to_be_visible()


def test_going_back_or_reloading_after_a_form_sends_nothing_twice(desk, book):
    reference = book.store()
    desk.open(reference).get_by_label("Note for colleagues").fill("Rings back")
    desk.page.get_by_role("button", name="Add note").click()
    expect(desk.page.get_by_role("status")).to_have_text("Saved the note.")
    desk.page.reload()
    assert len(book.requests.trail(reference)) == 2


def test_after_logging_out_going_back_shows_no_patient(desk, book):
    reference = book.store(name="Secret Sam")
    expect(desk.open(reference).get_by_text("Secret Sam")).to_be_visible()
    desk.page.get_by_role("button", name="Log out").click()
    expect(desk.page.get_by_text("You are logged out.")).to_be_visible()
    desk.page.go_back()
    expect(desk.page.get_by_label("Password")).to_be_visible()
    expect(desk.page.get_by_text("Secret Sam")).to_have_count(0)


def other_site(desk: Desk, html: str) -> Page:
    """A page of another site in a new tab of the same browser."""
    page = desk.page.context.new_page()
    page.route(f"{OTHER_SITE}/", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(f"{OTHER_SITE}/")
    return page


def test_a_link_in_webmail_opens_the_request_of_somebody_who_is_logged_in(desk, server, book):
    reference = book.store()
    page = other_site(desk, f'<a href="{server.url}/desk">Open the desk</a>')
    page.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Open requests")
    expect(page).to_have_url(f"{server.url}/desk?arrived=1")
    expect(page.get_by_role("heading", name=reference)).to_be_visible()


def test_a_form_of_another_site_does_nothing(desk, server, book):
    reference = book.store()
    action = f"{server.url}/desk/requests/{reference}/claim"
    page = other_site(desk, f'<form method="post" action="{action}"><button>Win</button></form>')
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This was not sent from the desk")
    assert book.requests.get(reference).version == 1
    desk.page.reload()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Open requests")


def test_calling_and_texting_take_one_tap(visit, server, morning):
    page = Desk(visit, server.url, **PHONE).log_in().open(morning["text"])
    call = page.get_by_role("link", name="Call")
    text = page.get_by_role("link", name=re.compile(r"^Text \+1 202-555-"))
    expect(call).to_have_attribute("href", re.compile(r"^tel:\+1202555\d{4}$"))
    expect(text).to_have_attribute("href", re.compile(r"^sms:\+1202555\d{4}$"))
    expect(text).to_have_class(re.compile("primary"))


def test_new_requests_are_announced_while_the_queue_is_open(visit, server, book, morning):
    desk = Desk(visit, server.url).log_in()
    desk.page.clock.install()
    desk.page.reload()
    news = desk.page.locator("#news")
    expect(news).to_be_hidden()
    book.store()
    desk.page.clock.run_for(31_000)
    expect(news).to_have_text("New requests have come. Show them")
    expect(news).to_have_attribute("role", "status")
    news.get_by_role("link").click()
    expect(desk.page.locator("#news")).to_be_hidden()


def test_without_scripts_everything_still_works(visit, server, book, morning):
    reference = book.store()
    desk = Desk(visit, server.url, java_script_enabled=False).log_in()
    desk.open(reference).get_by_role("button", name="Claim it").click()
    expect(desk.page.get_by_role("status")).to_contain_text("Claimed.")


def test_the_list_is_taken_along_as_a_file(desk):
    with desk.page.expect_download() as started:
        desk.page.get_by_role("button", name="CSV, for spreadsheets").click()
    assert re.fullmatch(r"requests-open-\d{4}-\d\d-\d\d\.csv", started.value.suggested_filename)


def pages_of(morning) -> dict[str, str]:
    one = "/desk/requests/"
    return {
        "queue": "/desk",
        "empty state": "/desk?state=claimed&page=1",
        "all": "/desk?state=all",
        **{name: one + morning[name] for name in ("undelivered", "contacted", "booked", "closed", "text")},
        "delete": f"{one}{morning['late']}/delete",
        "not found": f"{one}BT-9Z9Z",
    }


@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing_on_any_page_in_any_mode(visit, axe, server, morning, mode):
    desk = Desk(visit, server.url, **MODES[mode])
    assert axe.violations(desk.page) == []
    desk.page.get_by_label("Your name").fill("ann")
    desk.page.get_by_label("Password").fill("wrong")
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("alert")).to_be_visible()
    assert axe.violations(desk.page) == []
    desk.log_in()
    found = {}
    for name, path in pages_of(morning).items():
        desk.page.goto(f"{server.url}{path}")
        for closed in desk.page.locator("details:not([open]) > summary").all():
            closed.click()
        found[name] = axe.violations(desk.page)
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize(("width", "height"), [(320, 568), (360, 740), (640, 400), (1280, 800)])
def test_nothing_is_cut_off_and_targets_are_large_enough(visit, server, book, morning, width, height):
    long = book.store(name="W" * 120, times="any time " * 50, needs="x" * 500)
    desk = Desk(visit, server.url, width=width, height=height).log_in()
    for path in (*pages_of(morning).values(), f"/desk/requests/{long}"):
        desk.page.goto(f"{server.url}{path}")
        assert desk.page.evaluate(TOO_WIDE) == [], path
        assert desk.page.evaluate(SMALL_TARGETS) == [], path
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width, path
    book.requests.move(long, book.requests.get(long).state.moves[-1], "carla")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_focus_can_be_seen(visit, server, morning, scheme):
    desk = Desk(visit, server.url, color_scheme=scheme).log_in()
    for path in ("/desk", f"/desk/requests/{morning['contacted']}"):
        desk.page.goto(f"{server.url}{path}")
        for _ in range(20):
            desk.page.keyboard.press("Tab")
            if desk.page.evaluate("document.activeElement === document.body"):
                break  # past the last one
            width, style = desk.page.evaluate(
                "() => { const look = getComputedStyle(document.activeElement);"
                " return [parseFloat(look.outlineWidth), look.outlineStyle] }"
            )
            assert (width >= 2, style) == (True, "solid"), desk.focused()


def test_headings_and_landmarks_tell_a_screen_reader_where_things_are(desk, morning):
    page = desk.page
    for role in ("banner", "main", "contentinfo", "search"):
        expect(page.get_by_role(role)).to_have_count(1)
    expect(page.get_by_role("navigation", name="Requests by state")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has=page.get_by_role("heading", level=2))).not_to_have_count(0)
    desk.open(morning["undelivered"])
    headings = [heading.inner_text() for heading in page.get_by_role("heading").all()]
    assert headings == [morning["undelivered"], "Tomás Ferreira", "What next", "Delivery", "What happened"]


def test_the_title_names_no_patient_for_it_stays_in_the_history(desk, morning):
    assert desk.open(morning["undelivered"]).title() == f"{morning['undelivered']} | Front desk"


def test_on_paper_there_is_the_request_and_no_buttons(desk, morning):
    page = desk.open(morning["undelivered"])
    page.emulate_media(media="print")
    expect(page.get_by_text("Tomás Ferreira")).to_be_visible()
    expect(page.get_by_text("Tuesday after 16:00")).to_be_visible()
    expect(page.get_by_text("+1 202-555-0143")).to_be_visible()
    for hidden in ("Log out", "Claim it", "Add note", "Try again", "Delete this request …"):
        expect(page.get_by_text(hidden).first).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="All open requests").click()
    page.emulate_media(media="print")
    expect(page.get_by_text("+1 202-555-0143").first).to_be_visible()
