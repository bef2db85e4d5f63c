"""The handoff section of clinic.yml and the secrets of its targets: what they give, what each fault says."""

import base64

import pytest

from backtalk.booking.delivery.email import Email, SmtpServer
from backtalk.booking.delivery.fhir import Fhir
from backtalk.booking.delivery.secrets import fhir_token, smtp_server, webhook_secrets
from backtalk.booking.delivery.targets import make_adapters, reference_system
from backtalk.booking.delivery.webhook import Webhook
from backtalk.clinic import ClinicFileError, load_clinic
from backtalk.handoff import Target
from backtalk.settings import SettingsError

ONE, TWO = (b"%d secret of more than 24 bytes" % number for number in (1, 2))
WHOLE = """
handoff:
  reply_within: 2 working days
  reply_hours: 48
  consent_version: 2026-11
  deliver:
  - {kind: email, to: desk@clinic.example.org}
  - {kind: webhook, name: crm, url: "https://crm.example.org/hook"}
  - {kind: fhir, url: "http://localhost:8080/fhir"}
"""


def shared(secret):
    return "whsec_" + base64.b64encode(secret).decode()


@pytest.fixture
def load(project, tmp_path):
    """`load("handoff: …")` is the shipped clinic file with this section in place of its own."""
    shipped = project.clinic_file.read_text(encoding="utf-8")
    kept = shipped.split("\nhandoff:")[0]

    def read(section):
        file = tmp_path / "clinic.yml"
        file.write_text(f"{kept}\n{section}", encoding="utf-8")
        return load_clinic(file)

    return read


def test_the_section_may_be_left_out(load):
    handoff = load("").handoff
    assert (handoff.reply_within, handoff.reply_hours, handoff.deliver) == ("1 working day", 24, ())


def test_the_shipped_clinic_delivers_nowhere(shipped_clinic):
    assert shipped_clinic.handoff.deliver == ()
    assert make_adapters(shipped_clinic, None, {}) == {}


def test_a_whole_section_makes_an_adapter_for_each_target(load):
    clinic = load(WHOLE)
    environment = {
        "BACKTALK_SMTP_URL": "smtps://user:p%40ss@mail.example.org",
        "BACKTALK_WEBHOOK_SECRET": shared(ONE),
    }
    adapters = make_adapters(clinic, "https://chat.example.org", environment)
    assert {name: type(adapter) for name, adapter in adapters.items()} == {
        "email": Email, "crm": Webhook, "fhir": Fhir,
    }  # fmt: skip
    assert clinic.placeholders()["reply_within"] == "2 working days"
    assert clinic.handoff.consent_version == "2026-11"
    assert reference_system(clinic) == "https://clinic.example.org/backtalk/booking-reference"


def test_bookings_are_kept_as_long_as_conversations_unless_said_otherwise(load):
    assert load("").days_bookings_are_kept == 30
    assert load("booking_retention_days: 90").days_bookings_are_kept == 90


@pytest.mark.parametrize(
    ("section", "key", "expected"),
    [
        ("handoff: {replies: soon}", "handoff.replies", "Known keys: consent_version, deliver, reply_hours"),
        ("handoff: {reply_hours: soon}", "handoff.reply_hours", "integer"),
        ("handoff: {reply_hours: 0}", "handoff.reply_hours", "1 to 720"),
        ("handoff: {reply_within: ''}", "handoff.reply_within", "short text"),
        ("booking_retention_days: 0", "booking_retention_days", "1 to 3650"),
        ("handoff: {deliver: [{kind: pigeon}]}", "handoff.deliver.0.kind", "one of email, webhook, fhir"),
        ("handoff: {deliver: [{to: a@b.org}]}", "handoff.deliver.0.kind", "missing. Add a line 'kind: …'"),
        ("handoff: {deliver: [{kind: email}]}", "handoff.deliver.0", "to: desk@clinic.org"),
        ("handoff: {deliver: [{kind: email, to: desk}]}", "handoff.deliver.0", "to: desk@clinic.org"),
        ("handoff: {deliver: [{kind: webhook}]}", "handoff.deliver.0", "url: https://"),
        ("handoff: {deliver: [{kind: webhook, url: 'http://a.org'}]}", "handoff.deliver.0", "url: https://"),
        ("handoff: {deliver: [{kind: fhir, url: 'https://u:p@a.org'}]}", "handoff.deliver.0", "password"),
        ("handoff: {deliver: [{kind: fhir, url: 'https://a.org:x'}]}", "handoff.deliver.0", "url: https://"),
        ("handoff: {deliver: [{kind: email, to: a@b.org, name: A B}]}", "handoff.deliver.0", "short name"),
        (
            "handoff: {deliver: [{kind: email, to: a@b.org, secret: x}]}",
            "handoff.deliver.0.secret",
            "unknown",
        ),
        (
            "handoff: {deliver: [{kind: email, to: a@b.org}, {kind: email, to: c@b.org}]}",
            "handoff.deliver",
            "two targets are named 'email'",
        ),
    ],
)
def test_a_fault_names_the_key_and_what_is_expected(load, section, key, expected):
    with pytest.raises(ClinicFileError) as error:
        load(section)
    (line,) = error.value.problems
    assert f"clinic.yml: {key}: " in line
    assert expected in line


