"""One request: what staff see, what they do with it, and that every step has a name in the record."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from front_desk import Staff, visible, wanted

from backtalk.booking.cipher import FieldCipher
from backtalk.booking.requests import Requests
from backtalk.booking.state import State
from backtalk.booking.wanted import ReachBy

SOON = (dt.date.today() + dt.timedelta(days=5)).isoformat()
BOOKING = {"day": SOON, "time": "16:00"}
WINTER = f"{dt.date.today().year + 1}-01-15"  # New York is 5 hours behind UTC


def clocks_go_forward() -> str:
    """The next second Sunday in March: at 2:00 it becomes 3:00 in New York."""
    for year in (dt.date.today().year, dt.date.today().year + 1):
        first = dt.date(year, 3, 1)
        second_sunday = first + dt.timedelta(days=(6 - first.weekday()) % 7 + 7)
        if second_sunday > dt.date.today():
            return second_sunday.isoformat()
    raise AssertionError


def page_of(reference: str) -> str:
    return f"/desk/requests/{reference}"


def last_step(book, reference: str) -> tuple[str, str]:
    entry = book.requests.trail(reference)[-1]
    return entry.action, entry.by


def brought_to(book, state: State, **said) -> str:
    """A request that somebody else brought to `state`."""
    reference = book.store(**said)
    at = dt.datetime.now(dt.timezone.utc) + dt.timedelta(days=2)
    for step in (State.CLAIMED, State.CONTACTED, State.BOOKED):
        if state in (State.NEW, State.CLOSED) or book.requests.get(reference).state is state:
            break
        book.requests.move(reference, step, "carla", at=at if step is State.BOOKED else None)
    if state is State.CLOSED:
        book.requests.move(reference, State.CLOSED, "carla", reason="It is a duplicate of another request.")
    return reference


def test_the_page_shows_all_that_the_patient_asked_for(book, ann):
    reference = book.store(
        name="Maria Lopez", phone="+12025550177", times="Tuesday after 16:00", existing_patient=True,
        needs="An interpreter for Spanish", screening="Said yes to: pain at night", service="massage",
    )  # fmt: skip
    text = visible(ann.get(page_of(reference)))
    for said in (
        "Maria Lopez", "Call +1 202-555-0177", "massage", "Tuesday after 16:00", "An interpreter for Spanish",
        "Been here before yes", "Said yes to: pain at night", "the chat on the web", "Consent text 1",
    ):  # fmt: skip
        assert said in text


def test_topics_are_shown_by_their_titles_and_the_conversation_is_not_shown(server, book, ann):
    client = server.client().open()
    client.say("my sciatica is killing me, what is it")
    reference = book.store(topics=("condition/sciatica", "selfcare/no-such-topic"))
    text = visible(ann.get(page_of(reference)))
    assert re.search(r"Asked about [A-Z][^;]*, no such topic", text)
    assert "killing" not in text


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ({"may_leave_message": True}, "You may leave a message"),
        ({"may_leave_message": False}, "Leave no message."),
        ({"may_leave_message": None}, "Leave no message: the patient was not asked."),
        ({"reach_by": ReachBy.TEXT}, "Write nothing about health"),
    ],
)
def test_it_says_how_the_patient_may_be_reached(book, ann, said, advice):
    assert advice in visible(ann.get(page_of(book.store(**said))))


def test_from_claim_to_visit_with_a_name_at_every_step(book, ann, bob):
    reference = book.store()
    for staff, action, fields, state in (
        (ann, "claim", {}, State.CLAIMED),
        (ann, "contacted", {}, State.CONTACTED),
        (bob, "booked", BOOKING, State.BOOKED),
    ):
        answer = staff.act(reference, action, **fields)
        assert answer.status_code == 303, visible(answer)
        assert answer.headers["location"] == f"{page_of(reference)}?done={action}"
        assert book.requests.get(reference).state is state
    steps = [(entry.action, entry.by) for entry in book.requests.trail(reference)]
    assert steps == [
        ("stored", "patient"),
        ("claimed", "ann"),
        ("contacted", "ann"),
        ("booked", "Bob O'Neil"),
    ]
    text = visible(bob.get(f"{page_of(reference)}?done=booked"))
    assert "Saved the visit." in text
    assert re.search(r"Visit: \w{3} \d+ \w{3} 20\d\d, 16:00", text)
    assert "The patient asked for an appointment" in text
    assert "ann claimed it" in text
    assert re.search(r"Bob O'Neil booked the visit for \w{3} \d+ \w{3} 20\d\d, 16:00", text)


def test_the_time_of_a_visit_is_on_the_clinics_clock(book, ann):
    reference = brought_to(book, State.CONTACTED)
    ann.act(reference, "booked", day=WINTER, time="09:30")
    at = book.requests.get(reference).appointment_at
    assert at.isoformat() == f"{WINTER}T14:30:00+00:00"


def test_a_visit_can_be_moved_and_goes_into_a_calendar(book, ann):
    reference = brought_to(book, State.BOOKED)
    assert ann.act(reference, "booked", day=WINTER, time="09:30").status_code == 303
    answer = ann.get(f"{page_of(reference)}/visit.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert f'filename="{reference}.ics"' in answer.headers["content-disposition"]
    assert f"DTSTART:{WINTER.replace('-', '')}T143000Z" in answer.text
    assert "Maria" not in answer.text


def test_before_it_is_booked_there_is_no_calendar_file(book, ann):
    assert ann.get(f"{page_of(brought_to(book, State.CONTACTED))}/visit.ics").status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"day": "2020-01-01", "time": "10:00"}, "has passed or is more than 2 years ahead"),
        ({"day": "2027-02-31", "time": "10:00"}, "Write the date as"),
        ({"day": "next week", "time": "10:00"}, "Write the date as"),
        ({"day": SOON, "time": "25:00"}, "Write the date as"),
        ({"day": SOON, "time": ""}, "Write the date as"),
        ({"day": "", "time": ""}, "Write the date as"),
        ({"day": clocks_go_forward(), "time": "02:30"}, "this time does not exist"),
        ({"day": "9999-12-31", "time": "23:59"}, "more than 2 years ahead"),
        ({"day": "0001-01-01", "time": "00:00"}, "has passed"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_what_to_do_and_kept_in_the_form(book, ann, fields, said):
    reference = brought_to(book, State.CONTACTED)
    answer = ann.act(reference, "booked", **fields)
    assert answer.status_code == 422
    assert "Nothing was saved" in visible(answer)
    assert said in visible(answer)
    assert f'value="{fields["day"]}"' in answer.text
    assert 'aria-invalid="true" aria-describedby="problem"' in answer.text
    assert book.requests.get(reference).state is State.CONTACTED


@pytest.mark.parametrize("state", [State.NEW, State.CLAIMED, State.CONTACTED, State.BOOKED])
def test_a_request_can_be_closed_from_anywhere_with_a_reason(book, ann, state):
    reference = brought_to(book, state)
    assert ann.act(reference, "close", reason="unreached").status_code == 303
    assert last_step(book, reference) == ("closed", "ann")
    text = visible(ann.get(page_of(reference)))
    assert "ann closed it We could not reach the patient." in text
    assert "This request is closed." in text


@pytest.mark.parametrize("reason", ["", "because", "We could not reach the patient."])
def test_closing_needs_one_of_the_reasons(book, ann, reason):
    reference = book.store()
    answer = ann.act(reference, "close", reason=reason)
    assert answer.status_code == 422
    assert "Choose why you close the request." in visible(answer)
    assert book.requests.get(reference).state is State.NEW


def test_a_note_is_shown_with_its_writer_and_lies_encrypted(book, ann):
    reference = book.store()
    assert ann.act(reference, "note", note="Rings back\r\nafter lunch \U0001f600").status_code == 303
    page = ann.get(page_of(reference))
    assert "ann wrote a note Rings back after lunch \U0001f600" in visible(page)
    assert "Rings back\nafter lunch" in page.text
    with book.engine.connect() as connection:
        assert "lunch" not in str(connection.exec_driver_sql("select * from audit").all())


@pytest.mark.parametrize("note", ["", "   \n ", "x" * 2001])
def test_an_empty_or_endless_note_is_refused_and_kept_in_the_form(book, ann, note):
    reference = book.store()
    answer = ann.act(reference, "note", note=note)
    assert answer.status_code == 422
    assert "from 1 to 2,000 characters" in visible(answer)
    assert note.strip() in answer.text
    assert len(book.requests.trail(reference)) == 1


def test_who_comes_second_is_told_so_and_sees_how_it_stands(book, ann, bob):
    reference = book.store()
    page = page_of(reference)
    token, seen = bob.token(page), "1"
    ann.act(reference, "claim")
    answer = bob.http.post(
        f"{page}/claim", data={"token": token, "seen": seen}, headers={"Origin": bob.origin}
    )
    assert answer.status_code == 409
    text = visible(answer)
    assert "Somebody else was first" in text
    assert "is now claimed by ann. Nothing was changed by you." in text
    assert "Mark as contacted" in text
    assert book.requests.get(reference).claimed_by == "ann"
    assert [entry.by for entry in book.requests.trail(reference)] == ["patient", "ann"]


def test_pressing_claim_twice_is_no_quarrel_with_oneself(book, ann):
    reference = book.store()
    ann.act(reference, "claim")
    answer = ann.act(reference, "claim", seen="1")
    assert answer.status_code == 303
    assert len(book.requests.trail(reference)) == 2


@pytest.mark.parametrize("seen", ["", "0", "x", "-1", "99999999999999999999", "2"])
def test_a_form_without_the_state_that_was_seen_changes_nothing(book, ann, seen):
    reference = book.store()
    assert ann.act(reference, "claim", seen=seen).status_code == 409
    assert book.requests.get(reference).state is State.NEW


@pytest.mark.parametrize(
    ("state", "action", "fields"),
    [
        (State.NEW, "contacted", {}),
        (State.NEW, "booked", BOOKING),
        (State.CLAIMED, "claim", {}),
        (State.CLAIMED, "booked", BOOKING),
        (State.CONTACTED, "claim", {}),
        (State.BOOKED, "contacted", {}),
        (State.CLOSED, "claim", {}),
        (State.CLOSED, "booked", BOOKING),
        (State.CLOSED, "close", {"reason": "unreached"}),
    ],
)
def test_a_move_that_the_state_does_not_allow_is_refused_with_those_that_it_does(
    book, ann, state, action, fields
):
    reference = brought_to(book, state)
    before = book.requests.get(reference).version
    answer = ann.act(reference, action, seen=str(before), **fields)
    assert answer.status_code == 409
    assert f"{reference} is {state.value} and cannot become" in visible(answer)
    assert book.requests.get(reference).version == before


def test_a_dead_delivery_can_be_tried_again_or_given_up(book, ann):
    reference = book.store()
    dead = book.deliver(reference, "front-desk", "dead", "connection refused")
    text = visible(ann.get(page_of(reference)))
    assert "given up after 8 tries. Last error: connection refused." in text
    assert ann.act(reference, "retry", delivery=dead).status_code == 303
    assert "waiting to be sent" in visible(ann.get(page_of(reference)))
    assert last_step(book, reference) == ("delivery retry", "ann")
    assert ann.act(reference, "drop", delivery=dead).status_code == 303
    assert "dropped by staff, not sent" in visible(ann.get(page_of(reference)))
    again = ann.act(reference, "retry", delivery=dead)
    assert again.status_code == 409
    assert "gone out or was dropped" in visible(again)


def test_a_delivery_of_another_request_is_left_alone(book, ann):
    mine, other = book.store(), book.store()
    dead = book.deliver(other, "front-desk", "dead")
    for wrong in (dead, "", "no-such-id"):
        assert ann.act(mine, "retry", delivery=wrong).status_code == 409
    assert len(book.requests.trail(other)) == 1


def test_a_request_is_deleted_only_after_asking_and_for_good(book, ann):
    reference = book.store(name="Maria Lopez")
    ann.act(reference, "note", note="Rings back")
    question = ann.get(f"{page_of(reference)}/delete")
    assert f"Delete {reference}?" in visible(question)
    assert "Keep it" in visible(question)
    assert book.requests.get(reference)
    answer = ann.post(f"{page_of(reference)}/delete", f"{page_of(reference)}/delete")
    assert answer.headers["location"] == "/desk?done=deleted"
    assert "The request was deleted." in visible(ann.get("/desk?done=deleted"))
    gone = ann.get(page_of(reference))
    assert gone.status_code == 404
    assert "may have been deleted" in visible(gone)
    trail = book.requests.trail(reference)
    assert (trail[-1].action, trail[-1].by) == ("erased", "ann")
    assert not [entry.note for entry in trail if entry.note]
    for action in ("claim", "note", "delete"):
        assert ann.post(f"{page_of(reference)}/{action}", note="x", seen="1").status_code == 404


@pytest.mark.parametrize("reference", ["BT-9Z9Z", "bt-7k3q", "BT-2C2C", "x", "..%2F..", "BT-7K3Q'--", "%00"])
def test_an_address_of_no_request_gets_a_page_that_says_so(ann, reference):
    answer = ann.get(page_of(reference))
    assert answer.status_code == 404
    assert "There is nothing here" in visible(answer)


@pytest.mark.parametrize("field", ["name", "times", "needs", "service", "screening"])
@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'; DROP TABLE booking_request; --",
     "{{ 31337 * 3 }}{% include 'login.html' %}", "</title><svg onload=alert(1)>", "\u202eevil", "x" * 500],
)  # fmt: skip
def test_html_sql_and_template_code_of_a_patient_are_only_text(book, ann, field, text):
    reference = book.store(**{field: text})
    for path in (page_of(reference), "/desk", "/desk?state=all"):
        page = ann.get(path).text
        for markup in ("<script>alert", "<img", "<svg onload", "94011", 'id="password"'):
            assert markup not in page, path
    assert text in html.unescape(ann.get(page_of(reference)).text)
    assert getattr(book.requests.get(reference).wanted, field) == text
    ann.act(reference, "close", reason="not_ours")


def test_html_in_a_note_a_search_and_a_name_at_the_login_are_only_text(server, book, ann):
    evil = '"><script>alert(1)</script>'
    reference = book.store()
    ann.act(reference, "note", note=evil)
    stranger = Staff(server.url)
    for answer in (
        ann.get(page_of(reference)),
        ann.post("/desk/find", text=evil),
        ann.act(reference, "booked", day=evil, time=evil),
        stranger.log_in(evil),
        stranger.get(f"/desk/login?next={evil}"),
        ann.get(f"/desk?done={evil}&state=new"),
    ):
        assert "<script>alert" not in answer.text


def test_a_request_stored_with_another_key_says_so(server, book, ann):
    other = Requests(book.engine, FieldCipher((), b"y" * 32), b"y" * 32, book.clinic)
    reference = other.store(wanted(), conversation="web-other")
    answer = ann.get(page_of(reference))
    assert answer.status_code == 200
    assert "cannot be read with the keys of this server" in visible(answer)
    assert "tel:" not in answer.text
    book.requests.move(reference, State.CLAIMED, "carla")
    assert "stored with another key" in visible(ann.get("/desk?state=claimed"))
