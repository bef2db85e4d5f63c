"""`backtalk sms` against a server that checks signatures as Twilio's own library does."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator

import pytest
from aiohttp import web
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

PUBLIC_URL = "https://chat.example.org"
ENVIRONMENT = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "made-up-token",
    "TWILIO_NUMBER": "+12025550143, +12025550144",
    "BACKTALK_PUBLIC_URL": PUBLIC_URL,
}


class StandIn:
    """A webhook in a thread: says what it was sent, in as many messages as the text has words."""

    def __init__(self) -> None:
        self.received: list[dict[str, str]] = []
        self.status = 200
        self.body: str | None = None
        self.code = "bad_signature"
        self.started = threading.Event()
        self.loop = asyncio.new_event_loop()
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        fields = {key: str(value) for key, value in (await request.post()).items()}
        self.received.append(fields)
        signature = request.headers["X-Twilio-Signature"]
        validator = RequestValidator(ENVIRONMENT["TWILIO_AUTH_TOKEN"])
        assert validator.validate(PUBLIC_URL + request.path, fields, signature)
        if self.status != 200:
            told = {"error": {"code": self.code, "message": "No."}}
            return web.json_response(told, status=self.status)
        if self.body is not None:
            return web.Response(text=self.body, content_type="text/xml")
        twiml = MessagingResponse()
        for word in fields["Body"].split():
            twiml.message(f"You said: {word} & more.")
        return web.Response(text=str(twiml), content_type="text/xml")

    def run(self) -> None:
        asyncio.set_event_loop(self.loop)

        async def start() -> None:
            app = web.Application()
            app.router.add_post("/webhooks/sms/webhook", self.answer)
            self.runner = web.AppRunner(app)
            await self.runner.setup()
            site = web.TCPSite(self.runner, "127.0.0.1", 0)
            await site.start()
            port = self.runner.addresses[0][1]
            self.url = f"http://127.0.0.1:{port}"
            self.started.set()

        self.loop.run_until_complete(start())
        self.loop.run_forever()
        self.loop.run_until_complete(self.runner.cleanup())


@pytest.fixture
def server(monkeypatch) -> Iterator[StandIn]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    standing = StandIn()
    thread = threading.Thread(target=standing.run, daemon=True)
    thread.start()
    assert standing.started.wait(10)
    yield standing
    standing.loop.call_soon_threadsafe(standing.loop.stop)
    thread.join(10)


@pytest.fixture
def script(tmp_path):
    def write(*lines: str) -> str:
        file = tmp_path / "script.txt"
        file.write_text("\n".join(lines), encoding="utf-8")
        return str(file)

    return write


def test_each_line_of_a_script_is_sent_signed_and_shown_with_what_it_costs(backtalk, server, script):
    file = script("# a comment", "", "hello", "  heat or ice  ")
    result = backtalk("sms", "--url", server.url, "--script", file)
    assert (result.code, result.err) == (0, "")
    assert [fields["Body"] for fields in server.received] == ["hello", "heat or ice"]
    assert "You said: hello & more." in result.out
    assert result.out.count("1 part, 22 characters, GSM-7") >= 1
    assert len({fields["MessageSid"] for fields in server.received}) == 2


def test_a_text_looks_like_twilios(backtalk, server, script):
    backtalk("sms", "--url", server.url, "--script", script("hi"))
    fields = server.received[0]
    assert fields["From"] == "+12025550199"
    assert fields["To"] == "+12025550143"  # the first of our numbers
    assert fields["AccountSid"] == ENVIRONMENT["TWILIO_ACCOUNT_SID"]
    assert fields["MessageSid"].startswith("SM")
    assert len(fields["MessageSid"]) == 34
    assert "" in fields.values()


def test_a_text_through_whatsapp_says_so_on_both_ends(backtalk, server, script):
    options = ["--whatsapp", "--from", "+447700900123"]
    backtalk("sms", "--url", server.url, *options, "--script", script("hi"))
    fields = server.received[0]
    assert (fields["From"], fields["To"]) == ("whatsapp:+447700900123", "whatsapp:+12025550143")


def test_json_has_one_object_for_each_text(backtalk, server, script):
    result = backtalk("sms", "--url", server.url, "--script", script("heat ice", "José"), "--json")
    first, second = [json.loads(line) for line in result.out.splitlines()]
    assert list(first) == ["text", "messages", "parts", "characters", "encoding", "ms"]
    assert first["messages"] == ["You said: heat & more.", "You said: ice & more."]
    assert (first["parts"], first["encoding"]) == (2, "GSM-7")
    assert second["encoding"] == "GSM-7"  # é is in the SMS alphabet
    assert first["ms"] > 0


def test_a_server_that_stays_silent_is_shown_as_such(backtalk, server, script):
    server.body = "<Response/>"
    result = backtalk("sms", "--url", server.url, "--script", script("hi"))
    assert result.code == 0
    assert "(no reply" in result.out


@pytest.mark.parametrize("missing", list(ENVIRONMENT))
def test_a_variable_that_is_not_set_is_named(backtalk, server, script, monkeypatch, missing):
    monkeypatch.delenv(missing)
    result = backtalk("sms", "--url", server.url, "--script", script("hi"))
    assert result.code == 1
    assert result.err.startswith(f"backtalk sms: {missing} not set.")
    assert len(result.err.splitlines()) == 1
    assert server.received == []


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("bad_signature", "TWILIO_AUTH_TOKEN or BACKTALK_PUBLIC_URL differs"),
        ("wrong_account", "TWILIO_ACCOUNT_SID differs"),
        ("wrong_number", "TWILIO_NUMBER is not one"),
        ("something_new", "(No.)"),
    ],
)
def test_a_refusal_says_which_setting_differs(backtalk, server, script, code, named):
    server.status, server.code = 403, code
    result = backtalk("sms", "--url", server.url, "--script", script("hi"))
    assert result.code == 1
    assert named in result.err
    assert len(result.err.splitlines()) == 1


def test_a_server_without_the_channel_and_one_in_trouble_are_told_apart(backtalk, server, script):
    server.status = 404
    assert "takes no texts" in backtalk("sms", "--url", server.url, "--script", script("hi")).err
    server.status = 503
    assert "status 503: No." in backtalk("sms", "--url", server.url, "--script", script("hi")).err
    server.status, server.body = 200, "<html>"
    assert "no TwiML" in backtalk("sms", "--url", server.url, "--script", script("hi")).err


def test_a_script_ends_at_the_first_text_that_is_not_answered(backtalk, server, script):
    server.status = 503
    result = backtalk("sms", "--url", server.url, "--script", script("one", "two"))
    assert (result.code, len(server.received)) == (1, 1)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--from", "0151 123"], "no phone number"),
        (["--url", "localhost:5005"], "no address"),
        (["--url", "file:///etc"], "no address"),
        (["--url", "http://127.0.0.1:9"], "does not answer"),
        (["--script", "nowhere.txt"], "cannot be read"),
    ],
)
def test_a_bad_option_is_named_in_one_line(backtalk, server, script, options, said):
    result = backtalk("sms", "--url", server.url, "--script", script("hi"), *options)
    assert result.code == 1
    assert said in result.err
    assert len(result.err.splitlines()) == 1


def test_the_token_is_never_shown(backtalk, server, script):
    server.status = 403
    result = backtalk("sms", "--url", server.url, "--script", script("hi"))
    assert ENVIRONMENT["TWILIO_AUTH_TOKEN"] not in result.out + result.err


def test_typed_texts_are_sent_until_quit(backtalk, server, monkeypatch):
    typed = iter(["hello", "   ", "/quit", "never"])
    monkeypatch.setattr("builtins.input", lambda _: next(typed))
    result = backtalk("sms", "--url", server.url)
    assert result.code == 0
    assert [fields["Body"] for fields in server.received] == ["hello"]