def email_target(**environment):
    return smtp_server("hello@clinic.example.org", environment)


def test_a_mail_server_is_read_with_its_password_and_port():
    assert email_target(BACKTALK_SMTP_URL="smtp://us%40er:p%3Ass@mail.example.org") == SmtpServer(
        "mail.example.org", 587, "starttls", "us@er", "p:ss", "hello@clinic.example.org"
    )
    assert email_target(BACKTALK_SMTP_URL="smtps://mail.example.org:4650").tls == "implicit"
    assert email_target(BACKTALK_SMTP_URL="smtp://localhost:1025").tls == "none"
    assert "secret" not in repr(email_target(BACKTALK_SMTP_URL="smtps://user:secret@mail.example.org"))


@pytest.mark.parametrize(
    "url", ["", "mail.example.org", "http://mail.example.org", "smtp://", "smtp://mail:port", "smtp://[::"]
)
def test_a_bad_mail_server_is_named(url):
    with pytest.raises(SettingsError, match="BACKTALK_SMTP_URL"):
        email_target(BACKTALK_SMTP_URL=url)


@pytest.mark.parametrize("sender", ["nobody", "a@b.org\r\nBcc: c@d.org", "Ann <a@b.org>"])
def test_a_bad_sender_is_named(sender):
    with pytest.raises(SettingsError, match="BACKTALK_SMTP_FROM"):
        email_target(BACKTALK_SMTP_URL="smtp://localhost", BACKTALK_SMTP_FROM=sender)


HOOK = Target(kind="webhook", name="crm", url="https://crm.example.org")
NAMES = ("crm", "other")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (shared(ONE), [ONE]),
        (f"{shared(TWO)} {shared(ONE)}", [TWO, ONE]),
        (f"crm={shared(ONE)},other={shared(TWO)}", [ONE]),
        (f"other={shared(TWO)}, {shared(ONE)}", [ONE]),
    ],
)
def test_secrets_are_for_all_targets_or_for_one(given, expected):
    assert webhook_secrets(HOOK, NAMES, {"BACKTALK_WEBHOOK_SECRET": given}) == expected


@pytest.mark.parametrize(
    "given", ["", "password", "whsec_", "whsec_c2hvcnQ=", f"other={shared(ONE)}", f"cmr={shared(ONE)}"]
)
def test_a_missing_or_bad_secret_is_named_and_not_shown(given):
    with pytest.raises(SettingsError, match="BACKTALK_WEBHOOK_SECRET") as refused:
        webhook_secrets(HOOK, NAMES, {"BACKTALK_WEBHOOK_SECRET": given})
    assert "crm" in str(refused.value)
    assert not given or given == "whsec_" or given not in str(refused.value)


def test_a_fhir_server_may_do_without_a_token():
    server = Target(kind="fhir", name="fhir", url="https://fhir.example.org")
    assert fhir_token(server, ("fhir",), {}) is None
    assert fhir_token(server, ("fhir",), {"BACKTALK_FHIR_TOKEN": "abc=="}) == "abc=="
    assert fhir_token(server, ("fhir", "b"), {"BACKTALK_FHIR_TOKEN": "b=no,fhir=yes"}) == "yes"
    with pytest.raises(SettingsError, match="BACKTALK_FHIR_TOKEN"):
        fhir_token(server, ("fhir",), {"BACKTALK_FHIR_TOKEN": "a\nb"})
