"""Only Twilio's requests are taken, and what is refused says why."""

import json
import uuid
from urllib.parse import urlencode

import pytest
from phone import ACCOUNT, OUR_NUMBER, PUBLIC_URL, SETTINGS, STATUS, WEBHOOK, messages_of, new_sid, rows, sign
from web_server import Server, error_of


def test_a_missing_signature_is_refused(phone):
    fields = phone.fields("what is sciatica")
    answer = phone.http.post(WEBHOOK, data=fields)
    assert answer.status_code == 403
    assert error_of(answer)["code"] == "bad_signature"


@pytest.mark.parametrize("signature", ["", "x", "ä", "A" * 28, "0" * 3000], ids=len)
def test_a_forged_signature_is_refused(phone, signature):
    fields = phone.fields("what is sciatica")
    headers = [(b"X-Twilio-Signature", signature.encode("latin-1"))]
    content = urlencode(fields)
    answer = phone.http.post(WEBHOOK, content=content, headers=headers)
    assert answer.status_code in (400, 403)


@pytest.mark.parametrize("change", [{"Body": "other words"}, {"Extra": ""}, {"From": "+12025550199"}])
def test_a_request_that_was_changed_is_refused(phone, change):
    fields = phone.fields("what is sciatica")
    signature = sign(WEBHOOK, fields)
    answer = phone.post({**fields, **change}, **{"X-Twilio-Signature": signature})
    assert answer.status_code == 403


def test_another_token_is_refused(phone):
    fields = phone.fields("hi")
    answer = phone.post(fields, **{"X-Twilio-Signature": sign(WEBHOOK, fields, "another token")})
    assert answer.status_code == 403


def test_a_signature_for_another_address_is_refused(phone):
    fields = phone.fields("hi")
    answer = phone.post(fields, **{"X-Twilio-Signature": sign(STATUS, fields)})
    assert answer.status_code == 403


def test_the_query_is_part_of_what_is_signed(phone):
    path = f"{WEBHOOK}?clinic=north&x="
    assert messages_of(phone.post(phone.fields("what is sciatica"), path))


def test_a_field_given_twice_is_refused(phone):
    fields = phone.fields("what is sciatica")
    content = f"{urlencode(fields)}&Body=other"
    headers = {"X-Twilio-Signature": sign(WEBHOOK, fields)}
    assert phone.http.post(WEBHOOK, content=content, headers=headers).status_code == 403


def test_refusals_are_counted_and_run_no_turn(server, phone):
    before = rows(server.database, "select count(*) from events")
    phone.http.post(WEBHOOK, data=phone.fields("what is sciatica"))
    assert rows(server.database, "select count(*) from events") == before
    assert 'backtalk_refused_total{code="bad_signature"}' in phone.http.get("/metrics").text


def test_another_account_is_refused(phone):
    answer = phone.post({**phone.fields("hi"), "AccountSid": "AC" + "1" * 32})
    assert (answer.status_code, error_of(answer)["code"]) == (403, "wrong_account")


@pytest.mark.parametrize("to", ["+12025550144", "", "whatsapp:+12025550144", "nobody"])
def test_a_text_for_another_number_is_refused(phone, to):
    answer = phone.post({**phone.fields("hi"), "To": to})
    assert (answer.status_code, error_of(answer)["code"]) == (403, "wrong_number")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"MessageSid": "", "SmsMessageSid": ""}, "no_message_sid"),
        ({"MessageSid": "x" * 65}, "no_message_sid"),
        ({"MessageSid": "a'; drop table events; --"}, "no_message_sid"),
        ({"From": ""}, "no_sender"),
    ],
)
def test_a_form_that_is_no_text_is_refused(phone, change, code):
    answer = phone.post({**phone.fields("hi"), **change})
    assert (answer.status_code, error_of(answer)["code"]) == (400, code)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"{}", b"&&&==", b"%zz=%f", b"a=" + b"b" * 60_000])
def test_no_body_breaks_it(phone, body):
    answer = phone.http.post(WEBHOOK, content=body, headers={"X-Twilio-Signature": "x"})
    assert answer.status_code == 403
    assert error_of(answer)["code"] == "bad_signature"


def test_too_many_fields_and_too_large_a_body_are_refused(phone):
    many = "&".join(f"f{n}=" for n in range(600)).encode()
    assert error_of(phone.http.post(WEBHOOK, content=many))["code"] == "bad_form"
    assert error_of(phone.http.post(WEBHOOK, content=b"a=" + b"b" * 70_000))["code"] == "too_large"


def test_undecodable_bytes_are_read_as_far_as_they_go(phone):
    fields = phone.fields("what is sciatica �")
    content = urlencode(fields).replace("%EF%BF%BD", "%FF")
    headers = {"X-Twilio-Signature": sign(WEBHOOK, fields)}
    (said,) = messages_of(phone.http.post(WEBHOOK, content=content, headers=headers))
    assert said.startswith("Sciatica")


def test_only_post_is_taken(phone):
    for path in (WEBHOOK, STATUS):
        answer = phone.http.get(path, params=phone.fields("hi"))
        assert (answer.status_code, error_of(answer)["code"]) == (405, "method_not_allowed")


