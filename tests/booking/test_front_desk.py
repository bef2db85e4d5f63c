"""Moves between states, what the front desk finds first, notes, duplicates and exports."""

import csv
import datetime as dt
import io
import json
import threading

import pytest
from awkward_texts import AWKWARD

from backtalk.booking.errors import BookingError, IllegalMove, NoSuchRequest, StaleMove
from backtalk.booking.export import ExportForm
from backtalk.booking.outbox import Outbox
from backtalk.booking.promise import due_at
from backtalk.booking.state import State

UTC = dt.timezone.utc
THURSDAY = dt.datetime(2026, 11, 26, 21, 0, tzinfo=UTC)


@pytest.fixture
def stored(requests, ann):
    return requests.store(ann, conversation="web-1")


@pytest.fixture
def at_state(requests, stored):
    """`at_state(State.CONTACTED)` is the reference of a request that was brought there."""

    def bring(state):
        steps = [State.CLOSED] if state is State.CLOSED else list(State)[: list(State).index(state) + 1]
        for step in steps:
            if step in requests.get(stored).state.moves:
                requests.move(stored, step, "bo", at=THURSDAY if step is State.BOOKED else None)
        return stored

    return bring


def test_a_request_goes_from_new_to_booked_and_every_step_says_who(requests, at_state):
    reference = at_state(State.BOOKED)
    request = requests.get(reference)
    assert (request.state, request.claimed_by, request.appointment_at) == (State.BOOKED, "bo", THURSDAY)
    steps = [(entry.action, entry.by) for entry in requests.trail(reference)]
    assert steps == [("stored", "patient"), ("claimed", "bo"), ("contacted", "bo"), ("booked", "bo")]


@pytest.mark.parametrize("before", list(State))
@pytest.mark.parametrize("after", list(State))
def test_only_legal_moves_are_made_and_the_refusal_names_them(requests, at_state, before, after):
    reference = at_state(before)
    at = THURSDAY if after is State.BOOKED else None
    if after in before.moves:
        assert requests.move(reference, after, "bo", at=at).state is after
        return
    with pytest.raises(IllegalMove) as refused:
        requests.move(reference, after, "bo", at=at)
    assert f"{reference} is {before.value}" in str(refused.value)
    assert all(state.value in str(refused.value) for state in before.moves)
    assert requests.get(reference).state is before


def test_an_appointment_can_be_moved_to_another_time(requests, at_state):
    reference = at_state(State.BOOKED)
    later = THURSDAY + dt.timedelta(days=1)
    assert requests.move(reference, State.BOOKED, "bo", at=later).appointment_at == later


