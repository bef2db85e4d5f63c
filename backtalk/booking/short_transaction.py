"""A transaction that neither waits long nor is lost: for what a patient waits for."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Iterator

from sqlalchemy.engine import Engine

from backtalk.database import WAIT_SECONDS


@contextmanager
def short_transaction(engine: Engine, seconds: float) -> Iterator[Any]:
    """A connection in a transaction that commits at the end; no statement waits longer than `seconds`.

    What it committed survives a power cut too. Raises SQLAlchemyError.
    """
    limit = int(seconds * 1000)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {limit}")
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {limit}")
            yield connection
        return
    with engine.connect() as connection:
        try:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {limit}")
            connection.exec_driver_sql("PRAGMA synchronous = FULL")
            connection.commit()
            yield connection
            connection.commit()
        finally:
            connection.rollback()
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")
            connection.exec_driver_sql("PRAGMA synchronous = NORMAL")
