"""Processes that are killed or share the work: each request arrives, and once by its id."""

import datetime as dt
import signal
import threading
from dataclasses import replace

import pytest
from front_office import FrontOffice
from receivers import Answer, HttpReceiver
from sqlalchemy import text
from web_server import Server, until

from backtalk.booking.request import DeliveryState
from backtalk.booking.state import State

STORE_AND_DIE = """
import datetime as dt, os, signal
from backtalk.booking.wanted import ReachBy, Wanted
now = dt.datetime.now(dt.timezone.utc)
wanted = Wanted("massage", "Ann", "+12025550143", ReachBy.CALL, "Tuesday", "1", now, "web")
print(access.parts.requests.store(wanted, conversation="web-1"))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def office(tmp_path, database_url, receiver):
    return FrontOffice(tmp_path, database_url, receiver.url)


@pytest.fixture
def ids(receiver):
    """The ids of what the receiver got, repeats included."""
    return lambda: [posted.headers["webhook-id"] for posted in list(receiver.posted)]


def lease_runs_out(office):
    """As if a minute had passed."""
    long_ago = dt.datetime(2026, 1, 1)
    with office.engine.begin() as connection:
        connection.execute(
            text("update outbox set leased_until = :then where leased_until is not null"), {"then": long_ago}
        )


def test_a_process_killed_right_after_the_commit_has_its_request_delivered_once(office, receiver):
    dying = office.start_program(STORE_AND_DIE)
    said, _ = dying.communicate(timeout=60)
    assert dying.returncode == -signal.SIGKILL
    reference = said.strip()
    assert office.run("outbox", "run", "--once") == "1 delivered\n"
    assert office.run("outbox", "run", "--once") == "Nothing was due.\n"
    assert [posted.json["data"]["reference"] for posted in receiver.posted] == [reference]


def test_a_courier_killed_while_delivering_is_followed_by_another_with_the_same_id(
    office, receiver, ids, ann
):
    held = threading.Event()
    receiver.answers = [Answer(held=held), Answer(200)]
    office.parts.requests.store(ann, conversation="web-1")
    courier = office.start("outbox", "run")
    until(lambda: receiver.posted, 30, "the first try")
    courier.kill()
    courier.communicate(timeout=30)
    held.set()
    assert office.run("outbox", "run", "--once") == "Nothing was due.\n", "the lease goes on"
    lease_runs_out(office)
    assert office.run("outbox", "run", "--once") == "1 delivered\n"
    assert len(ids()) == 2
    assert len(set(ids())) == 1


def test_two_couriers_at_once_deliver_each_request_once(office, receiver, ids, somebody):
    requests = office.parts.requests
    for number in range(60):
        requests.store(somebody(name=f"p{number}"), conversation=f"web-{number}")
    couriers = [office.start("outbox", "run") for _ in range(2)]
    try:
        until(lambda: len(ids()) >= 60, 60, "sixty deliveries")
        until(lambda: office.parts.outbox.counts()[DeliveryState.DELIVERED] == 60, 30, "their end")
    finally:
        for courier in couriers:
            courier.terminate()
    ended = [(courier.communicate(timeout=30), courier.returncode)[1] for courier in couriers]
    assert ended == [0, 0]
    assert len(ids()) == len(set(ids())) == 60


def test_a_target_that_is_started_again_gets_what_it_missed(tmp_path, database_url, ann):
    first = HttpReceiver(Answer(500))
    office = FrontOffice(tmp_path, database_url, first.url)
    office.parts.requests.store(ann, conversation="web-1")
    courier = office.start("outbox", "run")
    until(lambda: first.posted, 30, "the first try")
    first.stop()
    with office.engine.connect() as connection:
        until(lambda: connection.execute(text("select last_error from outbox")).scalar(), 10, "the failure")
    again = HttpReceiver(port=first.port)
    try:
        until(lambda: again.posted, 60, "the delivery")
        assert again.posted[0].headers["webhook-id"] == first.posted[0].headers["webhook-id"]
    finally:
        courier.terminate()
        courier.communicate(timeout=30)
        again.stop()


def test_a_server_delivers_beside_its_turns_and_stops_while_a_target_hangs(
    trained, office, receiver, ids, ann
):
    held = threading.Event()
    server = Server(office.folder, office.folder, **office.settings).start()
    try:
        first = office.parts.requests.store(ann, conversation="web-1")
        until(lambda: ids(), 20, "the delivery")
        until(lambda: not office.parts.requests.get(first).is_undelivered, 10, "its note")
        receiver.answers = [Answer(held=held)]
        second = office.parts.requests.store(replace(ann, times="Friday"), conversation="web-1")
        until(lambda: len(ids()) == 2, 20, "the second try")
        (reply,) = server.client().open().say("what is sciatica")
        assert reply["topic"] == "condition/sciatica"
        assert 'backtalk_deliveries_total{result="delivered",target="webhook"} 1.0' in (
            server.client().http.get("/metrics").text
        )
        assert server.stop() == 0
        assert office.parts.requests.get(second).is_undelivered
        assert "Ann" not in server.log
        assert "5550143" not in server.log
        held.set()
        receiver.answers = [Answer(200)]
        lease_runs_out(office)
        with office.engine.begin() as connection:
            old = {"then": dt.datetime(2020, 1, 1), "first": first}
            connection.execute(
                text("update booking_request set changed_at = :then where reference = :first"), old
            )
        server.start()
        until(lambda: office.parts.requests.trail(first)[-1].by == "retention", 20, "its erasing")
        until(lambda: not office.parts.requests.get(second).is_undelivered, 20, "the delivery after it")
        assert len(set(ids())) == 2
        assert office.parts.requests.get(second).state is State.NEW
    finally:
        held.set()
        server.kill()


def test_a_server_with_another_key_says_so_at_its_start(trained, office, ann):
    office.parts.requests.store(ann, conversation="web-1")
    office.settings["BACKTALK_SECRET_KEY"] = "another key of at least 32 characters"
    server = Server(office.folder, office.folder, **office.settings).start()
    server.kill()
    assert "were stored with another key" in server.log


def test_a_server_does_not_start_without_the_secret_of_a_target(trained, office):
    del office.settings["BACKTALK_WEBHOOK_SECRET"]
    process = office.start("serve", "--port", "0")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "BACKTALK_WEBHOOK_SECRET is not set for the target webhook" in said.splitlines()[-1]
