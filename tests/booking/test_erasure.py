"""What is erased is gone, and the audit keeps only that it was."""

import pytest
from sqlalchemy import text

from backtalk.booking.erasure import Erasure
from backtalk.booking.errors import NoSuchRequest
from backtalk.booking.outbox import Outbox
from backtalk.booking.request import DeliveryState
from backtalk.booking.state import State


@pytest.fixture
def erasure(engine, cipher, key, clock):
    return Erasure(engine, cipher, key, clock)


@pytest.fixture
def stored(requests, ann):
    reference = requests.store(ann, conversation="web-1")
    requests.note(reference, "Ann rang", "bo")
    return reference


def test_an_erased_request_leaves_only_who_erased_it_and_when(erasure, requests, engine, cipher, stored):
    erasure.by_reference(stored, "bo")
    with pytest.raises(NoSuchRequest):
        requests.get(stored)
    assert Outbox(engine, cipher).listing(tuple(DeliveryState)) == ()
    trail = requests.trail(stored)
    assert [(entry.action, entry.by) for entry in trail][-1] == ("erased", "bo")
    assert all(entry.note is None for entry in trail)
    with engine.connect() as connection:
        kept = str(connection.execute(text("select * from audit")).all())
    assert "Ann" not in kept
    assert "gAAAA" not in kept, "no encrypted text either"


def test_a_reference_that_was_erased_is_never_given_again(erasure, requests, ann, stored, monkeypatch):
    erasure.by_reference(stored, "bo")
    monkeypatch.setattr("backtalk.booking.requests.candidates", lambda: [stored, "BT-3D4F"])
    assert requests.store(ann, conversation="web-1") == "BT-3D4F"


def test_erasing_a_conversation_concerns_no_other(erasure, requests, ann, somebody, stored):
    second = requests.store(somebody(times="Friday"), conversation="web-1")
    other = requests.store(ann, conversation="web-2")
    assert set(erasure.by_conversation("web-1")) == {stored, second}
    assert [one.reference for one in requests.listing()] == [other]
    assert requests.trail(stored)[-1].by == "patient"


def test_a_patient_may_take_back_only_what_is_open(erasure, requests, stored, somebody):
    second = requests.store(somebody(times="Friday"), conversation="web-1")
    requests.move(stored, State.CLOSED, "bo")
    assert erasure.by_conversation("web-1", only_open=True) == [second]
    assert requests.get(stored)


def test_requests_go_when_nothing_was_done_with_them_for_long(erasure, requests, clock, stored, somebody):
    clock.goes_on(days=20)
    requests.move(stored, State.CLAIMED, "bo")
    quiet = requests.store(somebody(times="Friday"), conversation="web-1")
    clock.goes_on(days=29)
    assert erasure.older_than(30) == 0
    requests.move(quiet, State.CLAIMED, "bo")
    clock.goes_on(days=2)
    assert erasure.older_than(30) == 1
    with pytest.raises(NoSuchRequest):
        requests.get(stored)
    assert requests.trail(stored)[-1].by == "retention"


def test_many_are_erased_in_one_go(erasure, requests, clock, somebody, monkeypatch):
    monkeypatch.setattr("backtalk.booking.erasure._AT_ONCE", 4)
    for number in range(10):
        requests.store(somebody(name=f"p{number}"), conversation=f"c{number}")
    clock.goes_on(days=31)
    assert erasure.older_than(30) == 10
    assert requests.listing() == ()


def test_what_is_not_there_cannot_be_erased(erasure):
    with pytest.raises(NoSuchRequest):
        erasure.by_reference("BT-2C2C", "bo")
    assert erasure.by_conversation("web-9") == []
