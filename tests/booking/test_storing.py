"""A request is stored once, or it is said not to be."""

import threading
import time

import pytest
from sqlalchemy import inspect, text

from backtalk.booking.errors import NotStored
from backtalk.booking.requests import Requests
from backtalk.booking.state import State
from backtalk.booking.tables import AuditRow, BookingRow, OutboxRow
from backtalk.database import bring_up_to_date, lasting, open_database


def rows(engine, table):
    with engine.connect() as connection:
        return connection.execute(text(f"select * from {table}")).mappings().all()


def test_a_stored_request_has_a_reference_an_audit_row_and_a_delivery_for_each_target(requests, engine, ann):
    reference = requests.store(ann, conversation="web-1")
    assert [row["reference"] for row in rows(engine, "booking_request")] == [reference]
    assert [(row["action"], row["by"]) for row in rows(engine, "audit")] == [("stored", "patient")]
    assert [(row["target"], row["state"]) for row in rows(engine, "outbox")] == [("webhook", "waiting")]


def test_what_was_stored_comes_back_equal(requests, ann):
    assert requests.get(requests.store(ann, conversation="web-1")).wanted == ann


def test_the_same_request_again_has_the_same_reference(requests, engine, ann, somebody):
    first = requests.store(ann, conversation="web-1")
    later = somebody(consented_at=ann.consented_at.replace(hour=13), topics=())
    assert requests.store(later, conversation="web-1") == first
    assert len(rows(engine, "booking_request")) == len(rows(engine, "outbox")) == 1


def test_another_summary_or_another_conversation_is_another_request(requests, ann, somebody):
    references = {
        requests.store(ann, conversation="web-1"),
        requests.store(somebody(times="Thursday"), conversation="web-1"),
        requests.store(ann, conversation="web-2"),
    }
    assert len(references) == 3


def test_the_same_may_be_asked_for_again_when_the_first_request_is_closed(requests, ann):
    first = requests.store(ann, conversation="sms-1")
    requests.move(first, State.CLOSED, "bo")
    assert requests.store(ann, conversation="sms-1") != first


def test_the_last_open_request_of_a_conversation_is_found(requests, ann, somebody):
    assert requests.find_open("web-1") is None
    requests.store(ann, conversation="web-1")
    second = requests.store(somebody(times="Friday"), conversation="web-1")
    assert requests.find_open("web-1") == second
    requests.move(second, State.CLOSED, "bo")
    assert requests.find_open("web-1") != second


def test_twenty_at_once_with_the_same_words_get_one_reference(requests, engine, ann):
    found, failed = [], []

    def store():
        try:
            found.append(requests.store(ann, conversation="web-1"))
        except NotStored as error:
            failed.append(error)

    threads = [threading.Thread(target=store) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(found) == 20
    assert len(set(found)) == 1
    assert len(rows(engine, "booking_request")) == 1


def test_a_reference_that_is_taken_is_not_given_again(requests, engine, ann, somebody, monkeypatch):
    first = requests.store(ann, conversation="web-1")
    monkeypatch.setattr("backtalk.booking.requests.candidates", lambda: [first, "BT-3D4F"])
    assert requests.store(ann, conversation="web-2") == "BT-3D4F"


def test_no_table_is_not_stored(tmp_path, cipher, clinic, ann):
    empty = Requests(open_database(f"sqlite:///{tmp_path / 'empty.db'}"), cipher, b"k", clinic)
    with pytest.raises(NotStored) as refused:
        empty.store(ann, conversation="web-1")
    assert ann.name not in str(refused.value)


def test_nothing_of_it_stays_if_the_last_row_fails(requests, engine, ann):
    with engine.begin() as connection:
        connection.execute(text("alter table audit rename to audit_gone"))
    with pytest.raises(NotStored):
        requests.store(ann, conversation="web-1")
    assert not rows(engine, "booking_request")
    assert not rows(engine, "outbox")


def test_the_migration_can_be_taken_again(engine):
    bring_up_to_date(engine)
    assert not rows(engine, "booking_request")


def test_a_database_that_is_locked_is_not_stored_in_time(requests, engine, ann):
    with engine.connect() as other:
        locking = "lock table booking_request" if engine.dialect.name == "postgresql" else "begin immediate"
        other.exec_driver_sql(locking)
        started = time.monotonic()
        with pytest.raises(NotStored) as refused:
            requests.store(ann, conversation="web-1")
        assert time.monotonic() - started < 3
        assert ann.name not in str(refused.value)
        other.rollback()
    reference = requests.store(ann, conversation="web-1")
    assert requests.find_open("web-1") == reference


def test_a_postgresql_that_goes_and_comes_back_loses_nothing_it_confirmed(
    postgres, postgres_url, cipher, clinic, ann, somebody
):
    engine = open_database(postgres_url)
    bring_up_to_date(engine)
    requests = Requests(engine, cipher, b"k", clinic)
    first = requests.store(ann, conversation="web-1")
    postgres.kill()
    try:
        with pytest.raises(NotStored):
            requests.store(somebody(times="Friday"), conversation="web-1")
    finally:
        postgres.start()
    second = requests.store(somebody(times="Friday"), conversation="web-1")
    assert requests.get(first).wanted == ann
    assert requests.find_open("web-1") == second
    engine.dispose()


def test_what_is_stored_is_written_through_to_the_disk(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'x.db'}")

    def setting(connection):
        return connection.exec_driver_sql("pragma synchronous").scalar()

    with lasting(engine, 1.5) as connection:
        assert setting(connection) == 2  # FULL
    with engine.connect() as connection:
        assert setting(connection) == 1  # NORMAL again
        assert connection.exec_driver_sql("pragma busy_timeout").scalar() == 3000


@pytest.mark.parametrize("table", [BookingRow, OutboxRow, AuditRow])
def test_the_migration_makes_the_table_that_the_code_declares(engine, table):
    made = {column["name"]: column["nullable"] for column in inspect(engine).get_columns(table.__tablename__)}
    assert made == {column.name: bool(column.nullable) for column in table.__table__.columns}
