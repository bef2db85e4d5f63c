"""Sessions that were logged out: a copy of their cookie opens nothing any more."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Column, DateTime, String, delete, insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from backtalk.database import Base
from backtalk.desk.sessions import LONGEST_SECONDS, DeskSession


class EndedSession(Base):
    """A session that was logged out. `at` is UTC; the row can go when the cookie would be too old anyway."""

    __tablename__ = "desk_ended_session"

    session = Column(String(64), primary_key=True)
    at = Column(DateTime, nullable=False, index=True)


class EndedSessions:
    """Calls wait for the database and raise SQLAlchemyError: keep them off an event loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def end(self, session: DeskSession) -> None:
        """Remember that it has ended; forget those that are too old to matter."""
        now = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
        try:
            with self._engine.begin() as connection:
                old = EndedSession.at < now - dt.timedelta(seconds=LONGEST_SECONDS)
                connection.execute(delete(EndedSession).where(old))
                connection.execute(insert(EndedSession).values(session=session.hashed, at=now))
        except IntegrityError:  # logged out twice, from two tabs
            return

    def has(self, session: DeskSession) -> bool:
        """Whether it has ended."""
        query = select(EndedSession.session).where(EndedSession.session == session.hashed)
        with self._engine.connect() as connection:
            return connection.execute(query).first() is not None
