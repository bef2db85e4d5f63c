"""Whatever is sent over HTTP: no fault of ours, an error in the agreed shape, nothing of it in the log."""

from __future__ import annotations

import json
import uuid
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_server import API, Client, Server

MARK = "zebrafish4711"
METHODS = [*"GET POST PUT PATCH DELETE HEAD OPTIONS TRACE CONNECT PROPFIND get".split(), "X" * 300]
PATHS = """
/ /health/live /health/ready /metrics /webhooks/web/session /webhooks/web/messages /webhooks/web/history
/webhooks/web/settings /webhooks/sms/webhook /webhooks/sms/status /desk /webhooks/rest/webhook
""".split()
HEADERS = """
authorization origin accept content-type x-forwarded-for forwarded cookie if-none-match accept-encoding range
x-twilio-signature upgrade expect
""".split()
FEW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
VALUES = st.recursive(
    SCALARS, lambda of: st.lists(of, max_size=3) | st.dictionaries(st.text(max_size=8), of, max_size=3)
)
MESSAGES = st.fixed_dictionaries(
    {},
    optional={"text": VALUES, "payload": VALUES, "message_id": VALUES, "sender": VALUES, "metadata": VALUES},
)
HEADER_VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60)


def fresh(server: Server) -> Client:
    """A new patient at an address of its own, so that no rate is reached."""
    return server.client().open()


def is_no_fault(answer: httpx.Response) -> None:
    assert answer.status_code != 500, answer.text
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        assert set(answer.json()["error"]) == {"code", "message"}


@FEW
@given(body=MESSAGES | VALUES)
def test_any_json_is_a_message_or_a_clear_error(server, body):
    client = fresh(server)
    answer = client.http.post(
        f"{API}/messages",
        content=json.dumps(body),
        headers={**client.bearer, "content-type": "application/json"},
    )
    is_no_fault(answer)
    if answer.status_code == 200:
        assert answer.json()["replies"]


@FEW
@given(
    body=st.binary(max_size=300),
    content_type=st.sampled_from(["application/json", "text/plain", "multipart/form-data", ";;"]),
)
def test_any_bytes_are_a_clear_error(server, body, content_type):
    client = fresh(server)
    is_no_fault(
        client.http.post(
            f"{API}/messages", content=body, headers={**client.bearer, "content-type": content_type}
        )
    )


@FEW
@given(
    method=st.sampled_from(METHODS),
    path=st.sampled_from(PATHS) | st.text(max_size=30).map(lambda text: f"/{quote(text)}"),
    query=st.text(max_size=30).map(quote),
    headers=st.dictionaries(st.sampled_from(HEADERS), HEADER_VALUES, max_size=4),
)  # fmt: skip
def test_any_method_path_and_headers_are_no_fault(server, method, path, query, headers):
    sent = {name: value.strip().encode("latin-1") for name, value in headers.items()}
    with httpx.Client(base_url=server.url, timeout=20) as http:
        answer = http.request(
            method, f"{path}?{query}", headers={"x-forwarded-for": f"10.{uuid.uuid4().int % 250}.3.9", **sent}
        )
    is_no_fault(answer)


@pytest.mark.parametrize("depth", [10, 1000, 30_000])
def test_deeply_nested_json_is_a_clear_error(server, depth):
    client = fresh(server)
    body = '{"text": ' + "[" * depth + "]" * depth + "}"
    answer = client.http.post(f"{API}/messages", content=body, headers=client.bearer)
    is_no_fault(answer)
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["text", "payload", "message_id"])
@pytest.mark.parametrize(
    "value", ["\\ud800", "back pain \\udfff", "\\u0000", "\\ufeff\\u202e", "\\ud83d\\ude00" * 300]
)
def test_characters_that_are_none_are_a_message_or_a_clear_error(server, name, value):
    client = fresh(server)
    answer = client.http.post(f"{API}/messages", content=f'{{"{name}": "{value}"}}', headers=client.bearer)
    is_no_fault(answer)
    client.history()


@FEW
@given(token=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=200))
def test_no_token_that_was_made_up_opens_anything(server, token):
    client = server.client()
    for method, path in [("GET", "history"), ("DELETE", "session"), ("POST", "messages")]:
        answer = client.http.request(method, f"{API}/{path}", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401


def test_nothing_that_was_sent_broken_is_in_the_log(server):
    client = fresh(server)
    client.http.get(f"/{MARK}?{MARK}={MARK}", headers={"x": MARK, "authorization": MARK})
    broken = f'{{"text": {MARK}'
    client.http.post(f"{API}/messages", content=broken, headers={**client.bearer, "cookie": MARK})
    client.post(text=MARK, message_id=f"{MARK} {MARK}")
    client.post(payload=MARK)
    client.say("what is sciatica")
    assert MARK not in server.log
