"""What breaks or comes twice: one turn for each text, the same answer again, and never silence."""

import random
import shutil
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from phone import SETTINGS, WEBHOOK, Phone, messages_of, new_sid, rows, turns
from web_server import RED_FLAG, ROOT, Server, connected, linked_project, project_without_model, until

TEXTS = 200
DELIVERIES = 5  # of each text: 1,000 in all


@pytest.fixture(scope="module")
def own(trained, tmp_path_factory):
    """A server that these tests stop and start again, one after the other."""
    server = Server(tmp_path_factory.mktemp("own"), **SETTINGS)
    yield server.start()
    server.kill()


def test_the_same_text_again_gets_the_same_answer_and_changes_nothing(own):
    phone = Phone(own.url)
    sid = new_sid()
    first = phone.send("what is sciatica", sid)
    assert len(first) == 2  # the notice is part of it
    for _ in range(3):
        assert phone.send("what is sciatica", sid) == first
    assert [seen for _, seen in turns(own.database)].count(sid) == 1


@pytest.mark.parametrize("words", ["MORE", "2", "MENU", "STOP", "START", "HELP"])
def test_what_a_text_does_is_done_once(own, words):
    phone = Phone(own.url).greeted()
    phone.say("what is sciatica? and should i rest?" if words == "MORE" else "tablets")
    sid = new_sid()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: phone.post(phone.fields(words, sid)).text, range(6)))
    assert len(set(answers)) == 1
    if words == "MORE":
        assert "That was all" in phone.say("MORE")


def test_a_text_is_answered_after_a_restart_as_before_it(own):
    phone = Phone(own.url).greeted()
    phone.say("tablets")
    sid = new_sid()
    first = phone.send("2", sid)
    own.kill()
    own.start()
    phone.http.base_url = own.url
    assert phone.send("2", sid) == first
    phone.say("tablets, please")
    assert [seen for _, seen in turns(own.database)].count(sid) == 1


def test_a_thousand_deliveries_with_a_kill_in_the_middle_are_one_turn_each(own):
    phones = [Phone(own.url).greeted() for _ in range(20)]
    texts = [(phones[n % len(phones)], new_sid(), f"what is sciatica, asks number {n}") for n in range(TEXTS)]
    deliveries = texts * DELIVERIES
    random.Random(5).shuffle(deliveries)
    answers: dict[str, set[str]] = {sid: set() for _, sid, _ in texts}
    count = iter(range(1, len(deliveries) + 1))

    def deliver(one) -> None:
        phone, sid, text = one
        if next(count) == len(deliveries) // 2:
            own.kill()
            own.start()
            for other in phones:
                other.http.base_url = own.url
        answer = _until_answered(phone, phone.fields(text, sid))
        answers[sid].add(answer)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(deliver, deliveries))
    sids = [sid for _, sid, _ in texts]
    seen = [sid for _, sid in turns(own.database) if sid in answers]
    assert sorted(seen) == sorted(sids)
    stored = rows(own.database, "select sid from sms_answer")
    assert {sid for (sid,) in stored} >= set(sids)
    assert [sid for sid, texts in answers.items() if len(texts) != 1] == []


def _until_answered(phone: Phone, fields: dict[str, str]) -> str:
    """As Twilio does it: again, if the server cannot be reached."""
    deadline = time.monotonic() + 150
    while time.monotonic() < deadline:
        try:
            return phone.post(fields).text
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not come back")


def test_a_turn_that_was_stored_before_the_answer_is_not_run_again(own):
    phone = Phone(own.url).greeted()
    sid = new_sid()
    first = phone.send("what is sciatica", sid)
    with sqlite3.connect(own.database, timeout=10) as stored:
        stored.execute("delete from sms_answer")  # as if the server had died in between
        stored.execute("delete from sent_reply")
    assert phone.send("what is sciatica", sid) == first
    assert [seen for _, seen in turns(own.database)].count(sid) == 1


