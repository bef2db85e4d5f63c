"""PostgreSQL refuses, hangs, or is started again; SQLite's disk is full."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from in_time import IN_TIME, first_reply, is_failsafe
from sqlalchemy import create_engine, text
from tcp_proxy import Far, TcpProxy
from web_server import API, RED_FLAG, error_of, until


@pytest.fixture(scope="module")
def proxy(postgres):
    proxy = TcpProxy(postgres.port)
    yield proxy
    proxy.close()


@pytest.fixture(scope="module")
def database_url(postgres) -> str:
    return postgres.new_database()


@pytest.fixture(scope="module")
def server(serving, postgres, proxy, database_url):
    """A server that reaches its database through the proxy."""
    return serving(BACKTALK_DATABASE_URL=database_url.replace(str(postgres.port), str(proxy.port)))


def turns_stored(url: str, session: str) -> int:
    with create_engine(url).connect() as connection:
        query = text("select count(*) from events where sender_id = :sender and type_name = 'user'")
        return connection.execute(query, {"sender": session}).scalar()


def has_no_room(server, client) -> bool:
    """After one more message, which is answered."""
    return bool(first_reply(client, "does massage help")["text"]) and not is_ready(server)


def is_ready(server) -> bool:
    return server.client().http.get("/health/ready").status_code == 200


@pytest.mark.parametrize("far", [Far.REFUSES, Far.HANGS])
def test_without_a_database_every_message_is_answered_in_time_and_red_flags_first(
    server, proxy, database_url, far
):
    client, other = server.client().open(), server.client().open()
    client.say("what is sciatica")
    proxy.set(far)
    try:
        with ThreadPoolExecutor(4) as pool:
            urgent = pool.submit(first_reply, client, RED_FLAG)
            plain = pool.submit(first_reply, other, "does massage help")
            ready = pool.submit(other.http.get, "/health/ready")
            assert other.http.get("/health/live").elapsed.total_seconds() < 1
        assert urgent.result()["urgency"] == "emergency"
        assert is_failsafe(plain.result())
        assert ready.result().json()["failed"] == ["database"]
        for request in (client.http.get, client.http.delete):
            path = "/history" if request == client.http.get else "/session"
            started = time.monotonic()
            refused = request(API + path, headers=client.bearer)
            assert time.monotonic() - started < IN_TIME
            assert error_of(refused)["code"] in ("no_history", "not_erased")
    finally:
        proxy.set(Far.WELL)
    until(lambda: is_ready(server), 20, "readiness")
    reply = first_reply(client, "what is sciatica")
    assert reply["topic"] == "condition/sciatica"
    assert turns_stored(database_url, client.session) >= 2


def test_a_database_that_hangs_under_load_leaves_no_message_without_an_answer(server, proxy):
    patients = [server.client().open() for _ in range(30)]
    proxy.set(Far.HANGS)
    try:
        with ThreadPoolExecutor(30) as pool:
            texts = [RED_FLAG if number % 3 == 0 else "does massage help" for number in range(30)]
            sent = [pool.submit(first_reply, one, said) for one, said in zip(patients, texts, strict=True)]
        for said, one in zip(texts, sent, strict=True):
            assert one.result().get("urgency") == ("emergency" if said == RED_FLAG else None)
    finally:
        proxy.set(Far.WELL)
    until(lambda: is_ready(server), 20, "readiness")
    assert first_reply(patients[1], "what is sciatica")["topic"] == "condition/sciatica"


def test_after_a_restart_of_the_database_the_conversation_goes_on(server, postgres, database_url):
    client = server.client().open()
    client.say("what is sciatica")
    postgres.kill()
    assert first_reply(server.client().open(), RED_FLAG)["urgency"] == "emergency"
    postgres.start()
    until(lambda: is_ready(server), 20, "readiness")
    (reply,) = client.say("say that simpler")
    assert reply["topic"] == "condition/sciatica"
    assert turns_stored(database_url, client.session) == 2


def test_a_full_disk_silences_no_red_flag_and_what_was_stored_before_stays(serving):
    server = serving()
    client = server.client().open()
    client.say("what is sciatica")
    history = client.history()
    full = os.path.getsize(f"{server.database}-wal")
    limits = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    # No file of the server can grow beyond this any more, as on a disk that is full.
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (full, limits[1]))
    try:
        until(lambda: has_no_room(server, client), 60, "the end of the disk")
        assert first_reply(client, RED_FLAG)["urgency"] == "emergency"
        assert first_reply(client, "what is sciatica")["text"]
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, limits)
    until(lambda: is_ready(server), 20, "readiness")
    assert client.history()[: len(history)] == history
    assert first_reply(client, "what is sciatica")["topic"] == "condition/sciatica"


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 12 MB; root alone can make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "backtalk", folder], capture_output=True)
    if made.returncode:
        pytest.skip("only root can make a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_disk_that_fills_up_leaves_messages_answered_and_is_used_again_when_there_is_room(
    serving, small_disk
):
    server = serving(BACKTALK_DATABASE_URL=f"sqlite:///{small_disk}/backtalk.db")
    client = server.client().open()
    client.say("what is sciatica")
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    until(lambda: has_no_room(server, client), 60, "the end of the disk")
    assert first_reply(client, RED_FLAG)["urgency"] == "emergency"
    ballast.unlink()
    until(lambda: is_ready(server), 20, "readiness")
    assert client.post(text="what is sciatica", message_id=uuid.uuid4().hex).status_code == 200
    assert first_reply(client, "what is sciatica")["topic"] == "condition/sciatica"
