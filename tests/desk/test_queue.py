"""The queue: what waits comes in the order of how pressing it is, and can be found."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re

import pytest
from front_desk import Book, Staff, busy_morning, users, visible
from web_server import Server


@pytest.fixture(scope="module")
def morning(book) -> dict[str, str]:
    """References of a few requests, by what is special about them; no other test stores any here."""
    return busy_morning(book)


def listed(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return re.findall(r'<h2><a href="/desk/requests/([A-Z0-9-]+)">', answer.text)


def card_of(answer, reference: str) -> str:
    """The words of one card."""
    (found,) = [card for card in answer.text.split('<li class="card">') if f'/{reference}"' in card]
    return visible(type("Card", (), {"text": found.split("</li>")[0]})())


def test_the_most_pressing_comes_first(ann, morning):
    order = ["undelivered", "late", "twin", "text", "claimed", "contacted"]
    assert listed(ann.get("/desk")) == [morning[name] for name in order]


def test_a_card_says_in_words_how_things_stand(ann, morning):
    page = ann.get("/desk")
    late = card_of(page, morning["late"])
    assert "Dorothy Achebe" in late
    assert "New Asked 3 days ago" in late
    assert re.search(r"Reply overdue by (\d+ hours|2 days)", late)
    undelivered = card_of(page, morning["undelivered"])
    assert "Not delivered to front-desk" in undelivered
    assert f"Same phone as {morning['twin']}" in undelivered
    assert "Reply due in" in undelivered
    assert "Claimed by Bob O'Neil" in card_of(page, morning["claimed"])
    assert "Contacted, claimed by Bob O'Neil" in card_of(page, morning["contacted"])
    assert "Reply" not in card_of(page, morning["contacted"])


def test_one_tap_calls_or_texts_as_the_patient_wished(ann, morning):
    page = ann.get("/desk").text
    assert 'href="tel:+12025550143"' in page
    assert len(re.findall(r'href="sms:\+1202555\d{4}"', page)) == 1


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("new", ["undelivered", "late", "twin", "text"]),
        ("claimed", ["claimed"]),
        ("contacted", ["contacted"]),
        ("booked", ["booked"]),
        ("closed", ["closed"]),
    ],
)
def test_a_state_can_be_chosen(ann, morning, state, names):
    answer = ann.get(f"/desk?state={state}")
    assert listed(answer) == [morning[name] for name in names]
    assert f"{state.capitalize()} requests" in visible(answer)
    assert re.search(
        rf'aria-current="page">{state.capitalize()} <span class="number">{len(names)}<', answer.text
    )


def test_all_states_can_be_seen_and_an_unknown_one_is_no_page(ann, morning):
    assert set(listed(ann.get("/desk?state=all"))) == set(morning.values())
    assert ann.get("/desk?state=lost").status_code == 404


@pytest.mark.parametrize("typed", ["{0}", "{1}", " bt {1} "])
def test_a_reference_leads_straight_to_its_request(ann, morning, typed):
    reference = morning["booked"]
    answer = ann.post("/desk/find", text=typed.format(reference, reference.removeprefix("BT-").lower()))
    assert answer.headers["location"] == f"/desk/requests/{reference}"


@pytest.mark.parametrize(
    ("text", "names"),
    [("achebe", ["late"]), ("FERREIRA", ["undelivered", "twin"]), ("555-0143", ["undelivered", "twin"]),
     ("nobody", []), ("%", []), ("' OR 1=1 --", []), ("<b>x</b>", [])],
)  # fmt: skip
def test_a_name_or_a_number_finds_requests_and_stands_in_no_address(ann, morning, text, names):
    answer = ann.post("/desk/find", text=text)
    assert listed(answer) == [morning[name] for name in names]
    assert "<b>x</b>" not in answer.text
    own = re.findall(r'(?:href|action)="(/[^"]*)"', answer.text)
    assert own
    assert not [address for address in own if text.casefold() in address.casefold()]
    if not names:
        assert "No request fits." in visible(answer)


def test_looking_for_nothing_shows_the_queue(ann):
    assert ann.post("/desk/find", text="  ").headers["location"] == "/desk"


def test_the_script_learns_how_many_are_new(ann, morning):
    assert ann.get("/desk/waiting").json() == {"new": 4}
    assert 'data-new="4"' in ann.get("/desk").text


def test_the_list_as_csv_holds_what_the_filter_shows_and_the_audit_who_took_it(book, ann, morning):
    answer = ann.post("/desk/export", kind="csv", state="new", text="")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert re.search(
        r'attachment; filename="requests-new-\d{4}-\d\d-\d\d.csv"', answer.headers["content-disposition"]
    )
    assert answer.headers["cache-control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["reference"] for row in rows] == [
        morning[name] for name in ("undelivered", "late", "twin", "text")
    ]
    assert rows[0]["name"] == "Tomás Ferreira"
    with book.engine.connect() as connection:
        (kept,) = connection.exec_driver_sql("select by, detail from audit where action = 'export'").all()
    assert kept[0] == "ann"
    assert "csv" in kept[1]


def test_what_was_found_can_be_taken_as_json(ann, morning):
    answer = ann.post("/desk/export", kind="json", state="all", text="achebe")
    (row,) = json.loads(answer.content)
    assert (row["reference"], row["needs"]) == (morning["late"], "A ground floor room, please")


@pytest.mark.parametrize(
    "fields", [{"kind": "exe"}, {"state": "lost"}, {"kind": ""}, {"kind": "pdf", "state": ""}]
)
def test_an_unknown_file_is_not_made(ann, fields):
    assert (
        ann.post("/desk/export", **{"kind": "csv", "state": "all", "text": "", **fields}).status_code == 404
    )


def test_a_long_queue_comes_in_pages(trained, tmp_path):
    server = Server(tmp_path, BACKTALK_DESK_USERS=users()).start()
    try:
        book, staff = Book(server), Staff(server.url)
        staff.log_in()
        assert "Nothing waits." in visible(staff.get("/desk"))
        start = dt.datetime.now(dt.timezone.utc) - dt.timedelta(minutes=90)
        stored = [book.stored_at(start + dt.timedelta(minutes=n), name=f"Patient {n}") for n in range(60)]
        pages = [listed(staff.get(f"/desk?page={page}")) for page in (1, 2, 3)]
        assert [len(page) for page in pages] == [25, 25, 10]
        assert [one for page in pages for one in page] == stored
        assert "Page 2 of 3" in visible(staff.get("/desk?page=2"))
        assert staff.get("/desk?page=9").headers["location"] == "/desk?state=open&page=3"
        for odd in ("0", "-1", "x", "9" * 30):
            assert staff.get(f"/desk?page={odd}").status_code in (200, 303)
    finally:
        server.kill()
