"""What is kept of phones and texts: once for each text, erased and deleted when due, STOP for good."""

import asyncio
import datetime as dt

import pytest
from sqlalchemy import text as sql

from backtalk.booking.cipher import FieldCipher
from backtalk.channels.reply import Button
from backtalk.channels.sms_deliveries import SmsDeliveries
from backtalk.channels.sms_records import Answer, Contact, SmsRecords, utc_now
from backtalk.database import bring_up_to_date, open_database
from backtalk.database_threads import DatabaseThreads

DAY = dt.timedelta(days=1)
MENU = (Button("Sciatica", "/condition_sciatica"), Button("Not sure", "Not sure"))
NOW = utc_now()
CONTACT = Contact(False, 2, MENU, NOW + DAY, ("the rest", "of it"), NOW + DAY)
STOPPED = Contact(is_stopped=True, notice=1)


@pytest.fixture
def engine(database_url):
    engine = open_database(database_url)
    bring_up_to_date(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def records(engine) -> SmsRecords:
    return SmsRecords(engine, DatabaseThreads("test"), FieldCipher((), b"k" * 32))


def run(work):
    return asyncio.run(work)


def test_a_phone_that_never_texted_is_unknown(records):
    known = run(records.look("sms-a", "SM1"))
    assert (known.contact, known.answered, known.sent) == (Contact(), None, ())


def test_what_was_kept_is_found_again(records):
    run(records.keep("sms-a", "SM1", CONTACT, Answer(("one", "two"), True)))
    assert run(records.look("sms-a", "SM1")).answered == Answer(("one", "two"), True)
    known = run(records.look("sms-a", "SM2"))
    assert known.contact == CONTACT
    assert known.sent == ("one", "two")
    assert run(records.look("sms-b", "SM2")).contact == Contact()


def test_silence_is_an_answer_too(records):
    run(records.keep("sms-a", "SM1", STOPPED, Answer()))
    assert run(records.look("sms-a", "SM1")).answered == Answer()


def test_a_text_that_was_answered_changes_nothing_when_it_is_kept_again(records):
    run(records.keep("sms-a", "SM1", CONTACT, Answer(("one",))))
    run(records.keep("sms-a", "SM1", STOPPED, Answer(("two",)), surely=True))
    known = run(records.look("sms-a", "SM1"))
    assert (known.contact, known.answered) == (CONTACT, Answer(("one",)))


def test_erasing_forgets_a_phone_but_not_that_it_stopped(records, engine):
    deliveries = SmsDeliveries(engine, DatabaseThreads("test"))
    for sender, contact in (("sms-a", CONTACT), ("sms-b", STOPPED), ("sms-c", CONTACT)):
        run(records.keep(sender, f"SM{sender}", contact, Answer(("hello",))))
        run(deliveries.note(f"OUT{sender}", sender, "sent", None, is_urgent=False))
    assert records.erase("sms-a") == 3
    assert records.erase("sms-b") == 2
    assert run(records.look("sms-a", "SMsms-a")) == run(records.look("sms-d", "x"))
    assert run(records.look("sms-b", "x")).contact == Contact(is_stopped=True)
    assert run(records.look("sms-c", "x")).contact == CONTACT


def test_old_rows_are_deleted_when_due_and_a_stop_never(records, engine):
    deliveries = SmsDeliveries(engine, DatabaseThreads("test"))
    run(records.keep("sms-a", "SM1", CONTACT, Answer(("hello",))))
    run(records.keep("sms-b", "SM2", STOPPED, Answer()))
    run(deliveries.note("OUT1", "sms-a", "sent", None, is_urgent=False))
    assert records.purge(utc_now() + dt.timedelta(hours=23), 30) == 0
    assert records.purge(utc_now() + dt.timedelta(hours=25), 30) == 2  # the answers
    assert run(records.look("sms-a", "SM1")).contact == CONTACT
    assert records.purge(utc_now() + 31 * DAY, 30) == 2  # the phone and the report
    assert run(records.look("sms-a", "x")).contact == Contact()
    assert run(records.look("sms-b", "x")).contact == STOPPED


def test_reports_go_forward_only(engine):
    deliveries = SmsDeliveries(engine, DatabaseThreads("test"))

    def note(state: str, error: str | None = None) -> bool:
        return run(deliveries.note("OUT1", "sms-a", state, error, is_urgent=True))

    assert [note("queued"), note("sent"), note("sending"), note("sent")] == [True, True, False, False]
    assert [note("undelivered", "30003"), note("delivered")] == [True, False]
    with engine.connect() as connection:
        stored = connection.execute(sql("select state, error, is_urgent from sms_delivery")).all()
    assert [tuple(row) for row in stored] == [("undelivered", "30003", True)]


def test_a_state_that_is_unknown_gives_way_to_any_other(engine):
    deliveries = SmsDeliveries(engine, DatabaseThreads("test"))
    assert run(deliveries.note("OUT1", "sms-a", "flying", None, is_urgent=False))
    assert run(deliveries.note("OUT1", "sms-a", "queued", None, is_urgent=False))
    assert not run(deliveries.note("OUT1", "sms-a", "flying", None, is_urgent=False))


def test_what_was_said_lies_there_encrypted(records, engine):
    contact = Contact(rest=("Ann Lee on page two",), rest_until=utc_now())
    run(records.keep("sms-1", "SM1", contact, Answer(("I noted: Ann Lee.",))))
    with engine.connect() as connection:
        lying = [
            str(tuple(row))
            for table in ("sms_answer", "sms_contact")
            for row in connection.exec_driver_sql(f"select * from {table}")
        ]
    assert len(lying) == 2
    assert "Ann Lee" not in "".join(lying)
    assert run(records.look("sms-1", "SM1")).answered == Answer(("I noted: Ann Lee.",))


def test_another_key_still_knows_who_has_stopped_and_answers_anew(records, engine):
    run(records.keep("sms-1", "SM1", Contact(is_stopped=True), Answer(("You have ended texts.",))))
    other = SmsRecords(engine, DatabaseThreads("test"), FieldCipher((), b"x" * 32))
    known = run(other.look("sms-1", "SM1"))
    assert known.contact.is_stopped
    assert known.answered is None
