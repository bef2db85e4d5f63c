"""Bad input is refused clearly and in one shape, and a red flag in it is answered all the same."""

import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from web_server import API, RED_FLAG, error_of

SITE = "https://clinic.example.org"


def forged(token: str) -> str:
    body, time_part, signature = token.split(".")
    return ".".join([body, time_part, ("A" if signature[0] != "A" else "B") + signature[1:]])


def old(server, session: str) -> str:
    """A token that was right 31 days ago."""
    from itsdangerous import URLSafeTimedSerializer
    from itsdangerous.timed import TimestampSigner

    from backtalk.channels.web_session import SessionTokens

    class Then(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(time.time()) - 31 * 24 * 3600

    key = (server.folder / "var" / "secret.key").read_text().strip().encode()
    tokens = SessionTokens(key)
    assert isinstance(tokens._signer, URLSafeTimedSerializer)
    tokens._signer.signer = Then
    return tokens.issue(session)


@pytest.mark.parametrize("path", ["/messages", "/history", "/session"])
@pytest.mark.parametrize("kind", ["missing", "empty", "garbage", "forged", "expired", "no bearer"])
def test_a_wrong_token_is_refused_with_what_to_do(server, client, kind, path):
    header = {
        "missing": None,
        "empty": "Bearer",
        "garbage": "Bearer nonsense",
        "forged": f"Bearer {forged(client.token)}",
        "expired": f"Bearer {old(server, client.session)}",
        "no bearer": client.token,
    }[kind]
    headers = {"Authorization": header} if header is not None else {}
    method = {"/messages": "POST", "/history": "GET", "/session": "DELETE"}[path]
    body = json.dumps({"text": "hi"}) if method == "POST" else None
    answer = client.http.request(method, API + path, headers=headers, content=body)
    assert answer.status_code == 401
    error = error_of(answer)
    assert error["code"] == "no_session"
    assert "POST /webhooks/web/session" in error["message"]


def test_a_forged_token_cannot_be_renewed(client):
    answer = client.http.post(f"{API}/session", headers={"Authorization": f"Bearer {forged(client.token)}"})
    assert answer.status_code == 401


def test_a_token_signed_for_something_else_is_no_token(client):
    payload = client.http.get(f"{API}/settings").json()["greeting_offers"][0]["payload"]
    assert (
        client.http.get(f"{API}/history", headers={"Authorization": f"Bearer {payload}"}).status_code == 401
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"hello", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[" * 60_000, "not_json"),
        (b"[]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"null", "not_an_object"),
        (b"{}", "no_message"),
        (b'{"text": null}', "no_message"),
        (b'{"text": "a", "payload": "b"}', "no_message"),
        (b'{"text": 7}', "wrong_type"),
        (b'{"text": ["a"]}', "wrong_type"),
        (b'{"payload": {}}', "wrong_type"),
        (b'{"text": "a", "message_id": 7}', "bad_message_id"),
        (b'{"text": "a", "message_id": ""}', "bad_message_id"),
        (b'{"text": "a", "message_id": "x\\n"}', "bad_message_id"),
        (b'{"text": "a", "message_id": "' + b"x" * 65 + b'"}', "bad_message_id"),
        (b'{"payload": "/condition_migraine"}', "unknown_payload"),
        (b'{"payload": "/restart"}', "unknown_payload"),
        (b'{"payload": ""}', "unknown_payload"),
        (b'{"payload": "a.b"}', "unknown_payload"),
    ],
)
def test_a_body_that_is_no_message_is_refused(client, body, code):
    answer = client.http.post(f"{API}/messages", content=body, headers=client.bearer)
    assert answer.status_code == 400
    assert error_of(answer)["code"] == code
    assert client.history() == []


def test_a_payload_of_another_session_is_refused(server, client):
    (reply,) = server.client().open().say("what is sciatica")
    answer = client.post(payload=reply["buttons"][0]["payload"])
    assert (answer.status_code, error_of(answer)["code"]) == (400, "unknown_payload")


@pytest.mark.parametrize(
    "typed", ["/restart", "/session_start", "/condition_migraine", "\n/back", '/nlu_fallback{"a":1}']
)
def test_a_typed_command_is_only_text(client, typed):
    client.say("what is sciatica")
    client.say(typed)
    (reply,) = client.say("say that simpler")
    assert len(client.history()) == 6
    assert reply["topic"] == "condition/sciatica" or "migraine" in typed


def test_a_signed_payload_sent_as_text_is_only_text(client):
    (reply,) = client.say("what is sciatica")
    (answer, *_) = client.say(reply["buttons"][0]["payload"])
    assert answer.get("topic") != "selfcare/rest"


@pytest.mark.parametrize(
    "text", ["", " ", "\ud800 what is sciatica", "\x00", "\u202e\u200d", "<script>alert(1)</script>"]
)
def test_odd_texts_get_a_reply(client, text):
    body = json.dumps({"text": text})
    answer = client.http.post(f"{API}/messages", content=body, headers=client.bearer)
    assert answer.status_code == 200
    assert answer.json()["replies"][0]["text"].strip()


def test_2000_characters_are_read_and_2001_are_not(client):
    assert client.post(text="a " * 1000).status_code == 200
    answer = client.post(text="a " * 1000 + "b")
    assert answer.status_code == 400
    error = error_of(answer)
    assert error["code"] == "text_too_long"
    assert "2,000 characters" in error["message"]
    assert "911" in error["message"]


@pytest.mark.parametrize("place", ["first", "last"])
def test_a_red_flag_among_2001_characters_gets_the_urgent_text(client, place):
    filler = "it all began a while ago. " * 90
    text = f"{RED_FLAG}. {filler}" if place == "first" else f"{filler} {RED_FLAG}"
    (reply,) = client.say(text)
    assert reply["urgency"] == "emergency"


def test_more_than_64_kb_are_refused(client):
    answer = client.http.post(f"{API}/messages", content=b"x" * 65_537, headers=client.bearer)
    assert answer.status_code == 413
    assert error_of(answer)["code"] == "too_large"


def test_a_long_body_in_chunks_is_refused_too(client):
    def chunks():
        for _ in range(20):
            yield b"x" * 8192

    answer = client.http.post(f"{API}/messages", content=chunks(), headers=client.bearer)
    assert answer.status_code == 413


def test_50_messages_in_a_second_get_a_reply_or_a_clear_refusal_and_slow_nobody_down(server, client):
    def send(number: int):
        return client.post(text="what is sciatica", message_id=f"burst-{number}")

    with ThreadPoolExecutor(50) as pool:
        sending = [pool.submit(send, number) for number in range(50)]
        other = server.client().open()
        started = time.perf_counter()
        assert other.say("does massage help")
        assert time.perf_counter() - started < 2
        answers = [one.result() for one in sending]
    by_status = {status: [a for a in answers if a.status_code == status] for status in (200, 429)}
    assert len(by_status[200]) + len(by_status[429]) == 50
    assert len(by_status[200]) >= 20
    assert by_status[429]
    assert all(answer.json()["replies"][0]["topic"] for answer in by_status[200])
    refused = by_status[429][0]
    assert error_of(refused)["code"] == "too_many"
    assert int(refused.headers["retry-after"]) >= 1
    assert max(answer.elapsed.total_seconds() for answer in answers) < 5


def test_a_red_flag_is_answered_though_the_session_sends_too_much(client):
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: client.post(text="hello"), range(40)))
    assert 429 in {answer.status_code for answer in answers}
    assert client.post(text="hello").status_code == 429
    (reply,) = client.say(RED_FLAG)
    assert reply["urgency"] == "emergency"


