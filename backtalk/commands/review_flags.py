"""`backtalk review flags`: how often which red flag was noticed, and what was shown."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import sys
from collections import Counter
from typing import Any, Sequence

from backtalk.errors import CommandError

FIELDS = ("at", "sender", "channel", "tier", "flags", "catalogue_version", "shown")
SHOWN = ("urgent", "soon", "question")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="from this day on (UTC)")
    parser.add_argument("--until", type=_day, metavar="YYYY-MM-DD", help="up to this day, included (UTC)")
    parser.add_argument("--days", type=int, metavar="N", help="the last N days, instead of --since")
    parser.add_argument("--tier", choices=("none", "soon", "urgent", "emergency", "crisis"))
    parser.add_argument("--flag", metavar="ID", help="only events with this flag")
    parser.add_argument("--channel", choices=("web", "sms", "shell"))
    parser.add_argument("--shown", choices=SHOWN, help="urgent text, soon line or clarifying question")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--list", action="store_true", help="one line for each event, not the counts")
    output.add_argument("--json", action="store_true", help="one JSON object for each event")
    output.add_argument("--csv", action="store_true", help="the events as CSV")


def run(options: argparse.Namespace) -> int:
    from sqlalchemy.exc import SQLAlchemyError

    from backtalk.audit.triage_event import read_events
    from backtalk.database import DatabaseError, bring_up_to_date, database_url, open_database

    wanted = _wanted(options)
    try:
        engine = open_database(database_url())
        bring_up_to_date(engine)
        rows = [_row(event) for event in read_events(engine, wanted)]
    except DatabaseError as error:
        raise CommandError(str(error)) from error
    except SQLAlchemyError as error:
        raise CommandError(f"the database did not answer: {type(error).__name__}. Try again.") from error
    _write(rows, options)
    return 0


def _wanted(options: argparse.Namespace) -> Any:
    from backtalk.audit.triage_event import Wanted
    from backtalk.triage.assess import shipped_triage

    if options.since and options.days is not None:
        raise CommandError("give --since or --days, not both.")
    if options.days is not None and options.days < 1:
        raise CommandError("--days must be 1 or more.")
    if options.flag and options.flag not in shipped_triage().catalogue.flags:
        raise CommandError(f"'{options.flag}' is no flag. Their ids are in data/triage/red_flags.yml.")
    since = options.since
    if options.days is not None:
        since = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None) - dt.timedelta(days=options.days)
    until = options.until + dt.timedelta(days=1) if options.until else None
    return Wanted(since, until, options.tier, options.flag, options.channel, options.shown)


def _write(rows: Sequence[dict[str, Any]], options: argparse.Namespace) -> None:
    if options.json:
        for row in rows:
            print(json.dumps(row))
    elif options.csv:
        writer = csv.DictWriter(sys.stdout, FIELDS)
        writer.writeheader()
        writer.writerows({**row, "flags": " ".join(row["flags"])} for row in rows)
    elif options.list:
        for row in rows:
            flags = ", ".join(row["flags"])
            print(f"{row['at']}  {row['channel']:<5} {row['tier']:<9} {row['shown']:<8} {flags}")
    else:
        _write_counts(rows)


def _write_counts(rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        print("No events fit. Nothing was noticed in this time, or the filters leave nothing.")
        return
    people = len({row["sender"] for row in rows})
    print(f"{len(rows)} events of {people} conversations, {rows[0]['at']} to {rows[-1]['at']} (UTC)")
    for title, values in (
        ("tier", [row["tier"] for row in rows]),
        ("shown", [row["shown"] for row in rows]),
        ("channel", [row["channel"] for row in rows]),
        ("flag", [flag for row in rows for flag in row["flags"]]),
    ):
        print(f"\nby {title}")
        for name, number in Counter(values).most_common():
            print(f"{number:>6}  {name}")


def _row(event: Any) -> dict[str, Any]:
    row = {field: getattr(event, field) for field in FIELDS}
    return {**row, "at": event.at.isoformat(sep=" ", timespec="seconds")}


def _day(text: str) -> dt.datetime:
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d")
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is no day; write it as 2026-11-21") from error
