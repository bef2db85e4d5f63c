"""Getting at the booking requests from a command, with the settings of the server."""

from __future__ import annotations

import getpass
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterator

from backtalk.clinic import Clinic, ClinicFileError
from backtalk.errors import CommandError
from backtalk.project import Project

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from backtalk.booking.parts import BookingParts
    from backtalk.settings import ServerSettings


@dataclass(frozen=True)
class Access:
    """What a command works with."""

    clinic: Clinic
    settings: ServerSettings
    engine: Engine
    parts: BookingParts


@contextmanager
def booking_access(project: Project) -> Iterator[Access]:
    """The requests in the database of `project`, brought up to date.

    Inside, whatever goes wrong with settings, database or a request becomes a CommandError of one line.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from backtalk.booking.errors import BookingError
    from backtalk.booking.parts import booking_parts
    from backtalk.database import DatabaseError, bring_up_to_date, open_database
    from backtalk.settings import SettingsError, server_settings

    try:
        clinic = project.clinic()
        # Here nobody listens, so the key that a server on this machine made will do.
        settings = server_settings("localhost")
        engine = open_database(settings.database_url)
        bring_up_to_date(engine)
        yield Access(clinic, settings, engine, booking_parts(engine, settings, clinic))
    except ClinicFileError as error:
        raise CommandError("; ".join(error.problems)) from error
    except (SettingsError, DatabaseError, BookingError) as error:
        raise CommandError(str(error)) from error
    except SQLAlchemyError as error:
        raise CommandError(f"the database did not answer: {type(error).__name__}. Try again.") from error


def whoever() -> str:
    """Who runs the command, for the audit: $USER, or the name of the account."""
    try:
        return os.environ.get("USER") or getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def known_reference(typed: str) -> str:
    """The reference in what was typed. Raises CommandError."""
    from backtalk.booking.reference import read_reference

    reference = read_reference(typed)
    if reference is None:
        raise CommandError(f"'{typed}' is no reference. Write it as BT-7K3Q.")
    return reference