def test_one_address_cannot_ask_for_endless_sessions(server):
    client = server.client()
    answers = [client.http.post(f"{API}/session") for _ in range(610)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert server.client().http.post(f"{API}/session").status_code == 200, "another address is not concerned"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://clinic.example.org",
        "http://[",
        "https://clinic.example.org.evil.example",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_pages_of_other_sites_are_refused(client, origin, method):
    path = "/history" if method == "GET" else "/session"
    answer = client.http.request(method, API + path, headers={**client.bearer, "Origin": origin})
    assert answer.status_code == 403
    assert error_of(answer)["code"] == "origin_not_allowed"
    assert "access-control-allow-origin" not in answer.headers


def test_pages_of_an_allowed_site_may_read_replies_and_errors(client):
    answer = client.post({"Origin": SITE}, text="what is sciatica")
    assert answer.headers["access-control-allow-origin"] == SITE
    assert answer.headers["vary"] == "Origin"
    refused = client.http.get(f"{API}/history", headers={"Origin": SITE})
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == SITE
    streamed = client.post({"Origin": SITE, "Accept": "text/event-stream"}, text="what is sciatica")
    assert streamed.headers["access-control-allow-origin"] == SITE


def test_the_servers_own_pages_are_allowed(server, client):
    assert client.post({"Origin": server.url}, text="hello").status_code == 200


@pytest.mark.parametrize("path", ["/session", "/messages", "/history", "/settings"])
def test_a_preflight_says_what_is_allowed(client, path):
    headers = {
        "Origin": SITE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    answer = client.http.options(API + path, headers=headers)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == SITE
    assert "DELETE" in answer.headers["access-control-allow-methods"]
    assert "Authorization" in answer.headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    "path",
    ["/health/live", "/health/ready", "/metrics", f"{API}/settings", f"{API}/history", "/nothing", "/"],
)
def test_every_response_has_the_security_headers(client, path):
    headers = client.http.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]


