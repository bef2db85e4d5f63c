"""Starting, stopping, starting again, and what breaks while the server runs."""

import json
import sqlite3
import stat
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from web_server import API, RED_FLAG, Server, connected, error_of, project_without_model, until

DAY = 24 * 3600


@pytest.fixture(scope="module")
def own(trained, tmp_path_factory):
    """A server that these tests stop and start again, one after the other."""
    server = Server(tmp_path_factory.mktemp("own"), BACKTALK_PROXIES="1")
    yield server.start()
    server.kill()


def test_it_prints_its_address_and_says_that_it_made_a_key(own):
    assert "Backtalk is ready: http://localhost:" in own.log
    assert "BACKTALK_SECRET_KEY is not set: var/secret.key was made." in own.log
    assert stat.S_IMODE((own.folder / "var" / "secret.key").stat().st_mode) == 0o600


def test_sessions_history_and_sent_replies_survive_a_restart_and_old_data_does_not(own):
    client = own.client().open()
    first = client.post(text="what is sciatica", message_id="before").json()
    history = client.history()
    with sqlite3.connect(own.database) as stored:
        stored.execute(
            "insert into events (sender_id, type_name, timestamp, data) values ('web-old', 'user', ?, '{}')",
            [time.time() - 31 * DAY],
        )
        stored.execute(
            "insert into sent_reply (sender, message_id, at, replies)"
            " values ('x', 'y', '2020-01-01 00:00:00', '[]')"
        )
    assert own.stop() == 0
    assert "Backtalk has stopped." in own.log
    own.start()
    client.http.base_url = own.url
    assert client.post(text="what is sciatica", message_id="before").json() == first
    assert client.history() == history
    (reply,) = client.say("say that simpler")
    assert reply["topic"] == "condition/sciatica"

    def left():
        with sqlite3.connect(own.database) as stored:
            old = "select count(*) from events where sender_id = 'web-old'"
            sent = "select count(*) from sent_reply where sender = 'x'"
            return stored.execute(old).fetchone()[0] + stored.execute(sent).fetchone()[0]

    until(lambda: left() == 0, what="the deletion of what is too old")
    assert client.history()


def test_a_locked_database_makes_it_not_ready_and_silences_no_red_flag(own):
    client = own.client().open()
    client.say("what is sciatica")
    locked = sqlite3.connect(own.database, isolation_level=None)
    locked.execute("begin immediate")
    try:
        with ThreadPoolExecutor(3) as pool:
            urgent = pool.submit(client.post, text=RED_FLAG, message_id="flag")
            ordinary = pool.submit(own.client().open().post, text="does massage help", message_id="plain")
            ready = pool.submit(client.http.get, "/health/ready")
            assert client.http.get("/health/live").elapsed.total_seconds() < 1
            assert ready.result().status_code == 503
            assert ready.result().json()["failed"] == ["database"]
            assert urgent.result().json()["replies"][0]["urgency"] == "emergency"
            assert ordinary.result().json()["replies"][0]["text"]
            assert urgent.result().elapsed.total_seconds() < 5.5
        erased = client.http.request("DELETE", f"{API}/session", headers=client.bearer)
        assert erased.status_code == 503
        assert error_of(erased)["code"] == "not_erased"
    finally:
        locked.execute("rollback")
        locked.close()
    until(lambda: client.http.get("/health/ready").status_code == 200, what="readiness")
    assert client.say("does massage help")[0]["topic"] == "treatment/massage"
    assert "massage" not in "".join(line for line in own.log.splitlines() if '"event": "turn"' not in line)


def test_it_stops_after_what_was_sent_before_is_answered(own):
    client = own.client().open()
    connections = [connected(own.url) for _ in range(8)]
    for number, one in enumerate(connections):
        client.send_only(one, text="what is sciatica", message_id=f"s{number}")
    started = time.monotonic()
    assert own.stop() == 0
    assert time.monotonic() - started < 7
    assert {one.getresponse().status for one in connections} <= {200, 503}
    own.start()


