"""A part of the engine fails inside a running server."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from in_time import first_reply, is_failsafe
from serve_with_fault import TRIGGER
from web_server import RED_FLAG, error_of, until

BREAKS_AN_ACTION = f"say that simpler {TRIGGER}"
BREAKS_A_COMPONENT = f"what is sciatica {TRIGGER}"
STOPS_IN = 10


@pytest.fixture(scope="module")
def raising_component(serving):
    return serving(fault="component_raises")


@pytest.fixture(scope="module", params=["action_raises", "action_hangs", "action_blocks"])
def broken_action(request, serving):
    return serving(fault=request.param)


def test_a_component_that_raises_gives_the_failsafe_text_and_the_next_message_its_answer(raising_component):
    client = raising_component.client().open()
    assert is_failsafe(first_reply(client, BREAKS_A_COMPONENT))
    assert first_reply(client, "what is sciatica")["topic"] == "condition/sciatica"


def test_a_component_that_raises_silences_no_red_flag_and_logs_no_words(raising_component):
    reply = first_reply(raising_component.client().open(), f"{RED_FLAG} {TRIGGER}")
    assert reply["urgency"] == "emergency"
    assert TRIGGER not in raising_component.log


def test_a_broken_action_gives_the_failsafe_text_and_the_next_message_its_answer(broken_action):
    client = broken_action.client().open()
    client.say("what is sciatica")
    assert is_failsafe(first_reply(client, BREAKS_AN_ACTION))
    assert first_reply(client, "what is sciatica")["topic"] == "condition/sciatica"
    assert TRIGGER not in broken_action.log


def test_a_broken_action_silences_no_red_flag(broken_action):
    client = broken_action.client().open()
    client.say("what is sciatica")
    with ThreadPoolExecutor(2) as pool:
        pool.submit(client.post, text=BREAKS_AN_ACTION)
        urgent = pool.submit(first_reply, client, RED_FLAG)
    assert urgent.result()["urgency"] == "emergency"


def test_a_broken_action_of_one_patient_slows_no_other(broken_action):
    patients = [broken_action.client().open() for _ in range(4)]
    other = broken_action.client().open()
    for one in patients:
        one.say("what is sciatica")
    with ThreadPoolExecutor(4) as pool:
        broken = [pool.submit(one.post, text=BREAKS_AN_ACTION) for one in patients]
        started = time.monotonic()
        assert other.say("does massage help")[0]["topic"] == "treatment/massage"
        assert time.monotonic() - started < 2
        assert all(is_failsafe(one.result().json()["replies"][0]) for one in broken)


def test_what_comes_in_while_the_server_stops_is_told_so_and_a_red_flag_gets_its_urgent_text(serving):
    server = serving(fault="action_blocks")
    slow, plain, urgent = (server.client().open() for _ in range(3))
    for one in (slow, plain, urgent):
        one.say("what is sciatica")
    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(slow.post, text=BREAKS_AN_ACTION)
        until(running.running)
        server.client().open().say("what is sciatica")  # by then the other has begun
        stopping = pool.submit(server.stop)
        until(lambda: server.client().http.get("/health/ready").status_code == 503, what="the stop")
        refused = plain.post(text="does massage help", message_id="plain")
        assert refused.status_code == 503
        assert error_of(refused)["code"] == "restarting"
        assert refused.headers["connection"] == "close"
        (reply,) = urgent.say(RED_FLAG)
        assert reply["urgency"] == "emergency"
        assert is_failsafe(running.result().json()["replies"][0])
        assert stopping.result() == 0


def test_an_action_that_never_comes_back_does_not_keep_the_server_from_stopping(serving):
    server = serving(fault="action_blocks")
    client = server.client().open()
    client.say("what is sciatica")
    assert is_failsafe(first_reply(client, BREAKS_AN_ACTION))
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(client.post, text=BREAKS_AN_ACTION)
        until(running.running)
        server.client().open().say("what is sciatica")  # by then the other has begun
        started = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - started < STOPS_IN
        assert running.result().status_code in (200, 503)
