"""`backtalk desk password NAME`: what to put into BACKTALK_DESK_USERS so that somebody can log in."""

from __future__ import annotations

import argparse
import getpass
import sys

from backtalk.errors import CommandError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="part", metavar="PART", required=True)
    summary = "ask for a password, and print the entry for BACKTALK_DESK_USERS"
    password = parts.add_parser("password", help=summary, description=summary.capitalize() + ".")
    password.add_argument("name", help="the person's name: it stands in the record of who did what")


def run(options: argparse.Namespace) -> int:
    from backtalk.desk.passwords import PasswordHash
    from backtalk.desk.users import is_name

    if not is_name(options.name):
        raise CommandError(
            f"{options.name!r} is no name. Use up to 40 letters, digits and spaces; begin with a letter."
        )
    try:
        made = PasswordHash.of(_asked())
    except ValueError as error:
        raise CommandError(f"{error}.") from error
    print(f"{options.name}:{made}")
    print("Set BACKTALK_DESK_USERS to this line, or add it there after a comma.", file=sys.stderr)
    return 0


def _asked() -> str:
    """The password, typed twice at a terminal or read from standard input. Raises CommandError."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password (15 characters or more, such as four words): ")
    if getpass.getpass("Again: ") != first:
        raise CommandError("the two differ. Try again.")
    return first
