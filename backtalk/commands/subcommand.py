"""Adding a command below a command, and the options that several of them share."""

from __future__ import annotations

import argparse
from typing import Any

from backtalk.commands.booking_access import whoever


def subcommand(parts: Any, name: str, summary: str) -> argparse.ArgumentParser:
    """The parser of the command `name` below `parts`."""
    added: argparse.ArgumentParser = parts.add_parser(
        name, help=summary, description=summary.capitalize() + "."
    )
    return added


def add_by(parser: argparse.ArgumentParser) -> None:
    """The option that says who does it, for the audit."""
    parser.add_argument("--by", default=whoever(), metavar="NAME", help="who you are (default: $USER)")