def report(sid: str, state: str, **more: str) -> dict[str, str]:
    return {
        "MessageSid": sid, "SmsSid": sid, "MessageStatus": state, "SmsStatus": state, "AccountSid": ACCOUNT,
        "From": OUR_NUMBER, "To": "+12025550177", "ApiVersion": "2010-04-01",
    } | more  # fmt: skip


def test_reports_on_our_texts_are_stored_and_only_go_forward(server, phone):
    sid = new_sid()
    for state in ("queued", "sent", "delivered", "sending", "sent"):
        assert phone.post(report(sid, state), STATUS).status_code == 204
    stored = rows(server.database, "select state, error, sender from sms_delivery where sid = ?", sid)
    assert [row[:2] for row in stored] == [("delivered", None)]
    assert stored[0][2].startswith("sms-")
    counted = 'backtalk_text_deliveries_total{code="none",state="delivered"} 1.0'
    assert counted in phone.http.get("/metrics").text


def test_a_failed_text_is_stored_with_its_code_logged_and_counted(server, phone):
    sid = new_sid()
    assert phone.post(report(sid, "undelivered", ErrorCode="30007"), STATUS).status_code == 204
    assert rows(server.database, "select state, error from sms_delivery where sid = ?", sid) == [
        ("undelivered", "30007")
    ]
    counted = 'backtalk_text_deliveries_total{code="30007",state="undelivered"} 1.0'
    assert counted in phone.http.get("/metrics").text
    lines = [json.loads(line) for line in server.log.splitlines() if "text not delivered" in line]
    assert lines[-1]["code"] == "30007"
    assert lines[-1]["level"] == "warning"


def test_an_urgent_text_that_failed_is_an_error_in_the_log(server, phone):
    from xml.etree import ElementTree

    answer = phone.post(phone.fields("i have crushing chest pain and my left arm is numb"))
    (message,) = ElementTree.fromstring(answer.text)
    path = message.attrib["action"].removeprefix(PUBLIC_URL)
    assert phone.post(report(new_sid(), "failed", ErrorCode="21610"), path).status_code == 204
    lines = [json.loads(line) for line in server.log.splitlines() if "text not delivered" in line]
    assert (lines[-1]["level"], lines[-1]["urgent"]) == ("error", True)


@pytest.mark.parametrize("state", ["", "flying", "x" * 5000])
def test_a_state_that_twilio_does_not_have_is_stored_as_other(server, phone, state):
    sid = new_sid()
    assert phone.post(report(sid, state), STATUS).status_code == 204
    assert rows(server.database, "select state from sms_delivery where sid = ?", sid) == [("other",)]


def test_reports_are_refused_without_a_signature_and_for_other_numbers(phone):
    assert phone.http.post(STATUS, data=report(new_sid(), "sent")).status_code == 403
    answer = phone.post(report(new_sid(), "sent", From="+12025550100"), STATUS)
    assert error_of(answer)["code"] == "wrong_number"


def test_without_twilios_settings_the_channel_is_off_and_the_log_says_so(trained, tmp_path):
    server = Server(tmp_path).start()
    try:
        client = server.client()
        assert client.http.post(WEBHOOK, data={"Body": "hi"}).status_code == 404
        assert client.http.post(STATUS, data={"Body": "hi"}).status_code == 404
        assert "texts are off" in server.log
    finally:
        server.kill()


def test_half_of_the_settings_stop_the_start_with_a_line_that_names_what_is_missing(refused_start):
    settings = {name: value for name, value in SETTINGS.items() if name != "TWILIO_AUTH_TOKEN"}
    assert "TWILIO_AUTH_TOKEN is not set, but TWILIO_" in refused_start("--port", "0", **settings)
    settings = {name: value for name, value in SETTINGS.items() if name != "BACKTALK_PUBLIC_URL"}
    assert "BACKTALK_PUBLIC_URL is not set" in refused_start("--port", "0", **settings)


def test_no_number_and_no_word_is_in_the_log_or_the_database(server, new_phone):
    phone = new_phone(number="+12025550187")
    word = f"ottilie{uuid.uuid4().hex[:6]}"
    phone.send(f"{word} asks what is sciatica", ProfileName="Marjorie Quimby", FromCity="POUGHKEEPSIE")
    phone.send("STOP")
    phone.send(f"{word} again")
    phone.send("START")
    phone.post(report(new_sid(), "failed", To=phone.number), STATUS)
    phone.http.post(WEBHOOK, data=phone.fields(word))
    import sqlite3

    with sqlite3.connect(server.database) as connection:
        names = connection.execute("select name from sqlite_master where type = 'table'")
        tables = [name for (name,) in names]
        stored = {table: str(connection.execute(f"select * from {table}").fetchall()) for table in tables}
    digits = phone.number.removeprefix("+1")
    for secret in (digits, "Quimby", "POUGHKEEPSIE", SETTINGS["TWILIO_AUTH_TOKEN"]):
        assert secret not in server.log
        assert [table for table, text in stored.items() if secret in text] == []
    assert word not in server.log
    assert [table for table, text in stored.items() if word in text] == ["events"]
