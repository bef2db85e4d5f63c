"""The process ends in the middle of turns, the clock jumps, the model is of another version."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import tarfile
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from in_time import first_reply, is_failsafe
from web_server import RED_FLAG, ROOT, Client, Server, project_without_model, until


def write_until(stop: threading.Event, client: Client, server: Server) -> dict[str, int]:
    """Send messages, each with the reply's status, until told to stop or the server has gone."""
    told: dict[str, int] = {}
    while not stop.is_set():
        text = f"what is sciatica {uuid.uuid4().hex[:8]}"
        try:
            told[text] = client.post(text=text, message_id=uuid.uuid4().hex).status_code
        except httpx.HTTPError:
            break
    return told


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_nothing_that_was_answered_is_lost_when_the_process_ends_in_the_middle_of_turns(serving, how):
    server = serving()
    for _ in range(3):
        clients = [server.client().open() for _ in range(4)]
        stop = threading.Event()
        with ThreadPoolExecutor(4) as pool:
            writing = [pool.submit(write_until, stop, client, server) for client in clients]
            watcher = server.client().open()
            for _ in range(5):
                watcher.say("does massage help")
            getattr(server, how)()
            stop.set()
            told = [one.result() for one in writing]
        server.start()
        assert any(told)
        for client, answers in zip(clients, told, strict=True):
            client.http.base_url = server.url
            stored = {turn["text"] for turn in client.history() if turn["from"] == "patient"}
            assert {text for text, status in answers.items() if status == 200} <= stored
            assert set(answers.values()) <= {200, 503}
            assert first_reply(client, "what is sciatica")["topic"] == "condition/sciatica"


def test_a_message_that_was_cut_off_can_be_sent_again_and_runs_once(serving):
    server = serving()
    client = server.client().open()
    for _ in range(3):
        ids = [uuid.uuid4().hex for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            sent = [pool.submit(client.post, text="what is sciatica", message_id=one) for one in ids]
            until(lambda: any(one.done() for one in sent), what="the first reply")  # noqa: B023
            server.kill()
            assert len([one.exception() for one in sent]) == 4  # all have ended
        server.start()
        client.http.base_url = server.url
        for one in ids:
            first = client.post(text="what is sciatica", message_id=one).json()
            assert client.post(text="what is sciatica", message_id=one).json() == first
            assert first["replies"][0]["topic"] == "condition/sciatica"


@pytest.mark.parametrize("days", [20, -20])
def test_when_the_clock_jumps_sessions_and_conversations_go_on(serving, days):
    server = serving(
        fault="clock_jumps",
        CLOCK_JUMP=str(days),
        BACKTALK_SESSION_RATE="30 per 10 seconds",
        BACKTALK_ADDRESS_RATE="600 per minute",
    )
    client = server.client().open()
    client.say("what is sciatica")
    set_clock(server, days)
    assert first_reply(client, "say that simpler")["topic"] == "condition/sciatica"
    assert first_reply(client, RED_FLAG)["urgency"] == "emergency"
    fresh = server.client().open()
    assert first_reply(fresh, "what is sciatica")["topic"] == "condition/sciatica"
    set_clock(server, 0)
    for one in (client, fresh):  # the second has its token from another time
        assert first_reply(one, "what is sciatica")["topic"] == "condition/sciatica"
    assert server.client().http.get("/health/ready").status_code == 200
    assert len([turn for turn in client.history() if turn["from"] == "patient"]) == 4


def set_clock(server: Server, days: int) -> None:
    """Returns when the server's own log lines show the new day."""
    os.kill(server.process.pid, signal.SIGUSR2)
    day = dt.datetime.now(dt.timezone.utc) + dt.timedelta(days=days)

    def has_jumped() -> bool:
        server.client().open().say("does massage help")
        return f'"at": "{day:%Y-%m-%d}' in server.log.splitlines()[-1]

    until(has_jumped, 20, "the jump of the clock")


@pytest.fixture
def project_with_model(tmp_path):
    """A project like this one, and where its own model goes."""
    project = project_without_model(tmp_path / "project")
    return project, project / "models" / "backtalk.tar.gz"


def test_a_model_of_another_version_makes_it_not_ready_and_silences_nobody(
    serving, tmp_path, project_with_model
):
    project, model = project_with_model
    opened = tmp_path / "opened"
    with tarfile.open(ROOT / "models" / "backtalk.tar.gz") as archive:
        archive.extractall(opened, filter="data") if hasattr(tarfile, "data_filter") else archive.extractall(
            opened
        )
    metadata = json.loads((opened / "metadata.json").read_text(encoding="utf-8"))
    metadata["rasa_open_source_version"] = "2.0.0"
    (opened / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    with tarfile.open(model, "w:gz") as archive:
        for file in sorted(opened.iterdir()):
            archive.add(file, file.name)
    server = serving(project=project)
    client = server.client().open()
    assert client.http.get("/health/ready").json()["failed"] == ["model"]
    assert is_failsafe(first_reply(client, "what is sciatica"))
    assert first_reply(client, RED_FLAG)["urgency"] == "emergency"