def test_a_locked_database_silences_nobody(own):
    phone = Phone(own.url).greeted()
    stopped = Phone(own.url).greeted()
    stopped.say("STOP")
    locked = sqlite3.connect(own.database, isolation_level=None)
    locked.execute("begin immediate")
    try:
        fresh = [Phone(own.url) for _ in range(4)]
        with ThreadPoolExecutor(6) as pool:
            urgent = pool.submit(fresh[0].post, fresh[0].fields(RED_FLAG))
            plain = pool.submit(fresh[1].post, fresh[1].fields("does massage help"))
            stop = pool.submit(fresh[2].post, fresh[2].fields("STOP"))
            menu = pool.submit(fresh[3].post, fresh[3].fields("MENU"))
            silent = pool.submit(stopped.post, stopped.fields("does massage help"))
            flagged = pool.submit(stopped.post, stopped.fields(RED_FLAG))
        assert messages_of(urgent.result())[0].startswith("Call 911 now")
        assert "ease back pain" in messages_of(plain.result())[0]  # answered, though it cannot be stored
        assert "could not save that" in messages_of(stop.result())[0]
        assert messages_of(menu.result())[0].startswith("I can help with these")
        assert messages_of(silent.result()) == []
        assert messages_of(flagged.result())[0].startswith("Call 911 now")
        slowest = max(one.result().elapsed.total_seconds() for one in (urgent, plain, stop, menu, flagged))
        assert slowest < 5
    finally:
        locked.execute("rollback")
        locked.close()
    until(lambda: phone.http.get("/health/ready").status_code == 200, what="readiness")
    assert phone.say("what is sciatica").startswith("Sciatica")
    assert fresh[1].send("does massage help")


def test_it_stops_after_the_texts_that_came_before_are_answered(own):
    phones = [Phone(own.url).greeted() for _ in range(6)]
    connections = [connected(own.url) for _ in phones]
    for phone, one in zip(phones, connections, strict=True):
        phone.send_only(one, "what is sciatica")
    assert own.stop() == 0
    assert all("Sciatica" in one.getresponse().read().decode() for one in connections)
    own.start()


def test_without_a_model_texts_get_failsafe_and_urgent_texts(trained, tmp_path):
    project = project_without_model(tmp_path / "project")
    (project / "models" / "backtalk.tar.gz").write_bytes(b"not a model")
    server = Server(tmp_path, project, **SETTINGS).start()
    try:
        phone = Phone(server.url)
        (said,) = phone.send("what is sciatica")
        assert "cannot answer right now" in said
        (urgent,) = phone.send(RED_FLAG)
        assert urgent.startswith("Call 911 now")
        assert phone.say("MENU").startswith("I can help with these")
        assert phone.say("STOP").startswith("You have ended texts")
    finally:
        server.kill()


def test_a_fault_in_sms_yml_stops_the_start_with_a_line_that_names_it(trained, tmp_path):
    import subprocess
    import sys

    project = linked_project(tmp_path / "project", "data")
    shutil.copytree(ROOT / "data", project / "data")
    texts = project / "data" / "channels" / "sms.yml"
    texts.write_text(texts.read_text().replace("{clinic_phone}", "{clinic_fone}", 1))
    from os import environ

    kept = {key: value for key, value in environ.items() if not key.startswith("BACKTALK_")}
    for command in ("serve", "check"):
        options = ["--port", "0"] if command == "serve" else []
        done = subprocess.run(
            [sys.executable, "-m", "backtalk.cli", "--project", str(project), command, *options],
            cwd=tmp_path, env={**kept, "PYTHONPATH": str(ROOT), **SETTINGS},
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 1
        assert "nobody fills {clinic_fone}" in done.stdout + done.stderr


def test_no_answer_waits_for_a_client_that_has_gone(own):
    import socket
    from urllib.parse import urlencode, urlsplit

    from phone import sign

    phone = Phone(own.url).greeted()
    fields = phone.fields("what is sciatica")
    body, signature = urlencode(fields), sign(WEBHOOK, fields)
    at = urlsplit(own.url)
    with socket.create_connection((at.hostname, at.port), timeout=5) as gone:
        gone.sendall(
            f"POST {WEBHOOK} HTTP/1.1\r\nHost: {at.netloc}\r\nX-Twilio-Signature: {signature}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )
    sid = fields["MessageSid"]
    until(lambda: rows(own.database, "select 1 from sms_answer where sid = ?", sid), what="the answer")
    assert phone.post(fields).text.count("<Message") == 1
    assert [seen for _, seen in turns(own.database)].count(sid) == 1
