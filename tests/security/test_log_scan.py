"""A whole conversation on each channel leaves no word and no number of the patient in any log."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from web_server import API, RED_FLAG, ROOT

NUMBER = "+12025550143"
# Words that occur in no log line by themselves, in messages of every kind.
MARKS = ["zebrafish", "quokka", "0143", "marmalade"]
MESSAGES = [
    "what is sciatica zebrafish",
    "say THAT simpler quokka pleeease",
    "my knee zebrafish clicks",
    "yes",
    "2",
    f"{RED_FLAG} marmalade",
    "i want to kill myself quokka",
    f"my number is {NUMBER} zebrafish",
    "/restart quokka",
    "check my symptoms",
    "zebrafish",
    "stop",
    "x quokka " * 400,  # too long
    "",
]


def found_in(text: str, *also: str) -> list[str]:
    return [mark for mark in [*MARKS, NUMBER, *also] if mark and mark in text]


def test_the_web_channel_leaves_none(server):
    client = server.client().open()
    for message in MESSAGES:
        client.post(text=message, message_id=f"zebrafish{len(message)}")
    client.post(payload="quokka")
    client.post({"Accept": "text/event-stream"}, text="what is sciatica marmalade")
    client.http.get(f"{API}/history?zebrafish", headers=client.bearer)
    client.http.get("/zebrafish/quokka", headers={"User-Agent": "marmalade", "Referer": "http://zebrafish"})
    metrics = client.http.get("/metrics").text
    client.http.request("DELETE", f"{API}/session", headers=client.bearer)
    assert server.log.count('"event": "turn"') >= len(MESSAGES) - 4
    assert not found_in(server.log + metrics, client.token, client.session)


def test_a_log_line_of_a_turn_has_these_fields_and_no_others(server):
    client = server.client().open()
    client.say("what is sciatica")
    (line, *_) = [json.loads(row) for row in server.log.splitlines() if '"event": "turn"' in row][-1:]
    fields = "at level logger event sender channel outcome urgency topics ms failure"
    assert set(line) == set(fields.split())
    assert re.fullmatch(r"[0-9a-f]{32}", line["sender"])


def test_the_shell_writes_none_but_on_the_screen(trained, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "backtalk.cli", "--project", str(ROOT), "shell"],
        input="\n".join([*(message for message in MESSAGES if message), "/quit"]),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=200,
    )
    assert done.returncode == 0
    assert not found_in(done.stderr)
    left = [
        file for file in tmp_path.rglob("*") if file.is_file() and found_in(file.read_text(errors="replace"))
    ]
    assert not left


@pytest.mark.parametrize("words", ["zebrafish quokka"])
def test_a_command_that_fails_does_not_repeat_what_was_typed(tmp_path, words):
    broken = tmp_path / "questions.jsonl"
    broken.write_text(f'{{"id": 1, "text": ["{words}"]}}\n', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "backtalk.cli", "--project", str(ROOT), "ask", "--batch", str(broken)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=200,
    )
    assert not found_in(done.stderr)
