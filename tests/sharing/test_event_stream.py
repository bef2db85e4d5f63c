"""Events go to Rasa's own brokers, and no turn waits for or fails with one."""

from __future__ import annotations

import json
import sqlite3
import time

import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig
from web_server import ROOT, Server, linked_project, until

from backtalk.engine.event_stream import MOST_WAITING, EventStream, event_stream
from backtalk.errors import CommandError
from backtalk.project import Project

EVENTS = [{"sender_id": "web-1", "event": "user", "text": str(number)} for number in range(50)]


class Broken(EventBroker):
    """Fails at every second event."""

    sent: list[dict] = []  # noqa: RUF012

    @classmethod
    async def from_endpoint_config(cls, broker_config, event_loop=None):
        return cls()

    def publish(self, event) -> None:
        if int(event["text"]) % 2:
            raise ConnectionError("broken")
        self.sent.append(event)


def sent_through(config: EndpointConfig, loop, count_error=lambda where: None) -> None:
    stream = EventStream(config, count_error)
    stream.start()
    for event in EVENTS:
        stream.publish(event)
    loop.run_until_complete(stream.close())


def test_a_file_broker_gets_all_events_in_order(tmp_path, loop):
    sent_through(EndpointConfig(type="file", path=str(tmp_path / "events.log")), loop)
    written = (tmp_path / "events.log").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in written] == EVENTS


def test_an_sql_broker_gets_all_events_in_order(tmp_path, loop):
    sent_through(EndpointConfig(type="sql", dialect="sqlite", db=str(tmp_path / "events.db")), loop)
    with sqlite3.connect(tmp_path / "events.db") as stored:
        rows = stored.execute("select data from events order by id").fetchall()
    assert [json.loads(data) for (data,) in rows] == EVENTS


def test_an_event_that_a_broker_refuses_holds_up_no_other(loop):
    errors: list[str] = []
    sent_through(EndpointConfig(type=f"{__name__}.Broken"), loop, errors.append)
    assert [event["text"] for event in Broken.sent] == [str(number) for number in range(0, 50, 2)]
    assert errors == ["broker"] * 25


def test_a_broker_that_is_not_there_costs_no_turn_any_time_and_no_memory_without_end(loop):
    errors: list[str] = []
    config = EndpointConfig("127.0.0.1", type="pika", port=1, connection_attempts=1, queues=["q"])
    stream = EventStream(config, errors.append)
    stream.start()
    started = time.monotonic()
    for number in range(MOST_WAITING + 5):
        stream.publish({"text": str(number)})
    assert time.monotonic() - started < 2
    until(lambda: len(errors) == 6, what="the errors")


def test_an_unknown_kind_is_refused_by_name(tmp_path):
    (tmp_path / "endpoints.yml").write_text("event_broker:\n  type: pidgeon\n", encoding="utf-8")
    with pytest.raises(CommandError, match="'pidgeon'"):
        event_stream(Project(tmp_path), lambda where: None)


def test_without_the_setting_nothing_is_streamed():
    assert event_stream(Project(ROOT), lambda where: None) is None


def test_a_server_streams_what_it_stored(trained, tmp_path):
    project = linked_project(tmp_path / "project", "endpoints.yml")
    file = tmp_path / "events.log"
    settings = f"event_broker:\n  type: file\n  path: {file}\n"
    (project / "endpoints.yml").write_text(settings, encoding="utf-8")
    server = Server(tmp_path, project).start()
    try:
        client = server.client().open()
        client.say("what is sciatica")

        def streamed():
            events = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
            return [event for event in events if event["event"] in ("user", "bot")]

        until(lambda: len(streamed()) == 2, what="both events")
        assert {event["sender_id"] for event in streamed()} == {client.session}
        assert streamed()[0]["text"] == "what is sciatica"
        assert "what patients write goes to an event broker" in server.log
    finally:
        server.kill()
