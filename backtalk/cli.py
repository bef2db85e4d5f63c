"""The `backtalk` command. Exit code 0 only on success; errors are one line on stderr."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path
from typing import Sequence

from backtalk.errors import CommandError

COMMANDS = {
    "serve": "answer over HTTP, with the chat widget and its demo page",
    "shell": "talk to the assistant in a terminal",
    "ask": "answer one question, or a file of questions",
    "train": "train the model if the content changed",
    "check": "check topics, word lists, sources and clinic.yml",
    "sms": "text a running server from the terminal, as a phone would",
    "bookings": "the front desk's list of requests for appointments",
    "desk": "passwords for the staff page /desk",
    "outbox": "requests on their way to the clinic's own systems",
    "erase": "delete what is too old, or everything of one patient",
    "db": "bring the database up to date, change its keys",
    "review": "what people have to look at: red flags noticed, pages for a clinician",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    # Before anything imports Rasa, numpy or onnxruntime.
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")

    parser = argparse.ArgumentParser(
        prog="backtalk",
        description="Backtalk answers questions about back pain, headaches and how they connect.",
    )
    parser.add_argument(
        "--project", type=Path, default=Path.cwd(), help="folder of the project (default: this one)"
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=summary, description=summary.capitalize() + ".")
        importlib.import_module(f"backtalk.commands.{name}").add_arguments(subparser)
    options = parser.parse_args(arguments)
    try:
        command = importlib.import_module(f"backtalk.commands.{options.command}")
        return int(command.run(options))
    except CommandError as error:
        print(f"backtalk {options.command}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader (head, less) has gone; nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("BACKTALK_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        hint = "Set BACKTALK_DEBUG=1 for the whole story."
        print(f"backtalk {options.command}: unexpected: {what}. {hint}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
