"""The signed webhook, verified by the package of Standard Webhooks, over real HTTP."""

import asyncio
import base64
import datetime as dt
import socket
import threading
import time

import pytest
from receivers import Answer, HttpReceiver
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from backtalk.booking.delivery.adapter import Permanent, Retryable
from backtalk.booking.delivery.http_post import MAX_ANSWER, wait_asked_for
from backtalk.booking.delivery.webhook import Webhook
from backtalk.booking.wanted import to_dict

SECRET, OLD = b"a secret of thirty-two bytes, ok", b"the secret that it had before it"


def shared(secret: bytes) -> str:
    return "whsec_" + base64.b64encode(secret).decode()


def deliver(url, parcel, secrets=(SECRET,), **options):
    asyncio.run(Webhook(url, secrets, **options).deliver(parcel))


def test_the_receiver_can_verify_who_sent_it_and_reads_the_whole_request(receiver, parcel, ann):
    deliver(receiver.url, parcel)
    (posted,) = receiver.posted
    event = Verifier(shared(SECRET)).verify(posted.body, posted.headers)
    assert event["type"] == "booking_request.created"
    assert event["data"] == {
        "reference": "BT-7K3Q", "due_at": "2026-11-23T15:00:00+00:00", **to_dict(ann),
    }  # fmt: skip
    assert posted.headers["webhook-id"] == parcel.key
    assert posted.headers["content-type"] == "application/json"


def test_another_secret_or_another_body_does_not_verify(receiver, parcel):
    deliver(receiver.url, parcel)
    (posted,) = receiver.posted
    with pytest.raises(WebhookVerificationError):
        Verifier(shared(OLD)).verify(posted.body, posted.headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(shared(SECRET)).verify(posted.body.replace(b"Ann", b"Bob"), posted.headers)


def test_while_a_secret_is_changed_both_verify(receiver, parcel):
    deliver(receiver.url, parcel, (SECRET, OLD))
    (posted,) = receiver.posted
    for secret in (SECRET, OLD):
        assert Verifier(shared(secret)).verify(posted.body, posted.headers)


def test_a_repeat_has_the_same_id_and_body(receiver, parcel):
    deliver(receiver.url, parcel)
    deliver(receiver.url, parcel, now=lambda: time.time() + 60)
    first, second = receiver.posted
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_taken(receiver, parcel, status):
    receiver.answers = [Answer(status, b"" if status == 204 else b"whatever")]
    deliver(receiver.url, parcel)


@pytest.mark.parametrize("status", [401, 403, 404, 408, 425, 429, 500, 502, 503])
def test_what_may_be_put_right_is_tried_again(receiver, parcel, status):
    receiver.answers = [Answer(status, b"Ann Lee is not known here")]
    with pytest.raises(Retryable) as failed:
        deliver(receiver.url, parcel)
    assert str(failed.value) == f"answered {status}"  # and not what the target wrote


@pytest.mark.parametrize("status", [400, 409, 410, 413, 415, 422])
def test_what_is_wrong_with_the_request_is_not_tried_again(receiver, parcel, status):
    receiver.answers = [Answer(status)]
    with pytest.raises(Permanent):
        deliver(receiver.url, parcel)


def test_a_redirect_is_not_followed(receiver, parcel):
    elsewhere = HttpReceiver()
    receiver.answers = [Answer(307, headers={"Location": elsewhere.url})]
    with pytest.raises(Permanent, match="redirect"):
        deliver(receiver.url, parcel)
    elsewhere.stop()
    assert not elsewhere.posted


def test_a_target_that_is_down_is_tried_again(parcel):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/"
    with pytest.raises(Retryable, match="no connection"):
        deliver(url, parcel)


def test_a_target_that_does_not_answer_is_left_in_time(receiver, parcel):
    held = threading.Event()
    receiver.answers = [Answer(held=held)]
    started = time.monotonic()
    with pytest.raises(Retryable, match=r"no answer in 0\.3 s"):
        deliver(receiver.url, parcel, seconds=0.3)
    assert time.monotonic() - started < 5
    held.set()


def test_a_target_that_speaks_no_http_is_tried_again(parcel):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def hang_up():
            connection, _ = listening.accept()
            connection.recv(65536)
            connection.sendall(b"220 mail.example.org ESMTP\r\n")
            connection.close()

        threading.Thread(target=hang_up, daemon=True).start()
        with pytest.raises(Retryable, match="no connection"):
            deliver(f"http://127.0.0.1:{listening.getsockname()[1]}/", parcel)


def test_a_long_answer_is_not_read_to_its_end(receiver, parcel):
    receiver.answers = [Answer(200, b"x" * (MAX_ANSWER + 1))]
    with pytest.raises(Retryable, match="more than 64 KB"):
        deliver(receiver.url, parcel)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("Fri, 20 Nov 2026 15:02:00 GMT", 120),
        ("Fri, 20 Nov 2020 15:02:00 GMT", 0),
        ("99999999", 24 * 3600),
        ("soon", None),
        ("-5", None),
        ("9" * 400, None),
        (None, None),
    ],
)
def test_the_pause_that_a_target_asks_for_is_read(header, seconds):
    now = dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.timezone.utc)
    assert wait_asked_for(header, now) == seconds


def test_a_pause_is_handed_on(receiver, parcel):
    receiver.answers = [Answer(429, headers={"Retry-After": "90"})]
    with pytest.raises(Retryable) as failed:
        deliver(receiver.url, parcel)
    assert failed.value.after == 90
