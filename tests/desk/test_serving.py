"""How the desk is served: switched on by a setting, with strict headers, nothing of patients in logs."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys

import pytest
from front_desk import LOGIN_COOKIE, PASSWORD, Book, Staff, users, visible
from web_server import ROOT, Server, project_without_model, until

from backtalk.desk.users import DeskUsers
from backtalk.settings import SettingsError, server_settings

KEY = "k" * 32
PAGES = ["/desk", "/desk/login", "/desk/no-such-page", "/desk?state=lost"]


def start(tmp_path, **settings: str) -> Server:
    return Server(tmp_path, **settings).start()


@pytest.mark.parametrize(
    "path", ["/desk", "/desk/", "/desk/login", "/desk/desk.css", "/desk/requests/BT-7K3Q"]
)
def test_without_users_there_is_no_desk_and_the_start_says_so(without_desk, path):
    assert Staff(without_desk.url).get(path).status_code == 404
    assert "The staff page /desk is off: BACKTALK_DESK_USERS is not set." in without_desk.log


@pytest.fixture(scope="module")
def without_desk(trained, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("without")).start()
    yield server
    server.kill()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_strict_headers(ann, path):
    headers = ann.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_no_page_needs_inline_script_or_style(book, ann):
    reference = book.store()
    for path in (*PAGES, f"/desk/requests/{reference}", f"/desk/requests/{reference}/delete"):
        page = ann.get(path).text
        assert " style=" not in page
        assert "<style" not in page
        assert " on" + "click=" not in page
        assert page.count("<script") == page.count('<script src="/desk/desk.js" defer></script>')


def test_other_pages_keep_their_own_headers(ann):
    headers = ann.get("/").headers
    assert "form-action 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"


def test_style_and_script_are_served_to_browsers_alone_of_this_site(stranger):
    for name, kind in (("desk.css", "text/css"), ("desk.js", "text/javascript")):
        answer = stranger.get(f"/desk/{name}")
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert stranger.get("/desk/blueprint.py").status_code == 303


def test_behind_https_the_cookie_is_secure_and_forms_of_the_public_address_are_taken(trained, tmp_path):
    server = start(tmp_path, BACKTALK_DESK_USERS=users(), BACKTALK_PUBLIC_URL="https://chat.example.org")
    try:
        staff = Staff(server.url)
        token = staff.token("/desk/login")
        answer = staff.http.post(
            "/desk/login",
            data={"name": "ann", "password": PASSWORD, "token": token},
            headers={"Origin": "https://chat.example.org", "Cookie": staff_cookie(staff)},
        )
        assert answer.status_code == 303
        assert "; Secure" in answer.headers["set-cookie"]
        assert answer.headers["strict-transport-security"]
    finally:
        server.kill()


def staff_cookie(staff: Staff) -> str:
    """Sent by hand: the client rightly keeps a secure cookie from a plain connection."""
    (cookie,) = [one for one in staff.http.cookies.jar if one.name == LOGIN_COOKIE]
    return f"{LOGIN_COOKIE}={cookie.value}"


def test_a_locked_database_gives_a_page_that_says_what_is_uncertain(server, book, ann):
    reference = book.store()
    page, token = f"/desk/requests/{reference}", ann.token()
    locked = sqlite3.connect(server.database, isolation_level=None)
    locked.execute("begin immediate")
    try:
        data = {"token": token, "seen": "1"}
        answer = ann.http.post(f"{page}/claim", data=data, headers={"Origin": ann.origin})
        assert answer.status_code == 503
        assert "It is not certain that your last change was saved." in visible(answer)
    finally:
        locked.execute("rollback")
        locked.close()
    assert ann.act(reference, "claim").status_code in (303, 409)


def test_no_log_line_and_no_metric_names_a_patient_a_number_or_who_logged_in(server, book, ann):
    reference = book.store(name="Zebedee Quux", phone="+12025550188", needs="lift please", times="at dawn")
    ann.act(reference, "note", note="rings Zebedee back")
    ann.act(reference, "note", note="")
    ann.act(reference, "booked", day="x", time="y")
    ann.post("/desk/find", text="Zebedee")
    ann.post("/desk/export", kind="csv", state="all", text="Quux")
    Staff(server.url).log_in("Zebedee", "wrong")
    metrics = ann.get("/metrics").text
    for word in ("Zebedee", "Quux", "0188", "lift", "dawn", reference, "ann", "O'Neil", PASSWORD):
        assert word not in metrics.replace("annual", "")
        assert word not in "".join(line for line in server.log.splitlines() if line.startswith("{"))
    assert 'backtalk_desk_logins_total{result="wrong"}' in metrics
    assert 'backtalk_desk_actions_total{action="note"}' in metrics
    assert 'backtalk_refused_total{code="desk_bad_input"}' in metrics


def test_the_desk_works_without_a_model(trained, tmp_path):
    project = project_without_model(tmp_path / "project")
    (project / "models" / "backtalk.tar.gz").write_bytes(b"not a model")
    server = Server(tmp_path, project, BACKTALK_DESK_USERS=users()).start()
    try:
        staff, book = Staff(server.url), Book(server)
        staff.log_in()
        reference = book.store()
        assert staff.act(reference, "claim").status_code == 303
        assert "Asked about sciatica, heat ice" in visible(staff.get(f"/desk/requests/{reference}"))
    finally:
        server.kill()


def test_patients_are_answered_while_many_log_in(server):
    from concurrent.futures import ThreadPoolExecutor

    client = server.client().open()
    with ThreadPoolExecutor(12) as pool:
        attempts = [pool.submit(Staff(server.url).log_in, password="wrong") for _ in range(12)]
        until(lambda: any(one.done() for one in attempts), what="the first answer")
        assert client.say("what is sciatica")[0]["topic"] == "condition/sciatica"
        statuses = {one.result().status_code for one in attempts}
    assert statuses <= {403, 503}
    assert 403 in statuses


def desk_command(*arguments: str, typed: str = "") -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "backtalk.cli", "desk", "password", *arguments]
    return subprocess.run(
        command,
        input=typed,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        timeout=60,
    )


def test_the_command_makes_an_entry_with_which_one_can_log_in():
    done = desk_command("Dr. Müller-Ôe", typed=f"{PASSWORD}\n")
    assert done.returncode == 0, done.stderr
    (entry,) = done.stdout.splitlines()
    assert PASSWORD not in entry
    settings = server_settings("127.0.0.1", {"BACKTALK_SECRET_KEY": KEY, "BACKTALK_DESK_USERS": entry})
    assert settings.desk_users.checked("dr. müller-ôe", PASSWORD) == "Dr. Müller-Ôe"
    assert settings.desk_users.checked("Dr. Müller-Ôe", "wrong") is None


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("ann", "short", "15 to 200 characters"),
        ("ann", "", "15 to 200 characters"),
        ("a:b", PASSWORD, "is no name"),
        ("", PASSWORD, "is no name"),
        ("a,b", PASSWORD, "is no name"),
        ("x" * 41, PASSWORD, "is no name"),
    ],
)
def test_the_command_refuses_in_one_line(name, typed, said):
    done = desk_command(name, typed=f"{typed}\n")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("ann", "entry 1 is not NAME:HASH"),
        ("ann:secret", "'ann': this is no hash"),
        (f"{users().split(',')[0]},:x", "entry 2 is not NAME:HASH"),
        (f"{users().split(',')[0]},ANN:{users().split(':')[-1]}", "'ANN' stands there twice"),
        (users().replace("15.8.3", "1.8.3"), "the cost of this hash"),
        (users()[:-6], "a part of this hash is"),
        (users().replace("scrypt", "plain"), "this is no hash"),
        (" , ", "nobody is named"),
    ],
    ids=["no hash", "wrong hash", "no name", "twice", "cheap", "cut", "plain", "nobody"],  # hashes are salted
)
def test_a_bad_list_of_users_is_named_without_showing_a_hash(given, said):
    with pytest.raises(SettingsError) as refused:
        server_settings("127.0.0.1", {"BACKTALK_SECRET_KEY": KEY, "BACKTALK_DESK_USERS": given})
    line = str(refused.value)
    assert line.startswith("BACKTALK_DESK_USERS: ")
    assert said in line
    assert users().split(".")[-1] not in line


@pytest.mark.parametrize(
    ("host", "public_url", "is_taken"),
    [
        ("127.0.0.1", None, True),
        ("0.0.0.0", "https://chat.example.org", True),
        ("0.0.0.0", "http://localhost:5005", True),
        ("127.0.0.1", "https://chat.example.org", True),
        ("0.0.0.0", None, False),
        ("0.0.0.0", "http://chat.example.org", False),
        ("127.0.0.1", "http://chat.example.org", False),
    ],
)
def test_passwords_never_go_over_a_plain_connection_between_machines(host, public_url, is_taken):
    environment = {"BACKTALK_SECRET_KEY": KEY, "BACKTALK_DESK_USERS": users()}
    if public_url:
        environment["BACKTALK_PUBLIC_URL"] = public_url
    if is_taken:
        assert isinstance(server_settings(host, environment).desk_users, DeskUsers)
    else:
        with pytest.raises(SettingsError, match="is not https"):
            server_settings(host, environment)


def test_the_log_has_a_line_for_each_login_without_the_name(server, stranger):
    stranger.log_in(password="wrong")
    lines = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
    logins = [line for line in lines if line["event"] == "desk login"]
    assert {"level": "warning", "result": "wrong"}.items() <= logins[-1].items()
    assert set(logins[-1]) == {"at", "level", "logger", "event", "result"}
