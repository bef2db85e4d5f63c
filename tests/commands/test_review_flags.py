"""`backtalk review flags` counts and lists what was noticed."""

import csv
import io
import json

import pytest

from backtalk.audit.triage_event import Noticed, TriageLog
from backtalk.cli import main
from backtalk.database import bring_up_to_date, open_database


@pytest.fixture
def events(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'events.db'}"
    monkeypatch.setenv("BACKTALK_DATABASE_URL", url)
    engine = open_database(url)
    bring_up_to_date(engine)
    log = TriageLog(engine, b"key", 1)
    log.record(
        [Noticed("emergency", ("stroke_signs", "seizure_or_collapse"), "urgent")],
        sender="web-1",
        channel="web",
    )
    log.record([Noticed("soon", ("night_pain",), "soon")], sender="sms-1", channel="sms")
    log.record([Noticed("soon", ("night_pain",), "soon")], sender="sms-1", channel="sms")


@pytest.mark.usefixtures("events")
def test_counts_by_tier_flag_and_channel(capsys):
    assert main(["review", "flags"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("3 events of 2 conversations")
    lines = [line.split() for line in out.splitlines()]
    assert ["2", "night_pain"] in lines
    assert ["1", "seizure_or_collapse"] in lines
    assert ["2", "sms"] in lines


@pytest.mark.usefixtures("events")
def test_filters_leave_what_fits(capsys):
    assert main(["review", "flags", "--tier", "emergency", "--json"]) == 0
    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert row["flags"] == ["stroke_signs", "seizure_or_collapse"]
    assert main(["review", "flags", "--flag", "night_pain", "--csv"]) == 0
    assert len(list(csv.DictReader(io.StringIO(capsys.readouterr().out)))) == 2
    assert main(["review", "flags", "--days", "1", "--channel", "sms", "--list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.usefixtures("events")
def test_nothing_that_fits_is_said_so(capsys):
    assert main(["review", "flags", "--until", "2001-01-01"]) == 0
    assert "No events fit" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--flag", "nonsense"], "data/triage/red_flags.yml"),
        (["--days", "0"], "1 or more"),
        (["--days", "2", "--since", "2026-01-01"], "not both"),
    ],
)
def test_a_bad_filter_is_one_line_that_says_what_to_do(capsys, arguments, hint):
    assert main(["review", "flags", *arguments]) == 1
    error = capsys.readouterr().err.strip()
    assert hint in error
    assert "\n" not in error


def test_a_database_that_cannot_be_used_is_one_line(capsys, monkeypatch):
    monkeypatch.setenv("BACKTALK_DATABASE_URL", "oracle://nowhere")
    assert main(["review", "flags"]) == 1
    assert "BACKTALK_DATABASE_URL" in capsys.readouterr().err
