"""`backtalk db`: the database's tables and keys."""

from __future__ import annotations

import argparse
from typing import Callable

from backtalk.commands.booking_access import booking_access
from backtalk.errors import CommandError
from backtalk.project import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="part", metavar="PART", required=True)
    for name, summary in (
        ("upgrade", "bring the tables up to date; every command does so too"),
        ("status", "say which database it is and whether its tables are up to date; changes nothing"),
        ("rotate-keys", "encrypt booking requests anew with the first of BACKTALK_FIELD_KEYS"),
    ):
        parts.add_parser(name, help=summary, description=summary.capitalize() + ".")


def run(options: argparse.Namespace) -> int:
    return _PARTS[options.part](Project(options.project.resolve()))


def _upgrade(project: Project) -> int:
    with booking_access(project) as access:
        print(f"{_shown(access.engine)} is up to date.")
    return 0


def _status(project: Project) -> int:
    from backtalk.database import DatabaseError, database_url, open_database, versions

    try:
        engine = open_database(database_url())
        now, newest = versions(engine)
    except DatabaseError as error:
        raise CommandError(str(error)) from error
    print(f"{_shown(engine)}: tables of version {now or 'none'}, newest is {newest}.")
    if now != newest:
        raise CommandError("the tables are not up to date. Run: backtalk db upgrade.")
    return 0


def _rotate_keys(project: Project) -> int:
    from backtalk.booking.rotation import rotate_keys

    with booking_access(project) as access:
        if not access.settings.field_keys:
            raise CommandError("BACKTALK_FIELD_KEYS is not set: there is no new key to change to.")
        done = rotate_keys(access.engine, access.parts.cipher)
        print(f"{done.renewed} texts have the first key now.")
        if done.unreadable:
            raise CommandError(
                f"{done.unreadable} texts were stored with a key that is not given. Add it at the end of "
                "BACKTALK_FIELD_KEYS, or set the BACKTALK_SECRET_KEY of that time, and run this again."
            )
    return 0


_PARTS: dict[str, Callable[[Project], int]] = {
    "upgrade": _upgrade,
    "status": _status,
    "rotate-keys": _rotate_keys,
}


def _shown(engine: object) -> str:
    from sqlalchemy.engine import Engine

    assert isinstance(engine, Engine)
    return str(engine.url.render_as_string(hide_password=True))
