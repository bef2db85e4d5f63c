"""`backtalk serve`: the assistant over HTTP, with the chat widget and its demo page."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import resource
import socket
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backtalk.clinic import Clinic, ClinicFileError
from backtalk.errors import CommandError
from backtalk.project import Project

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from backtalk.settings import ServerSettings

_MOST_FILES = 65_536


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
    parser.add_argument(
        "--workers",
        type=int,
        default=1,
        help="processes that answer (default: 1); more need PostgreSQL and Redis, one for each core",
    )


def run(options: argparse.Namespace) -> int:
    from backtalk.booking.delivery.targets import make_adapters
    from backtalk.settings import SettingsError, check_workers, server_settings, unknown_settings

    project = Project(options.project.resolve())
    if not project.data.is_dir():
        raise CommandError(f"{project.root} has no data folder. Run this in the project's folder.")
    for line in unknown_settings():
        print(f"backtalk serve: {line}", file=sys.stderr)
    try:
        settings = server_settings(options.host)
        check_workers(options.workers, settings)
        clinic = project.clinic()
        make_adapters(clinic, settings.staff_url)  # names a secret that is missing before minutes pass
    except SettingsError as error:
        raise CommandError(str(error)) from error
    except ClinicFileError as error:
        raise CommandError("; ".join(error.problems)) from error
    if settings.key_file:
        made = "was made" if settings.key_is_new else "is used"
        print(f"BACKTALK_SECRET_KEY is not set: {settings.key_file} {made}.", file=sys.stderr)
    if settings.desk_users is None:
        print("The staff page /desk is off: BACKTALK_DESK_USERS is not set.", file=sys.stderr)
    _allow_many_connections()
    listening = _bound(options.host, options.port)
    address = f"http://{'localhost' if options.host == '127.0.0.1' else options.host}"
    address = f"{address}:{listening.getsockname()[1]}/"
    return _serve(project, clinic, settings, Listening(listening, address, options.workers))


@dataclass(frozen=True)
class Listening:
    """Where requests come from, and how many processes take them."""

    socket: socket.socket
    address: str
    workers: int

    def announce(self) -> None:
        """Say that requests are taken."""
        print(f"Backtalk is ready: {self.address}", flush=True)


def _serve(project: Project, clinic: Clinic, settings: ServerSettings, listening: Listening) -> int:
    from sqlalchemy.exc import SQLAlchemyError

    from backtalk.booking.parts import booking_parts
    from backtalk.commands.train import train_if_needed
    from backtalk.content.sms_texts import SmsTextsError
    from backtalk.database import DatabaseError, bring_up_to_date, open_database
    from backtalk.engine.lean_imports import import_rasa_leanly
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
    gc.disable()  # until all is loaded
    import_rasa_leanly()
    try:
        if listening.workers == 1:
            _in_this_process(project, clinic, settings, engine, listening)
        else:
            _in_workers(project, clinic, settings, engine, listening)
    except SQLAlchemyError as error:
        raise CommandError(_NO_ANSWER.format(type(error).__name__)) from error
    except SmsTextsError as error:
        raise CommandError(str(error)) from error
    print("Backtalk has stopped.", flush=True)
    sys.stderr.flush()
    # Python would wait at its end for threads, and some may hang in an action or in the database.
    os._exit(0)


def _in_this_process(
    project: Project, clinic: Clinic, settings: ServerSettings, engine: Engine, listening: Listening
) -> None:
    from backtalk.server.server import put_together

    put_together(project, clinic, settings, engine, listening.announce).run(listening.socket)


def _in_workers(
    project: Project, clinic: Clinic, settings: ServerSettings, engine: Engine, listening: Listening
) -> None:
    from backtalk.server.shared_metrics import forget_shared, share_metrics

    share_metrics()  # before anything imports the metrics
    from backtalk.server.server import put_together
    from backtalk.server.settling import settle
    from backtalk.server.workers import Workers

    workers = Workers(
        listening.workers, all_ready=listening.announce, count_error=lambda where: server.metrics.error(where)
    )
    server = put_together(project, clinic, settings, engine, workers.ready)
    workers.add_to(server.app)
    asyncio.run(server.health.warm_model())
    engine.dispose()  # connections belong to the process that opened them
    settle()  # or each worker's first collection would copy the memory that they share
    # Set only now: a second server on this port was refused, but the workers may each listen on it.
    listening.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        workers.run(lambda: server.run(_of_its_own(listening.socket)))
    finally:
        forget_shared()


def _of_its_own(bound: socket.socket) -> socket.socket:
    """A socket of this worker at the same address. The system spreads new connections over them evenly.

    If all accepted from one socket, the first to wake up would take nearly all that come at once.
    """
    own = socket.socket(bound.family, socket.SOCK_STREAM)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    own.bind(bound.getsockname()[:2])
    return own


def _allow_many_connections() -> None:
    """Most systems allow 1,024 open files unless asked, and each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(_MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


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