def test_of_twenty_who_claim_at_once_one_succeeds(requests, stored):
    won, lost = [], []

    def claim(name):
        try:
            requests.move(stored, State.CLAIMED, name)
            won.append(name)
        except IllegalMove as error:
            lost.append(error)

    threads = [threading.Thread(target=claim, args=(f"staff {number}",)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert len(lost) == 19
    assert requests.get(stored).claimed_by == won[0]
    assert len(requests.trail(stored)) == 2


def test_who_looks_at_an_old_page_is_told(requests, stored):
    seen = requests.get(stored).version
    requests.move(stored, State.CLAIMED, "ann")
    with pytest.raises(StaleMove, match="claimed"):
        requests.move(stored, State.CLOSED, "bo", seen=seen)
    assert requests.get(stored).state is State.CLAIMED


def test_an_unknown_reference_is_said_so(requests):
    for ask in (
        lambda: requests.get("BT-2C2C"),
        lambda: requests.move("BT-2C2C", State.CLAIMED, "bo"),
        lambda: requests.note("BT-2C2C", "x", "bo"),
        lambda: requests.calendar("BT-2C2C"),
    ):
        with pytest.raises(NoSuchRequest, match="BT-2C2C"):
            ask()


@pytest.mark.parametrize("by", ["", "  ", "x" * 65, "a\nb"])
def test_a_move_needs_a_name(requests, stored, by):
    with pytest.raises(BookingError, match="who you are"):
        requests.move(stored, State.CLAIMED, by)


@pytest.mark.parametrize(
    ("state", "at", "why"),
    [
        (State.BOOKED, None, "give the date"),
        (State.BOOKED, THURSDAY.replace(year=2025), "in the past"),
        (State.CLOSED, THURSDAY, "goes with booked only"),
    ],
)
def test_a_time_goes_with_an_appointment_and_lies_ahead(requests, at_state, state, at, why):
    with pytest.raises(BookingError, match=why):
        requests.move(at_state(State.CONTACTED), state, "bo", at=at)


def test_undelivered_and_overdue_requests_come_first(requests, engine, cipher, clock, somebody):
    def store(name):
        clock.goes_on(minutes=1)
        return requests.store(somebody(name=name, phone=f"+1202555{len(name):04}"), conversation=name)

    outbox = Outbox(engine, cipher, clock)
    old, claimed, contacted = store("old"), store("claimed"), store("contacted")
    clock.goes_on(days=5)
    new = store("new request")
    for taken in outbox.take("webhook", 10):
        outbox.delivered(taken)
    stuck = store("a stuck one")
    requests.move(claimed, State.CLAIMED, "bo")
    for state in (State.CLAIMED, State.CONTACTED):
        requests.move(contacted, state, "bo")
    listed = requests.listing()
    assert [one.reference for one in listed] == [stuck, old, claimed, new, contacted]
    assert [one.is_undelivered for one in listed] == [True, False, False, False, False]
    assert [one.is_overdue(clock()) for one in listed] == [False, True, True, False, False]


def test_the_list_is_read_in_pages_and_by_state(requests, somebody):
    stored = {requests.store(somebody(name=f"p{number}"), conversation=f"c{number}") for number in range(7)}
    pages = [requests.listing(limit=3, offset=offset) for offset in (0, 3, 6)]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert {one.reference for page in pages for one in page} == stored
    assert requests.listing(states=[State.BOOKED]) == ()
    assert requests.counts()[State.NEW] == 7


@pytest.mark.parametrize("text", ["ann", "LEE", "0143", "(202) 555-0143"])
def test_a_request_is_found_by_a_part_of_name_or_number(requests, stored, somebody, text):
    requests.store(somebody(name="Bo Chan", phone="+12025550199"), conversation="web-2")
    assert [one.reference for one in requests.listing(text=text)] == [stored]


def test_a_request_is_found_by_its_reference_however_it_is_typed(requests, stored):
    for typed in (stored, stored.lower(), stored.removeprefix("BT-"), stored.replace("-", " ")):
        assert [one.reference for one in requests.listing(text=typed)] == [stored]
    assert requests.listing(text="nobody") == ()


def test_an_open_request_of_the_same_phone_is_shown_as_a_possible_duplicate(requests, stored, somebody):
    other = requests.store(somebody(name="A. Lee", times="Monday"), conversation="sms-1")
    requests.store(somebody(phone="+12025550199"), conversation="web-9")
    assert requests.get(stored).duplicates == (other,)
    requests.move(other, State.CLOSED, "bo")
    assert requests.get(stored).duplicates == ()


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_texts_come_back_as_they_were(requests, somebody, text):
    wanted = somebody(name=text, times=text, needs=text, service=text, screening=text, topics=(text,))
    reference = requests.store(wanted, conversation=text)
    assert requests.get(reference).wanted == wanted
    assert requests.store(wanted, conversation=text) == reference
    assert requests.find_open(text) == reference
    if text.strip():
        requests.note(reference, text, "bo")
        assert requests.trail(reference)[-1].note == text
    assert [one.reference for one in requests.listing(text=text)] == [reference]
    said = text.encode("utf-8", "replace").decode()
    (row,) = json.loads(requests.export(ExportForm.JSON, "bo"))
    assert row["name"] == row["needs"] == said
    (row,) = csv.DictReader(io.StringIO(requests.export(ExportForm.CSV, "bo"), newline=""))
    assert row["name"].removeprefix("'") == said


def test_a_formula_is_no_formula_in_the_export(requests, somebody):
    for number, name in enumerate(("=1+1", "+1+1", "-1", "@SUM(A1)")):
        requests.store(somebody(name=name), conversation=f"web-{number}")
    rows = list(csv.DictReader(io.StringIO(requests.export(ExportForm.CSV, "bo"))))
    assert {row["name"] for row in rows} == {"'=1+1", "'+1+1", "'-1", "'@SUM(A1)"}
    assert {row["phone"] for row in rows} == {"+12025550143"}


def test_an_export_is_in_the_audit(requests, stored, engine):
    from sqlalchemy import text

    requests.export(ExportForm.CSV, "bo")
    with engine.connect() as connection:
        (row,) = connection.execute(text("select * from audit where action = 'export'")).mappings()
    assert (row["by"], row["reference"]) == ("bo", None)


def test_a_calendar_file_is_there_only_after_booking(requests, at_state):
    with pytest.raises(IllegalMove, match="only once it is booked"):
        requests.calendar(at_state(State.CONTACTED))
    made = requests.calendar(at_state(State.BOOKED))
    assert "DTSTART:20261126T210000Z\r\n" in made
    assert "12 Sample Street\\, Exampletown" in made
    assert "Ann" not in made
    assert all(len(line.encode()) <= 75 for line in made.split("\r\n"))


def test_nothing_that_the_patient_said_lies_in_the_database_as_it_was(requests, engine, at_state, ann):
    from sqlalchemy import text

    reference = at_state(State.BOOKED)
    requests.note(reference, "Rang twice, Ann was out", "bo")
    requests.move(reference, State.CLOSED, "bo", reason="Ann went elsewhere")
    with engine.connect() as connection:
        lying = "\n".join(
            str(row)
            for table in ("booking_request", "outbox", "audit")
            for row in connection.execute(text(f"select * from {table}"))
        )
    assert reference in lying
    # Short words could stand in encrypted text by chance.
    for said in ("Ann Lee", "5550143", "555-01", "Tuesday", "16:00", "Rang t", "elsewhere", "heat-ice"):
        assert said not in lying


@pytest.mark.parametrize(
    ("asked", "hours", "due"),
    [
        ("2026-11-20 15:00", 24, "2026-11-23 15:00"),  # Friday: the clinic is closed at the weekend
        ("2026-11-21 09:00", 24, "2026-11-24 00:00"),  # Saturday: Monday from 0:00 to 24:00
        ("2026-11-18 09:00", 24, "2026-11-19 09:00"),
        ("2026-11-18 09:00", 4, "2026-11-18 13:00"),
        ("2026-10-30 12:00", 24, "2026-11-02 12:00"),  # clocks go back on Sunday
    ],
)
def test_the_promised_reply_counts_on_days_when_the_clinic_is_open(shipped_clinic, asked, hours, due):
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("America/New_York")
    asked_at = dt.datetime.fromisoformat(asked).replace(tzinfo=zone)
    found = due_at(asked_at, hours, "America/New_York", shipped_clinic.opening_hours)
    assert found.astimezone(zone).strftime("%Y-%m-%d %H:%M") == due


def test_a_clinic_without_hours_replies_on_any_day():
    asked = dt.datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    assert due_at(asked, 24, "America/New_York", {}) == asked + dt.timedelta(hours=24)
