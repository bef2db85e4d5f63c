"""The contract of the web channel: sessions, messages, buttons, history, erasing."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from web_server import API, RED_FLAG, error_of, until

KEYS = {"text", "buttons", "links", "topic", "urgency", "red_flags", "sources", "reviewed"}


def events_of(body: str) -> list[tuple[str, dict]]:
    """The server-sent events of a response."""
    events = []
    for block in body.strip().split("\n\n"):
        name, data = block.split("\n")
        events.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return events


def test_a_session_is_random_and_says_how_long_its_token_lasts(server):
    answer = server.client().http.post(f"{API}/session").json()
    assert set(answer) == {"token", "session", "expires_in"}
    assert answer["session"].startswith("web-")
    assert len(answer["session"]) > 20
    assert answer["expires_in"] == 30 * 24 * 3600
    assert server.client().open().session != answer["session"]


def test_an_old_token_resumes_its_session_and_is_renewed(server, client):
    answer = client.http.post(f"{API}/session", headers=client.bearer).json()
    assert answer["session"] == client.session
    assert answer["expires_in"] == 30 * 24 * 3600


def test_an_answer_has_its_text_sources_date_and_buttons(client):
    (reply,) = client.say("what is sciatica")
    assert set(reply) <= KEYS
    assert reply["topic"] == "condition/sciatica"
    assert reply["text"].startswith("Sciatica is pain")
    assert {"title", "year", "url"} == set(reply["sources"][0])
    assert set(reply["buttons"][0]) == {"title", "payload"}
    assert reply["reviewed"]
    assert "urgency" not in reply


def test_the_same_comes_as_server_sent_events(client):
    answer = client.post({"Accept": "text/event-stream"}, text="what is sciatica", message_id="one")
    assert answer.headers["content-type"].startswith("text/event-stream")
    *replies, done = events_of(answer.text)
    assert done == ("done", {})
    assert [name for name, _ in replies] == ["reply"]
    assert replies[0][1]["topic"] == "condition/sciatica"
    assert client.post(text="what is sciatica", message_id="one").json() == {"replies": [replies[0][1]]}


def test_two_questions_are_two_events(client):
    answer = client.post({"Accept": "text/event-stream"}, text="what is sciatica? and should i rest?")
    assert [name for name, _ in events_of(answer.text)] == ["reply", "reply", "done"]


def test_the_conversation_goes_on(client):
    client.say("does massage help")
    (reply,) = client.say("is that safe?")
    assert reply["topic"] == "treatment/massage"


def test_the_same_message_id_gets_the_same_replies_and_no_second_turn(client):
    first = client.post(text="what is sciatica", message_id="again-1").json()
    again = client.post(text="what is sciatica", message_id="again-1").json()
    assert again == first
    assert [turn["from"] for turn in client.history()] == ["patient", "bot"]


def test_the_same_message_id_at_the_same_time_runs_one_turn(server, client):
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda _: client.post(text="does massage help", message_id="twice").json(), range(6))
        )
    assert all(answer == answers[0] for answer in answers)
    assert [turn["from"] for turn in client.history()] == ["patient", "bot"]


def test_the_same_message_id_in_another_session_is_another_message(server, client):
    other = server.client().open()
    client.post(text="what is sciatica", message_id="mine")
    answer = other.post(text="does massage help", message_id="mine").json()
    assert answer["replies"][0]["topic"] == "treatment/massage"


def test_several_messages_are_answered_in_the_order_sent_without_long_waits(client):
    texts = ["what is sciatica", "does massage help", "should i rest", "what causes back pain"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda text: client.post(text=text, message_id=str(uuid.uuid4())), texts))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert max(answer.elapsed.total_seconds() for answer in answers) < 2.5, (
        "looking once a second takes over 3"
    )
    said = [turn["from"] for turn in client.history()]
    assert said == ["patient", "bot"] * 4


def test_a_button_leads_to_what_it_names_and_is_shown_by_its_title(client):
    (reply,) = client.say("what is sciatica")
    button = reply["buttons"][0]
    (answer,) = client.press(button)
    assert answer["topic"] == "selfcare/rest"
    assert [turn["text"] for turn in client.history() if turn["from"] == "patient"][1] == button["title"]


def test_a_button_of_an_earlier_answer_still_works_and_its_title_raises_no_alarm(client):
    (reply,) = client.say("what is sciatica")
    weakness = next(button for button in reply["buttons"] if "numbness" in button["title"].lower())
    client.say("does massage help")
    (answer,) = client.press(weakness)
    assert answer["topic"] == "worry/weakness-numbness"
    assert "urgency" not in answer


def test_what_was_said_before_a_button_is_remembered_after_it(client):
    client.say("i take a blood thinner. what is sciatica")
    (button,) = client.history()[-1]["buttons"][:1]
    client.press(button)
    *_, last = client.say("i have just hit my head")
    assert last.get("urgency") == "emergency", last["text"]


def test_the_offers_of_the_greeting_work_in_any_session(client):
    settings = client.http.get(f"{API}/settings").json()
    assert settings["greeting_offers"]
    for offer in settings["greeting_offers"]:
        (reply, *_) = client.press(offer)
        assert reply["topic"]


def test_settings_are_the_clinics_own_facts(client, project):
    clinic = project.clinic()
    answer = client.http.get(f"{API}/settings")
    settings = answer.json()
    assert set(settings) == {
        "clinic", "phone", "emergency", "crisis", "privacy", "greeting", "greeting_offers",
    }  # fmt: skip
    assert (settings["clinic"], settings["phone"]) == (clinic.name, clinic.phone)
    assert settings["emergency"] == clinic.emergency
    assert settings["privacy"] == clinic.privacy_url
    assert clinic.emergency in settings["greeting"]
    assert "max-age" in answer.headers["cache-control"]


def test_an_urgent_reply_says_so_and_names_its_flags(client):
    (reply,) = client.say(RED_FLAG)
    assert reply["urgency"] == "emergency"
    assert reply["red_flags"]
    assert "911" in reply["text"].splitlines()[0]
    (after,) = client.press(reply["buttons"][0])
    assert "urgency" not in after


@pytest.mark.parametrize(
    "before",
    [
        [], ["does massage help"], ["tablets"], ["what is the weather"], ["check my symptoms"],
        ["check my symptoms", "back"], ["/restart"], [RED_FLAG], ["x" * 1990],
    ],
    ids=lambda before: " then ".join(text[:20] for text in before) or "at the start",
)  # fmt: skip
def test_a_red_flag_is_answered_first_in_every_state(client, before):
    for text in before:
        client.say(text)
    reply, *_ = client.say(RED_FLAG)
    assert reply["urgency"] == "emergency"


def test_the_clinics_own_addresses_in_a_text_are_links(client, project):
    replies = client.say("how do i book an appointment")
    links = [link for reply in replies for link in reply.get("links", [])]
    assert {"title": "Book a visit", "url": project.clinic().booking_url} in links


def test_history_gives_back_all_turns_with_buttons_that_work(client):
    (reply,) = client.say("what is sciatica")
    client.say(RED_FLAG)
    turns = client.history()
    assert [turn["from"] for turn in turns] == ["patient", "bot", "patient", "bot"]
    shown = {key: value for key, value in turns[1].items() if key not in ("from", "at")}
    assert shown == reply
    assert turns[3]["urgency"] == "emergency"
    assert turns[0]["at"].endswith("Z")
    assert turns[0]["at"] <= turns[1]["at"]
    assert client.press(turns[1]["buttons"][0])


def test_a_new_session_has_no_history(client):
    assert client.history() == []


def test_erasing_deletes_the_conversation_and_what_was_sent(server, client):
    import sqlite3

    client.post(text="what is sciatica about ottilie", message_id="erase-me")
    answer = client.http.request("DELETE", f"{API}/session", headers=client.bearer)
    assert answer.status_code == 200
    assert client.history() == []
    stored = sqlite3.connect(server.database)
    assert stored.execute("select count(*) from events where sender_id = ?", [client.session]).fetchone() == (
        0,
    )
    assert "ottilie" not in "\n".join(stored.iterdump())


def test_erasing_twice_is_no_error(client):
    for _ in range(2):
        assert client.http.request("DELETE", f"{API}/session", headers=client.bearer).status_code == 200


def test_a_turn_is_finished_and_stored_though_the_client_has_gone(server, client):
    import socket
    from urllib.parse import urlsplit

    body = json.dumps({"text": "what is sciatica", "message_id": "left"})
    at = urlsplit(server.url)
    with socket.create_connection((at.hostname, at.port), timeout=5) as gone:
        gone.sendall(
            f"POST {API}/messages HTTP/1.1\r\nHost: {at.netloc}\r\nAuthorization: Bearer {client.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
    turns = until(lambda: client.history(), what="the turn")
    assert [turn["from"] for turn in turns] == ["patient", "bot"]
    again = client.post(text="what is sciatica", message_id="left").json()
    assert again["replies"][0]["topic"] == "condition/sciatica"
    assert len(client.history()) == 2


def test_triage_events_are_recorded_without_words(server, client):
    import sqlite3

    client.say(f"ottilie says {RED_FLAG}")

    def recorded():
        with sqlite3.connect(server.database) as stored:
            return stored.execute("select tier, channel, sender from triage_event").fetchall()

    events = until(recorded, what="the event")
    assert ("emergency", "web") in [event[:2] for event in events]
    assert client.session not in str(events)


def test_a_message_may_do_without_an_id(client):
    assert client.post(text="what is sciatica").json()["replies"][0]["topic"] == "condition/sciatica"


def test_wrong_methods_and_paths_are_refused_in_json(client):
    assert error_of(client.http.get(f"{API}/messages"))["code"] == "method_not_allowed"
    assert error_of(client.http.get(f"{API}/nothing"))["code"] == "not_found"


@pytest.mark.parametrize(
    "path",
    ["/webhooks/rest/webhook", "/webhooks/web/webhook", "/conversations/x/tracker", "/model", "/socket.io/"],
)
def test_rasas_own_http_api_is_off(client, path):
    assert client.http.get(path).status_code == 404
    assert client.http.post(path, json={"sender": "x", "message": "hi"}).status_code == 404
