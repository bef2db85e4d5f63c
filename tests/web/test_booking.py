"""Asking for a visit over HTTP: what is stored where, and what comes back."""

import json
import sqlite3
import uuid

import pytest
from web_server import API, RED_FLAG, Server

SECRETS = ("Ann Featherstone", "Featherstone", "2025550187", "555-0187", "wheelchair", "Tuesdays after")
REPLIES = [
    "book physio tuesday after 4, I'm Ann Featherstone (202) 555-0187", "no", "yes", "call", "yes",
    "I use a wheelchair", "yes",
]  # fmt: skip


def said(client, *messages):
    return [client.say(message)[-1] for message in messages]


def everything_stored(server):
    """Every value of every table, as one text."""
    with sqlite3.connect(server.database) as stored:
        tables = [name for (name,) in stored.execute("select name from sqlite_master where type = 'table'")]
        return "\n".join(
            str(value)
            for table in tables
            for row in stored.execute(f'select * from "{table}"')
            for value in row
        )


def requests_stored(server):
    with sqlite3.connect(server.database) as stored:
        return [reference for (reference,) in stored.execute("select reference from booking_request")]


def test_a_request_is_stored_and_none_of_its_details_stands_anywhere_in_clear_text(server, client):
    *_, summary, stored = said(client, *REPLIES)
    assert "Ann Featherstone" in summary["text"]
    assert "We have your request, reference BT-" in stored["text"]
    assert requests_stored(server)[-1] in stored["text"]
    kept = everything_stored(server)
    for secret in SECRETS:
        assert secret not in kept, secret
        assert secret not in server.log, secret


def test_the_history_shows_that_details_were_given_and_not_which(client):
    said(client, *REPLIES)
    shown = json.dumps(client.history(), ensure_ascii=False)
    assert "[details for the booking request]" in shown
    assert "Your details were shown here" in shown
    for secret in SECRETS:
        assert secret not in shown


def test_the_same_message_again_gets_the_same_private_reply(client):
    said(client, *REPLIES[:5])
    message = {"text": "I use a wheelchair", "message_id": str(uuid.uuid4())}
    first, again = client.post(**message).json(), client.post(**message).json()
    assert first == again
    assert "Ann Featherstone" in first["replies"][-1]["text"]


def test_a_confirmation_sent_twice_is_one_request(server, client):
    said(client, *REPLIES[:-1])
    before = len(requests_stored(server))
    message = {"text": "yes", "message_id": str(uuid.uuid4())}
    first, again = client.post(**message).json(), client.post(**message).json()
    later = client.say("yes")
    assert first == again
    assert later[0]["text"] == first["replies"][0]["text"]
    assert len(requests_stored(server)) == before + 1


def test_the_form_works_by_its_buttons(client):
    (answer,) = client.say("how do i book an appointment")
    begin = next(button for button in answer["buttons"] if button["title"] == "Ask for an appointment")
    (asked,) = client.press(begin)
    massage = next(button for button in asked["buttons"] if button["title"] == "Massage")
    (asked,) = client.press(massage)
    assert "I noted: massage" in asked["text"]
    leave = next(button for button in asked["buttons"] if button["title"] == "Leave this request")
    assert "dropped the request" in client.press(leave)[0]["text"]


def test_a_red_flag_in_the_form_is_stored_in_no_request(server, client):
    said(client, *REPLIES[:5])
    (urgent,) = client.say(RED_FLAG)
    assert urgent["urgency"] == "emergency"
    assert "went numb" not in json.dumps(requests_stored(server))


def test_deleting_my_data_deletes_the_conversation_and_the_request(server, client):
    said(client, *REPLIES, "delete my data", "yes")
    (done,) = client.say("yes")
    assert "This conversation and your request are deleted" in done["text"]
    assert client.history() == []
    with sqlite3.connect(server.database) as stored:
        left = stored.execute("select count(*) from events where sender_id = ?", [client.session]).fetchone()
    assert left == (0,)


def test_the_diary_is_a_page_that_needs_no_script_and_passes_the_policy(server):
    http = server.client().http
    page = http.get("/diary")
    assert page.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert page.text.count('<th scope="row">') == 14
    assert "Call 911 now" in page.text
    assert "@page" in http.get("/diary.css").text


@pytest.fixture(scope="module")
def public(trained, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("public"), BACKTALK_PUBLIC_URL="https://chat.example.org")
    yield server.start()
    server.kill()


def test_the_answer_on_diaries_links_to_the_page_where_patients_can_reach_it(public, client):
    (linked,) = public.client().open().say("should I keep a headache diary")
    assert {"title": "A pain diary to print", "url": "https://chat.example.org/diary"} in linked["links"]
    (plain,) = client.say("should I keep a headache diary")
    assert "/diary" not in plain["text"]
    assert API not in plain["text"]
