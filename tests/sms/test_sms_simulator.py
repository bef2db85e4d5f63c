"""`backtalk sms` and a real server: what staff see when they try the texts out."""

from __future__ import annotations

import json

import pytest
from phone import SETTINGS
from web_server import Server

from backtalk import cli


@pytest.fixture
def text(server, monkeypatch, capsys, tmp_path):
    """`text("hello", …)` sends lines with the simulator and gives exit code, objects and errors."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)

    def send(*lines: str, number: str, url: str = server.url, options: tuple[str, ...] = ()):
        script = tmp_path / "script.txt"
        script.write_text("\n".join(lines), encoding="utf-8")
        capsys.readouterr()
        where = ["--url", url, "--from", number, "--script", str(script)]
        code = cli.main(["sms", *where, "--json", *options])
        out, err = capsys.readouterr()
        return code, [json.loads(line) for line in out.splitlines()], err

    return send


def test_a_conversation_in_a_script_is_answered_with_its_costs(text):
    lines = ("should i use heat or ice", "sources", "STOP", "hello", "START")
    code, replies, err = text(*lines, number="+12025550170")
    assert (code, err) == (0, "")
    assert [reply["text"] for reply in replies] == list(lines)
    assert "Wrap the pack in a cloth" in replies[0]["messages"][0]
    assert "Cochrane" in replies[1]["messages"][0]
    assert (replies[3]["messages"], replies[3]["parts"]) == ([], 0)  # stopped
    for reply in replies:
        assert reply["encoding"] == "GSM-7"
        assert reply["parts"] <= 3 * len(reply["messages"])


def test_a_red_flag_says_whom_to_call_in_its_first_part(text):
    _, replies, _ = text("my face droops and i cannot speak", number="+12025550171")
    assert "911" in replies[0]["messages"][0][:153]


def test_whatsapp_is_a_phone_of_its_own(text):
    _, replies, _ = text("hello", number="+12025550172")
    _, again, _ = text("hello", number="+12025550172", options=("--whatsapp",))
    assert len(replies[0]["messages"]) == len(again[0]["messages"]) == 2  # each with the first notice


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("TWILIO_AUTH_TOKEN", "another", "TWILIO_AUTH_TOKEN or BACKTALK_PUBLIC_URL differs"),
        ("BACKTALK_PUBLIC_URL", "https://other.example.org", "TWILIO_AUTH_TOKEN or BACKTALK_PUBLIC_URL"),
        ("TWILIO_ACCOUNT_SID", "AC" + "1" * 32, "TWILIO_ACCOUNT_SID differs"),
        ("TWILIO_NUMBER", "+12025550100", "TWILIO_NUMBER is not one"),
    ],
)
def test_a_setting_that_differs_is_named(text, monkeypatch, variable, value, named):
    monkeypatch.setenv(variable, value)
    code, replies, err = text("hello", number="+12025550173")
    assert (code, replies) == (1, [])
    assert named in err


def test_a_server_whose_texts_are_off_is_told_from_one_that_refuses(text, trained, tmp_path):
    off = Server(tmp_path, **dict.fromkeys(SETTINGS, "")).start()
    try:
        code, _, err = text("hello", number="+12025550174", url=off.url)
    finally:
        off.kill()
    assert code == 1
    assert "takes no texts" in err
