"""`backtalk serve`: the assistant over HTTP, with the chat widget and its demo page."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from typing import TYPE_CHECKING

from backtalk.clinic import Clinic, ClinicFileError
from backtalk.errors import CommandError
from backtalk.project import Project

if TYPE_CHECKING:
    from backtalk.settings import ServerSettings


_NO_ANSWER = "the database did not answer: {}. Try again."
_ANOTHER_KEY = (
    "Booking requests were stored with another key: nobody can read or deliver them. Set BACKTALK_FIELD_KEYS "
    "or BACKTALK_SECRET_KEY as they were; see docs/booking.md."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=5005, help="port to listen on; 0 takes a free one")


def run(options: argparse.Namespace) -> int:
    from backtalk.booking.delivery.targets import make_adapters
    from backtalk.settings import SettingsError, server_settings, unknown_settings

    project = Project(options.project.resolve())
    if not project.data.is_dir():
        raise CommandError(f"{project.root} has no data folder. Run this in the project's folder.")
    for line in unknown_settings():
        print(f"backtalk serve: {line}", file=sys.stderr)
    try:
        settings = server_settings(options.host)
        clinic = project.clinic()
        make_adapters(clinic, settings.public_url)  # names a secret that is missing before minutes pass
    except SettingsError as error:
        raise CommandError(str(error)) from error
    except ClinicFileError as error:
        raise CommandError("; ".join(error.problems)) from error
    if settings.key_file:
        made = "was made" if settings.key_is_new else "is used"
        print(f"BACKTALK_SECRET_KEY is not set: {settings.key_file} {made}.", file=sys.stderr)
    listening = _bound(options.host, options.port)
    return _serve(project, clinic, settings, listening, options.host)


def _serve(
    project: Project, clinic: Clinic, settings: ServerSettings, listening: socket.socket, host: str
) -> int:
    from sqlalchemy.exc import SQLAlchemyError

    from backtalk.booking.parts import booking_parts
    from backtalk.commands.train import train_if_needed
    from backtalk.database import DatabaseError, bring_up_to_date, open_database
    from backtalk.engine.quiet import quiet_rasa
    from backtalk.server.logs import log_in_json

    try:
        engine = open_database(settings.database_url)
        bring_up_to_date(engine)
        if not booking_parts(engine, settings, clinic).requests.newest_is_readable():
            print(_ANOTHER_KEY, file=sys.stderr)
    except DatabaseError as error:
        raise CommandError(str(error)) from error
    except SQLAlchemyError as error:
        raise CommandError(_NO_ANSWER.format(type(error).__name__)) from error
    quiet_rasa()
    train_if_needed(project, quietly=True)
    log_in_json()
    from backtalk.server.server import put_together

    address = f"http://{'localhost' if host == '127.0.0.1' else host}:{listening.getsockname()[1]}/"
    try:
        server = put_together(
            project, clinic, settings, engine, lambda: print(f"Backtalk is ready: {address}", flush=True)
        )
    except SQLAlchemyError as error:
        raise CommandError(_NO_ANSWER.format(type(error).__name__)) from error
    server.run(listening)
    print("Backtalk has stopped.", flush=True)
    if server.hangs:
        # Python waits for threads at its end, and these wait for a database that hangs.
        sys.stdout.flush()
        os._exit(0)
    return 0


def _bound(host: str, port: int) -> socket.socket:
    """A socket at the address, before minutes go into training. Raises CommandError."""
    if not 0 <= port <= 65535:
        raise CommandError(f"--port {port} is no port. Use one from 1024 to 65535.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise CommandError(
            f"cannot listen on {host}:{port}: {error.strerror}. Choose another --port or --host."
        ) from error
    return bound
