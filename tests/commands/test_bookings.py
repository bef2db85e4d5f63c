"""The front desk's commands, in one project with a database of its own."""

import csv
import datetime as dt
import io
import json
import shutil
import sqlite3
from dataclasses import replace

import pytest
from receivers import Answer, HttpReceiver

from backtalk.booking.parts import booking_parts
from backtalk.booking.wanted import ReachBy, Wanted
from backtalk.cli import main
from backtalk.database import bring_up_to_date, open_database
from backtalk.project import Project
from backtalk.settings import server_settings

ANN = Wanted(
    service="massage",
    name="Ann [bold]Lee",
    phone="+12025550143",
    reach_by=ReachBy.TEXT,
    times="Tuesday",
    consent_version="1",
    consented_at=dt.datetime(2026, 11, 20, tzinfo=dt.timezone.utc),
    channel="sms",
)
BOOKED = (dt.datetime.now() + dt.timedelta(days=7)).strftime("%Y-%m-%d 16:00")


@pytest.fixture
def clinic_folder(project, tmp_path, monkeypatch):
    """A folder with clinic.yml, where the commands run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("USER", "bo")
    for name in ("BACKTALK_DATABASE_URL", "BACKTALK_SECRET_KEY", "BACKTALK_FIELD_KEYS"):
        monkeypatch.delenv(name, raising=False)
    shutil.copy(project.clinic_file, tmp_path / "clinic.yml")
    return tmp_path


@pytest.fixture
def requests(clinic_folder):
    settings = server_settings("localhost")
    engine = open_database(settings.database_url)
    bring_up_to_date(engine)
    return booking_parts(engine, settings, Project(clinic_folder).clinic()).requests


@pytest.fixture
def reference(requests):
    return requests.store(ANN, conversation="sms-+12025550143")


@pytest.fixture
def run(clinic_folder, capsys):
    """`run("bookings", "list")` is its output; `fails=True` its one line of error."""

    def command(*arguments, fails=False):
        capsys.readouterr()
        code = main(list(arguments))
        out, err = capsys.readouterr()
        assert code == (1 if fails else 0), err
        if fails:
            assert len(err.strip().splitlines()) == 1
        return err if fails else out

    return command


def test_an_empty_list_says_so(run):
    assert run("bookings", "list").startswith("No request fits.")


def test_a_request_is_worked_through_from_list_to_calendar(run, reference):
    assert reference in run("bookings", "list")
    assert f"{reference} is claimed." in run("bookings", "claim", reference.lower())
    run("bookings", "contacted", reference, "--by", "cy")
    run("bookings", "note", reference, "prefers mornings")
    run("bookings", "booked", reference, "--at", BOOKED)
    shown = run("bookings", "show", reference)
    for said in ("booked", "Ann [bold]Lee", "+12025550143", "bo claimed", "cy contacted", "prefers mornings"):
        assert said in shown
    assert "DTSTART" in run("bookings", "export", "--ics", reference)
    assert reference not in run("bookings", "list")
    assert reference in run("bookings", "list", "--all")
    assert reference in run("bookings", "list", "--state", "booked")


def test_markup_in_a_name_is_shown_as_it_is(run, requests):
    requests.store(replace(ANN, name="[red]x[/]"), conversation="web-3")
    assert "[red]x[/]" in run("bookings", "list").replace("\n", "")


def test_closing_keeps_the_reason(run, reference):
    run("bookings", "close", reference, "--reason", "went elsewhere")
    assert "went elsewhere" in run("bookings", "show", reference)


def test_exports_are_whole(run, reference):
    (row,) = json.loads(run("bookings", "export"))
    assert (row["reference"], row["name"], row["reach_by"]) == (reference, ANN.name, "text")
    (row,) = csv.DictReader(io.StringIO(run("bookings", "export", "--csv")))
    assert row["phone"] == ANN.phone


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["show", "nonsense"], "Write it as BT-7K3Q"),
        (["show", "BT-2C2C"], "There is no request BT-2C2C"),
        (["contacted", "REF"], "From there it can go to claimed or closed"),
        (["booked", "REF", "--at", "tomorrow"], "2026-11-26 16:00"),
        (["note", "REF", " "], "1 to 2,000 characters"),
        (["claim", "REF", "--by", " "], "who you are"),
        (["export", "--ics", "REF"], "only once it is booked"),
        (["list", "--limit", "0"], "--limit"),
    ],
)
def test_a_bad_command_is_one_line_that_says_what_to_do(run, reference, arguments, hint):
    error = run("bookings", *(reference if one == "REF" else one for one in arguments), fails=True)
    assert hint in error
    assert "Ann" not in error


def test_requests_of_another_key_are_listed_and_said_to_be_so(run, reference, clinic_folder, monkeypatch):
    monkeypatch.setenv("BACKTALK_SECRET_KEY", "another key of at least 32 characters")
    assert "stored with another key" in " ".join(run("bookings", "show", reference).split())


def test_erasing_one_and_all_of_a_sender(run, requests, reference):
    second = requests.store(replace(ANN, times="Friday"), conversation="web-3")
    assert f"{reference} is erased." in run("erase", "--reference", reference)
    assert "1 booking requests" in run("erase", "--sender", "web-3")
    assert "Nothing was stored" in run("erase", "--sender", "web-3")
    assert second not in run("bookings", "list", "--all")
    assert "no request" in run("erase", "--reference", reference, fails=True)


def test_erasing_what_is_due(run, reference):
    assert run("erase", "--due") == "erased: 0 events, 0 sent replies, 0 booking requests.\n"
    assert reference in run("bookings", "list")


def test_a_request_that_is_too_old_is_due(run, reference):
    with sqlite3.connect("var/backtalk.db") as stored:
        stored.execute("update booking_request set changed_at = '2020-01-01 00:00:00'")
    assert "1 booking requests" in run("erase", "--due")
    assert "There is no request" in run("bookings", "show", reference, fails=True)


def test_the_database_is_brought_up_to_date_and_says_so(run):
    assert "not up to date" in run("db", "status", fails=True)
    assert "is up to date" in run("db", "upgrade")
    assert "newest is" in run("db", "status")


def test_keys_are_rotated(run, reference, monkeypatch):
    assert "BACKTALK_FIELD_KEYS is not set" in run("db", "rotate-keys", fails=True)
    monkeypatch.setenv("BACKTALK_FIELD_KEYS", "A" * 43 + "=")
    assert run("db", "rotate-keys") == "1 texts have the first key now.\n"
    monkeypatch.setenv("BACKTALK_SECRET_KEY", "another key of at least 32 characters")
    assert ANN.name in run("bookings", "show", reference)


@pytest.mark.parametrize("key", ["nonsense", "A" * 43 + "=,x"])
def test_a_bad_field_key_is_one_line(run, monkeypatch, key):
    monkeypatch.setenv("BACKTALK_FIELD_KEYS", key)
    assert "BACKTALK_FIELD_KEYS: key" in run("bookings", "list", fails=True)


@pytest.fixture
def receiver(clinic_folder, monkeypatch):
    receiver = HttpReceiver(Answer(422))
    monkeypatch.setenv("BACKTALK_WEBHOOK_SECRET", "whsec_" + "A" * 43 + "=")
    file = clinic_folder / "clinic.yml"
    rest, _ = file.read_text(encoding="utf-8").split("\nhandoff:")
    file.write_text(f"{rest}\nhandoff: {{deliver: [{{kind: webhook, url: '{receiver.url}'}}]}}\n")
    yield receiver
    receiver.stop()


def test_the_outbox_is_run_listed_tried_again_and_dropped(receiver, requests, run, reference):
    assert "some did not arrive" in run("outbox", "run", "--once", fails=True)
    listed = run("outbox", "list")
    assert "dead" in listed
    assert "refused it with 422" in listed
    assert "not delivered: webhook" in run("bookings", "show", reference)
    assert run("outbox", "retry", "--dead") == "1 will be tried again.\n"
    receiver.answers = [Answer(200)]
    assert run("outbox", "run", "--once") == "1 delivered\n"
    assert run("outbox", "run", "--once") == "Nothing was due.\n"
    identity = listed.split()[0]
    assert "waits or is dead" in run("outbox", "drop", identity, fails=True)


def test_the_outbox_needs_a_target(run):
    assert "clinic.yml names no target" in run("outbox", "run", "--once", fails=True)


def test_a_target_without_its_secret_is_named(receiver, run, monkeypatch):
    monkeypatch.delenv("BACKTALK_WEBHOOK_SECRET")
    assert "BACKTALK_WEBHOOK_SECRET" in run("outbox", "run", fails=True)


def test_a_target_that_is_gone_from_the_clinic_file_is_named(receiver, requests, run, reference, project):
    shutil.copy(project.clinic_file, "clinic.yml")
    assert "no target of this name in clinic.yml" in run("outbox", "list")
