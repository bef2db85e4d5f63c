"""Several processes and several hosts that answer as one."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy import create_engine, text
from web_server import RED_FLAG, Client, Server, connected, until

from backtalk.database import bring_up_to_date, open_database


def workers_of(server: Server) -> set[int]:
    found = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True)
    return {int(pid) for pid in found.stdout.split()}


def turns_in(url: str, sender: str) -> list[str]:
    with create_engine(url).connect() as connection:
        query = text(
            "select data::json->>'text' from events where sender_id = :s and type_name = 'user' order by id"
        )
        return [row[0] for row in connection.execute(query, {"s": sender})]


def answered(server: Server) -> float:
    shown = server.client().http.get("/metrics").text.splitlines()
    name = 'backtalk_turns_total{channel="web",outcome="answer",urgency="none"} '
    return sum(float(line[len(name) :]) for line in shown if line.startswith(name))


def same_patient(server: Server, client: Client) -> Client:
    """The same session, on a connection of its own to another server or worker."""
    other = server.client()
    other.token, other.session = client.token, client.session
    return other


@pytest.fixture(scope="module")
def two_workers(serving) -> Server:
    return serving("--workers", "2")


@pytest.fixture(scope="module")
def one_worker(serving) -> Server:
    """Another host, on the same database and Redis."""
    return serving()


def test_workers_are_forked_beside_no_threads(two_workers):
    assert "forked beside threads" not in two_workers.log


def test_a_conversation_goes_on_whichever_worker_answers(two_workers):
    client = two_workers.client().open()
    client.say("what is sciatica")
    for _ in range(8):  # each on a new connection
        replies = same_patient(two_workers, client).say("say that simpler")
        assert replies[0]["topic"] == "condition/sciatica"
    assert len(client.history()) == 18


def test_twenty_messages_at_once_over_two_hosts_take_turns(two_workers, one_worker, database_url):
    hosts = [two_workers, one_worker]
    client = hosts[0].client().open()
    patients = [same_patient(hosts[number % 2], client) for number in range(20)]
    with ThreadPoolExecutor(20) as pool:
        sent = [
            pool.submit(one.post, text=f"is massage safe {number}", message_id=f"m{number}")
            for number, one in enumerate(patients)
        ]
    answers = [one.result() for one in sent]
    assert {answer.status_code for answer in answers} == {200}
    assert max(answer.elapsed.total_seconds() for answer in answers) < 5.5
    answered = [n for n in range(20) if "cannot answer" not in answers[n].json()["replies"][0]["text"]]
    stored = turns_in(database_url, client.session)
    assert len(stored) == len(set(stored))
    assert {f"is massage safe {n}" for n in answered} <= set(stored)


def test_the_same_message_at_two_hosts_at_once_runs_one_turn(two_workers, one_worker, database_url):
    hosts = [two_workers, one_worker]
    client = hosts[0].client().open()
    for number in range(10):
        both = [same_patient(host, client) for host in hosts]
        with ThreadPoolExecutor(2) as pool:
            sent = [pool.submit(one.post, text="what is sciatica", message_id=f"n{number}") for one in both]
        assert sent[0].result().json() == sent[1].result().json()
    assert len(turns_in(database_url, client.session)) == 10


def test_rates_count_over_all_hosts(serving):
    hosts = [serving(BACKTALK_SESSION_RATE="6 per hour") for _ in range(2)]
    client = hosts[0].client().open()
    patients = [same_patient(host, client) for host in hosts]
    codes = [patients[n % 2].post(text="what is sciatica").status_code for n in range(8)]
    assert codes == [200] * 6 + [429] * 2
    (urgent,) = patients[1].say(RED_FLAG)
    assert urgent["urgency"] == "emergency"


def test_metrics_are_those_of_all_workers_together(two_workers):
    before = answered(two_workers)
    for _ in range(12):
        two_workers.client().open().say("what is sciatica")
    assert [answered(two_workers) for _ in range(6)] == [before + 12] * 6  # whichever worker says it


def test_a_killed_worker_is_replaced_and_its_patients_turn_is_free(two_workers):
    client = two_workers.client().open()
    client.say("what is sciatica")
    before = workers_of(two_workers)
    stop = threading.Event()

    def keep_writing() -> None:
        while not stop.is_set():
            try:
                same_patient(two_workers, client).post(text="does massage help", message_id=uuid.uuid4().hex)
            except httpx.HTTPError:
                continue

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(keep_writing)
        for pid in before:
            os.kill(pid, signal.SIGKILL)
            until(lambda: len(workers_of(two_workers) - before) >= 1, what="a new worker")
        until(lambda: len(workers_of(two_workers) - before) == 2, what="two new workers")
        stop.set()
        writing.result()

    def answers() -> bool:
        try:
            reply = same_patient(two_workers, client).say("what is sciatica")[0]
        except httpx.HTTPError:
            return False
        return reply.get("topic") == "condition/sciatica"

    until(answers, 10, "an answer")
    assert two_workers.client().http.get("/health/ready").status_code == 200
    assert "worker died" in two_workers.log


def test_a_worker_whose_loop_hangs_is_replaced(two_workers):
    stuck, _ = sorted(workers_of(two_workers))
    os.kill(stuck, signal.SIGSTOP)
    until(lambda: stuck not in workers_of(two_workers), 20, "the end of the worker that hangs")
    until(lambda: len(workers_of(two_workers)) == 2, what="its successor")


def test_it_stops_after_what_was_sent_before_is_answered_and_leaves_no_process(two_workers):
    client = two_workers.client().open()
    workers = workers_of(two_workers)
    connections = [connected(two_workers.url) for _ in range(8)]
    for number, one in enumerate(connections):
        client.send_only(one, text="what is sciatica", message_id=f"s{number}")
    started = time.monotonic()
    assert two_workers.stop() == 0
    assert time.monotonic() - started < 9
    assert {one.getresponse().status for one in connections} <= {200, 503}
    assert not [pid for pid in workers if os.path.exists(f"/proc/{pid}")]
    assert "Backtalk has stopped." in two_workers.log
    two_workers.start("--workers", "2")


def test_workers_do_not_outlive_a_killed_parent(two_workers):
    workers = workers_of(two_workers)
    two_workers.kill()
    until(lambda: not [pid for pid in workers if os.path.exists(f"/proc/{pid}")], 15, "the workers' end")


def test_hosts_that_start_at_once_bring_the_database_up_to_date_one_after_the_other(postgres):
    url = postgres.new_database()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: bring_up_to_date(open_database(url)), range(6)))
    with create_engine(url).connect() as connection:
        assert len(connection.execute(text("select * from alembic_version")).all()) == 1
