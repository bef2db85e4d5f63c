"""The one database: where it is, how it is opened, and how its tables come up to date.

SQLite for one process, PostgreSQL in production. Nothing here waits without a limit.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator, Mapping

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import declarative_base
from sqlalchemy.pool import QueuePool, StaticPool

if TYPE_CHECKING:
    from alembic.config import Config

VARIABLE = "BACKTALK_DATABASE_URL"
DEFAULT_URL = "sqlite:///var/backtalk.db"
WAIT_SECONDS = 3
_MIGRATION_SECONDS = 300
_MIGRATION_LOCK = 7_270_241  # any number that nobody else uses in this database
_MIGRATIONS = Path(__file__).with_name("migrations")
Base: Any = declarative_base()


class DatabaseError(RuntimeError):
    """The database cannot be used; the message says which, why and what to do. It holds no password."""


def database_url(environment: Mapping[str, str] = os.environ) -> str:
    """`BACKTALK_DATABASE_URL`, or the SQLite file var/backtalk.db."""
    return environment.get(VARIABLE) or DEFAULT_URL


def open_database(url: str) -> Engine:
    """An engine for `url` whose waits end after `WAIT_SECONDS`. Raises DatabaseError for a bad URL.

    Does not connect yet, except that the folder of a SQLite file is made.
    """
    try:
        parsed = make_url(url)
        kind = parsed.get_backend_name()
        if kind == "sqlite":
            if parsed.database and parsed.database != ":memory:":
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(parsed, future=True, **_sqlite_options(parsed.database))
            event.listen(engine, "connect", _prepare_sqlite)
            return engine
        if kind == "postgresql":
            limit = f"{WAIT_SECONDS}s"
            waits = {
                "connect_timeout": WAIT_SECONDS,
                "options": f"-c statement_timeout={limit} -c lock_timeout={limit}",
                # A server that has gone without a word would otherwise be waited for, for hours.
                "tcp_user_timeout": WAIT_SECONDS * 1000,
                "keepalives_idle": 10,
                "keepalives_interval": 2,
                "keepalives_count": 3,
            }
            return create_engine(
                parsed, future=True, pool_pre_ping=True, pool_timeout=WAIT_SECONDS, connect_args=waits
            )
    except (ArgumentError, SQLAlchemyError, ImportError, OSError) as error:
        raise DatabaseError(f"{VARIABLE} cannot be used: {type(error).__name__}. {_HINT}") from error
    raise DatabaseError(f"{VARIABLE} names '{kind}', which is not supported. {_HINT}")


def open_in_memory() -> Engine:
    """A SQLite database of this process alone, shared by its threads; gone with it."""
    engine = create_engine(
        "sqlite://", future=True, poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


@contextlib.contextmanager
def lasting(engine: Engine, seconds: float = WAIT_SECONDS) -> Iterator[Connection]:
    """A transaction whose commit outlives even a power cut; for what somebody is told is kept.

    The others outlive a process that is killed, but of SQLite the last ones may be lost with the power:
    waiting for the disk takes some milliseconds each time. No statement waits longer than `seconds`. Raises
    SQLAlchemyError.
    """
    limit, usual = int(seconds * 1000), WAIT_SECONDS * 1000
    with engine.connect() as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        if is_sqlite:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={limit}")
            connection.exec_driver_sql("PRAGMA synchronous=FULL")
            connection.commit()
        try:
            with connection.begin():
                if not is_sqlite and limit != usual:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {limit}")
                    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {limit}")
                yield connection
        finally:
            if is_sqlite:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={usual}")
                connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
                connection.commit()


def _sqlite_options(file: str | None) -> dict[str, Any]:
    options: dict[str, Any] = {"connect_args": {"timeout": WAIT_SECONDS}}
    if file and file != ":memory:":
        # Connections are kept, for whichever thread is next: opening one takes as long as a query. The last
        # one used is taken first: it still holds what it read, which the others would read again.
        options |= {"poolclass": QueuePool, "pool_timeout": WAIT_SECONDS, "max_overflow": 20}
        options["pool_use_lifo"] = True
        options["connect_args"]["check_same_thread"] = False
    return options


_HINT = "Use sqlite:///path/to/file.db or postgresql://user:password@host/name."


def migrations() -> Config:
    """Where Alembic finds the history of the tables."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def bring_up_to_date(engine: Engine) -> None:
    """Make or change the tables as the migrations say; nothing happens if they are current.

    Of several hosts that start at once, one does it and the others wait. Raises DatabaseError.
    """
    from alembic import command
    from alembic.util import CommandError

    config = migrations()
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL statement_timeout = 0"))  # large tables take their time
                connection.execute(text(f"SET LOCAL lock_timeout = '{_MIGRATION_SECONDS}s'"))
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except (SQLAlchemyError, CommandError) as error:
        shown = engine.url.render_as_string(hide_password=True)
        reason = str(getattr(error, "orig", None) or error).splitlines()[0][:200]
        raise DatabaseError(
            f"{shown} cannot be brought up to date: {reason}. Is it there, and yours to write?"
        ) from error


def versions(engine: Engine) -> tuple[str | None, str]:
    """The version of the tables, None if there are none of ours, and the newest. Raises DatabaseError."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    newest = str(ScriptDirectory.from_config(migrations()).get_current_head())
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision(), newest
    except SQLAlchemyError as error:
        shown = engine.url.render_as_string(hide_password=True)
        raise DatabaseError(f"{shown} does not answer: {type(error).__name__}. Is it there?") from error


def _prepare_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")  # readers do not wait for a writer
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