def test_what_a_patient_said_is_not_kept_by_caches(client):
    assert client.http.get(f"{API}/history", headers=client.bearer).headers["cache-control"] == "no-store"
    assert client.post(text="hello").headers["cache-control"] == "no-store"


def test_no_words_numbers_or_tokens_of_a_patient_are_in_the_log(server, client):
    words = f"zebrafish-{uuid.uuid4().hex}"
    client.say(f"{words} call me on 202-555-0199")
    client.post(text=f"{words} " * 200)
    client.post(payload=words)
    client.http.post(f"{API}/messages", content=f'{{"text": "{words}', headers=client.bearer)
    client.http.get(f"{API}/history?{words}", headers={"Authorization": f"Bearer {words}"})
    client.say(f"{words} {RED_FLAG}")
    log = server.log
    for secret in (words, "202-555", client.token, client.session):
        assert secret not in log
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    turns = [line for line in lines if line["event"] == "turn"]
    assert turns
    assert {"sender", "channel", "outcome", "urgency", "topics", "ms"} <= set(turns[-1])


def test_metrics_count_turns_by_outcome_channel_and_urgency_and_name_nobody(client):
    client.say("what is sciatica")
    client.say(RED_FLAG)
    text = client.http.get("/metrics").text
    assert 'backtalk_turns_total{channel="web",outcome="answer",urgency="none"}' in text
    assert 'backtalk_turns_total{channel="web",outcome="urgent",urgency="emergency"}' in text
    assert 'backtalk_turn_seconds_bucket{channel="web",le="0.1"}' in text
    assert "backtalk_failsafes_total" in text
    assert "backtalk_errors_total" in text
    assert 'backtalk_refused_total{code="no_session"}' in text
    assert "process_resident_memory_bytes" in text
    assert client.session not in text
    assert "sciatica" not in text


def test_the_server_is_alive_and_ready(client):
    assert client.http.get("/health/live").json() == {"status": "alive"}
    answer = client.http.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "failed": [],
        "degraded": [],
        "checks": {"model": "ok", "database": "ok"},
    }


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"hello\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", 413),
    ],
)
def test_broken_http_is_refused_in_the_same_shape(server, sent, status):
    import socket
    from urllib.parse import urlsplit

    at = urlsplit(server.url)
    with socket.create_connection((at.hostname, at.port), timeout=5) as connection:
        connection.sendall(sent)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status}".encode()), head
    assert set(json.loads(body)["error"]) == {"code", "message"}
