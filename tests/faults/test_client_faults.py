"""Clients that send too much at once, too slowly, or nothing at all."""

from __future__ import annotations

import contextlib
import socket
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from in_time import IN_TIME, LONG, first_reply, is_failsafe
from web_server import RED_FLAG, Server, error_of, until

HALF_OPEN = 2000 if LONG else 300
SLOW = 200 if LONG else 60
SOAK_SENDERS = 10_000 if LONG else 500
SOAK_CLIENTS = 8


@pytest.fixture(scope="module")
def server(serving) -> Server:
    return serving()


@pytest.fixture(scope="module")
def limited(serving) -> Server:
    return serving(BACKTALK_SESSION_RATE="30 per 10 seconds", BACKTALK_ADDRESS_RATE="600 per minute")


def connected(server: Server) -> socket.socket:
    parts = urlsplit(server.url)
    return socket.create_connection((parts.hostname, parts.port), 5)


def timed(client, text: str):
    started = time.monotonic()
    answer = client.post(text=text, message_id=uuid.uuid4().hex)
    return answer, time.monotonic() - started


def test_a_hundred_messages_of_one_sender_at_once_get_replies_in_time(server):
    client = server.client().open()
    texts = [RED_FLAG if number % 10 == 9 else f"what is sciatica {number}" for number in range(100)]
    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(lambda said: timed(client, said), texts))
    assert max(took for _, took in answers) < IN_TIME
    for said, (answer, _) in zip(texts, answers, strict=True):
        reply = answer.json()["replies"][0]
        assert reply.get("urgency") == "emergency" if said == RED_FLAG else reply["text"]
    assert first_reply(client, "what is sciatica")["topic"] == "condition/sciatica"


def test_a_hundred_messages_of_one_sender_over_its_rate_get_replies_or_clear_refusals(limited):
    client = limited.client().open()
    texts = [RED_FLAG if number % 10 == 9 else f"what is sciatica {number}" for number in range(100)]
    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(lambda said: timed(client, said), texts))
    assert max(took for _, took in answers) < IN_TIME
    refused = [answer for answer, _ in answers if answer.status_code == 429]
    assert refused
    assert {error_of(answer)["code"] for answer in refused} == {"too_many"}
    assert all("911" in error_of(answer)["message"] for answer in refused)
    urgent = [answer for said, (answer, _) in zip(texts, answers, strict=True) if said == RED_FLAG]
    told = [answer for answer in urgent if answer.status_code == 200]
    assert len(told) >= 8, "eight may wait to be looked at"
    assert {answer.json()["replies"][0]["urgency"] for answer in told} == {"emergency"}


def test_a_hundred_senders_at_once_are_each_answered_in_time(server):
    clients = [server.client().open() for _ in range(100)]
    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(lambda client: timed(client, "what is sciatica"), clients))
    assert max(took for _, took in answers) < IN_TIME
    replies = [answer.json()["replies"][0] for answer, _ in answers]
    assert {reply.get("topic") for reply in replies if not is_failsafe(reply)} == {"condition/sciatica"}
    assert sum(is_failsafe(reply) for reply in replies) <= 10


def test_clients_that_connect_and_say_nothing_keep_nobody_waiting(server):
    silent = [connected(server) for _ in range(HALF_OPEN)]
    try:
        assert first_reply(server.client().open(), "what is sciatica")["topic"] == "condition/sciatica"
    finally:
        for one in silent:
            one.close()


def test_clients_that_send_byte_by_byte_keep_nobody_waiting_and_are_cut_off(server):
    head = b"POST /webhooks/web/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n"
    slow = [connected(server) for _ in range(SLOW)]
    try:
        for at, one in enumerate(slow):
            one.sendall(head[: 20 + at % 60])  # in the middle of a header, or of the body
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            for one in slow:
                one.send(b"a")
            assert first_reply(server.client().open(), "what is sciatica")["topic"] == "condition/sciatica"

        def all_are_cut_off() -> bool:
            for one in slow:
                with contextlib.suppress(OSError):
                    one.send(b"a")  # it goes on
            return all(is_cut_off(one) for one in slow)

        until(all_are_cut_off, 45, "the end of the slow connections")
    finally:
        for one in slow:
            one.close()


def is_cut_off(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        while connection.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def test_a_client_that_reads_no_answers_keeps_nobody_waiting(server):
    client = server.client().open()
    body = b'{"text": "what is sciatica"}'
    head = f"POST /webhooks/web/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.token}\r\n"
    request = head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
    deaf = connected(server)
    deaf.settimeout(0.2)
    with contextlib.suppress(OSError):
        for _ in range(300):
            deaf.sendall(request)
    assert first_reply(server.client().open(), "does massage help")["topic"] == "treatment/massage"
    deaf.close()


def resident(server: Server) -> int:
    """Its memory in kilobytes."""
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


@pytest.mark.timeout(3600)
def test_memory_stays_flat_over_many_senders(serving):
    """Ten thousand of them in the long form; measured from when a twentieth have been there."""
    server = serving()
    first = SOAK_SENDERS // 20 if LONG else 250

    def visit(_: int) -> None:
        client = server.client().open()
        try:
            assert client.say("what is sciatica")[0]["text"]
        finally:
            client.http.close()

    with ThreadPoolExecutor(SOAK_CLIENTS) as pool:
        list(pool.map(visit, range(first)))
        before = resident(server)
        list(pool.map(visit, range(SOAK_SENDERS - first)))
    assert resident(server) <= before * 1.1
