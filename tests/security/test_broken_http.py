"""What is no valid HTTP is refused or cut off; it is no fault of ours, and the next request is answered."""

from __future__ import annotations

import contextlib
import socket
from urllib.parse import urlsplit

import pytest
from web_server import API, Server

MARK = "zebrafish4711"
SECONDS = 1.5
LINES = [
    b"GET /\xff HTTP/1.1",
    b"GET  / HTTP/1.1",
    b"GET / HTTP/9.9",
    b"GET http://[ HTTP/1.1",
    b"POST * HTTP/1.1",
    b"\x00 / HTTP/1.1",
    b"GET /%zz%00 HTTP/1.1",
    b"GET /../../etc/passwd HTTP/1.1",
    b"nonsense",
    b"",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS at a port without TLS
]
HEADERS = [
    b"Host:",
    b"Host: [",
    b"Host: x:y:z",
    b"Content-Length: -5",
    b"Content-Length: x",
    b"Content-Length: 1e3",
    b"Content-Length: 99999999999999",
    b"Content-Length: 5\r\nContent-Length: 6",
    b"Content-Length: 5\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: zipped",
    b"Connection: upgrade\r\nUpgrade: websocket",
    b"Upgrade: websocket",
    b"Expect: 200-maybe",
    b"X-Forwarded-For: \xff\x00",
    b"Forwarded: for=[",
    b": x",
    b"nonsense",
    b"Cookie: a=\x00",
    b"Authorization: Bearer \xf0\x9f",
    b"Origin: http://[",
    b"Accept: " + b"a" * 9000,
]
BODIES = [b"", b"zz\r\n", b"-1\r\n\r\n", b"5\r\nab", b"ffffffffffffffffffff\r\n", b"\x00" * 40]


def answer_to(server: Server, sent: bytes) -> bytes:
    """What comes back until the connection is closed or `SECONDS` are over."""
    parts = urlsplit(server.url)
    answer = b""
    with socket.create_connection((parts.hostname, parts.port), 20) as connection:
        connection.settimeout(SECONDS)
        with contextlib.suppress(OSError):
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while data := connection.recv(65536):
                answer += data
    return answer


def is_no_fault(answer: bytes) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    status = head.split(b"\r\n", 1)[0]
    assert b" 500 " not in status, answer
    if answer and b" 2" not in status and b" 4" in status:
        assert body.startswith(b'{"error":{"code":'), answer


@pytest.mark.parametrize("line", LINES)
def test_a_broken_request_line_is_no_fault(server, line):
    is_no_fault(answer_to(server, line + b"\r\nHost: x\r\n\r\n"))


@pytest.mark.parametrize("path", ["/health/live", f"{API}/session", f"{API}/messages"])
@pytest.mark.parametrize("header", HEADERS)
def test_a_broken_header_is_no_fault(server, header, path):
    line = f"POST {path} HTTP/1.1\r\nHost: x\r\n".encode()
    is_no_fault(answer_to(server, line + header + b"\r\n\r\n"))


@pytest.mark.parametrize("body", [b"", b"ab", b"x" * 100])
@pytest.mark.parametrize("length", [b"-5", b"-0", b"+5", b"5_0", b"0x5", b"1e3", b" ", b"5, 5"])
def test_a_length_that_is_none_is_refused_at_once(server, length, body):
    """-5 with a body once kept Sanic busy for ever."""
    answer = answer_to(
        server, b"POST /webhooks/web/session HTTP/1.1\r\nContent-Length: " + length + b"\r\n\r\n" + body
    )
    assert answer.startswith(b"HTTP/1.1 400 ")
    is_no_fault(answer)


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 2\r\nContent-Length: 3",
        b"Content-Length: 2\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    ],
)
def test_two_lengths_are_refused(server, headers):
    answer = answer_to(server, b"POST /webhooks/web/session HTTP/1.1\r\n" + headers + b"\r\n\r\n{}")
    assert answer.startswith(b"HTTP/1.1 400 ")
    is_no_fault(answer)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("header", [b"Transfer-Encoding: chunked", b"Content-Length: 40"])
def test_a_broken_body_is_no_fault(server, header, body):
    token = server.client().open().token.encode()
    head = b"POST /webhooks/web/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token
    is_no_fault(answer_to(server, head + b"\r\n" + header + b"\r\n\r\n" + body))


def test_nothing_of_it_is_in_the_log_and_patients_are_answered(server):
    answer_to(server, f"GET /{MARK} HTTP/1.1\r\nContent-Length: {MARK}\r\nHost: {MARK}\r\n\r\n".encode())
    assert server.client().open().say("what is sciatica")[0]["topic"] == "condition/sciatica"
    assert MARK not in server.log
    assert "request failed" not in server.log
