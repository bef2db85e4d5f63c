"""E-mail to a real mail server: a reference and a link, and nothing of the patient."""

import asyncio
import datetime as dt
import email
import ssl
import subprocess
import threading
import time
from email import policy
from socket import socket

import pytest
from receivers import MailReceiver

from backtalk.booking.delivery.adapter import Permanent, Retryable
from backtalk.booking.delivery.email import Email, Letterhead, SmtpServer

LETTERHEAD = Letterhead("Example Clinic", "America/New_York", "https://chat.example.org/desk")
NOW = dt.datetime(2026, 11, 20, 15, 12, tzinfo=dt.timezone.utc)


@pytest.fixture
def mailbox():
    mailbox = MailReceiver()
    yield mailbox
    mailbox.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that signs itself, made for this run."""
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", made,
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return made, key


def server_at(port, tls="none", user=None, password=None):
    return SmtpServer("127.0.0.1", port, tls, user, password, "chat@clinic.example.org")


def deliver(server, parcel, letterhead=LETTERHEAD, **options):
    asyncio.run(
        Email("desk@clinic.example.org", server, letterhead, now=lambda: NOW, **options).deliver(parcel)
    )


def read(envelope):
    return email.message_from_bytes(envelope.content, policy=policy.default)


def test_it_names_reference_age_promise_and_link(mailbox, parcel):
    deliver(server_at(mailbox.port), parcel)
    mail = read(mailbox.mails[0])
    text = mail.get_content()
    assert mail["To"] == "desk@clinic.example.org"
    assert "BT-7K3Q" in mail["Subject"]
    assert "Fri 20 Nov 2026 10:00 (12 min ago)" in text
    assert "Reply promised by: Mon 23 Nov 2026 10:00" in text
    assert "https://chat.example.org/desk/requests/BT-7K3Q" in text


def test_nothing_of_the_patient_is_in_it(mailbox, parcel, ann):
    deliver(server_at(mailbox.port), parcel)
    sent = mailbox.mails[0].content.decode()
    for said in (
        ann.name,
        "Ann",
        ann.phone,
        "555",
        ann.times,
        ann.needs,
        ann.service,
        *ann.topics,
        ann.screening,
    ):
        assert said not in sent


def test_without_a_public_address_it_names_the_command(mailbox, parcel):
    deliver(server_at(mailbox.port), parcel, Letterhead("Example Clinic", "America/New_York", None))
    assert "backtalk bookings show BT-7K3Q" in read(mailbox.mails[0]).get_content()


def test_a_repeat_has_the_same_message_id(mailbox, parcel):
    for _ in range(2):
        deliver(server_at(mailbox.port), parcel)
    first, second = (read(mail)["Message-ID"] for mail in mailbox.mails)
    assert first == second == f"<{parcel.key}@clinic.example.org>"


def test_starttls_is_used_and_the_certificate_checked(certificate, parcel):
    made, key = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    mailbox = MailReceiver(tls_context=context, require_starttls=True)
    try:
        trusting = ssl.create_default_context(cafile=made)
        deliver(server_at(mailbox.port, "starttls"), parcel, tls=trusting)
        assert len(mailbox.mails) == 1
        with pytest.raises(Retryable):
            deliver(server_at(mailbox.port, "starttls"), parcel)  # whose authority nobody knows
        assert len(mailbox.mails) == 1
    finally:
        mailbox.stop()


def test_tls_from_the_start(certificate, parcel):
    made, key = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    mailbox = MailReceiver(ssl_context=context)
    try:
        deliver(server_at(mailbox.port, "implicit"), parcel, tls=ssl.create_default_context(cafile=made))
        assert len(mailbox.mails) == 1
    finally:
        mailbox.stop()


def test_without_tls_no_password_and_no_mail_is_sent(mailbox, parcel):
    with pytest.raises(Retryable):
        deliver(server_at(mailbox.port, "starttls", "user", "secret"), parcel)
    assert not mailbox.mails


def test_a_refused_address_is_not_tried_again(mailbox, parcel):
    mailbox.refuse_with = "550 no such user Ann"
    with pytest.raises(Permanent, match=r"^refuses the address \(550\)$"):
        deliver(server_at(mailbox.port), parcel)


def test_a_full_mailbox_is_tried_again(mailbox, parcel):
    mailbox.refuse_with = "452 full"
    with pytest.raises(Retryable, match="452"):
        deliver(server_at(mailbox.port), parcel)


def test_a_server_that_is_down_is_tried_again(parcel):
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Retryable):
        deliver(server_at(port), parcel)


def test_a_server_that_says_a_word_now_and_then_is_left_in_time(parcel):
    done = threading.Event()
    with socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def drip():
            connection, _ = listening.accept()
            while not done.wait(0.1):
                try:
                    connection.sendall(b"220-wait\r\n")
                except OSError:
                    return

        threading.Thread(target=drip, daemon=True).start()
        started = time.monotonic()
        with pytest.raises(Retryable, match="no answer"):
            deliver(server_at(listening.getsockname()[1]), parcel, seconds=0.5)
        assert time.monotonic() - started < 5
        done.set()
