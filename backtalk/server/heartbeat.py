"""One row that is written to find out whether the database commits."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Column, DateTime, Integer, delete, insert
from sqlalchemy.engine import Engine

from backtalk.database import Base


class Heartbeat(Base):
    """The last time that a health check wrote. `at` is UTC."""

    __tablename__ = "heartbeat"

    id = Column(Integer, primary_key=True, autoincrement=False)
    at = Column(DateTime, nullable=False)


def beat(engine: Engine) -> None:
    """Write the row and commit. Waits for the database; raises SQLAlchemyError."""
    now = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
    with engine.begin() as connection:
        connection.execute(delete(Heartbeat))
        connection.execute(insert(Heartbeat).values(id=1, at=now))