def test_asked_to_stop_while_it_starts_it_still_answers_what_it_has_taken(own):
    client = own.client().open()
    assert own.stop() == 0
    locked = sqlite3.connect(own.database, isolation_level=None)
    locked.execute("begin immediate")  # the first look at the database waits for it
    try:
        own.launch("--port", own.url.rsplit(":", 1)[1])
        connection = until(lambda: _if_connected(own.url), 60, "a connection")
        client.send_only(connection, text=RED_FLAG, message_id="early")
        assert own.stop() == 0
        (reply,) = json.loads(connection.getresponse().read())["replies"]
    finally:
        locked.execute("rollback")
        locked.close()
        own.kill()
        own.start()
    assert reply["urgency"] == "emergency"


def _if_connected(url):
    try:
        return connected(url)
    except OSError:
        return None


def test_a_second_server_on_the_same_port_is_told_so(own, refused_start):
    assert "cannot listen on 127.0.0.1:" in refused_start("--port", own.url.rsplit(":", 1)[1])


@pytest.mark.parametrize("damage", ["corrupt", "missing"])
def test_without_a_model_it_is_not_ready_and_answers_with_failsafe_and_urgent_texts(
    trained, tmp_path, damage
):
    project = project_without_model(tmp_path / "project")
    model = project / "models" / "backtalk.tar.gz"
    if damage == "corrupt":
        model.write_bytes(b"not a model")
    else:
        model.symlink_to(tmp_path / "emptied")
        (tmp_path / "emptied").write_bytes(b"")
    server = Server(tmp_path, project).start()
    try:
        client = server.client().open()
        answer = client.http.get("/health/ready")
        assert answer.status_code == 503
        assert answer.json()["failed"] == ["model"]
        assert client.http.get("/health/live").status_code == 200
        (reply,) = client.say("what is sciatica")
        assert "cannot answer right now" in reply["text"]
        (urgent,) = client.say(RED_FLAG)
        assert urgent["urgency"] == "emergency"
        assert client.http.get(f"{API}/settings").json()["emergency"] == "911"
        assert 'backtalk_failsafes_total{cause="silent",channel="web"}' in client.http.get("/metrics").text
        lines = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
        assert "model not loaded" in [line["event"] for line in lines]
    finally:
        server.kill()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"BACKTALK_SECRET_KEY": "short"}, "BACKTALK_SECRET_KEY has fewer than 32 characters"),
        (
            {"BACKTALK_ALLOWED_ORIGINS": "clinic.example.org"},
            "BACKTALK_ALLOWED_ORIGINS: 'clinic.example.org'",
        ),
        ({"BACKTALK_DATABASE_URL": "mysql://x/y"}, "BACKTALK_DATABASE_URL names 'mysql'"),
        ({"BACKTALK_SESSION_RATE": "many"}, "BACKTALK_SESSION_RATE: 'many' is no rate"),
    ],
)
def test_a_bad_setting_stops_the_start_with_one_line_that_names_it(refused_start, settings, named):
    line = refused_start("--port", "0", **settings)
    assert line.startswith("backtalk serve: ")
    assert named in line


def test_on_an_address_that_others_reach_a_key_must_be_given(refused_start):
    line = refused_start("--host", "0.0.0.0", "--port", "0")
    assert line.startswith("backtalk serve: BACKTALK_SECRET_KEY is not set")


def test_a_slip_in_the_name_of_a_setting_is_pointed_out(tmp_path):
    from backtalk.settings import unknown_settings

    (line,) = unknown_settings({"BACKTALK_ALOWED_ORIGINS": "https://x.org", "PATH": "/"})
    assert (
        line
        == "BACKTALK_ALOWED_ORIGINS is no setting and changes nothing. Did you mean BACKTALK_ALLOWED_ORIGINS?"
    )
