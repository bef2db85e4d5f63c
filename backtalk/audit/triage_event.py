"""The table of red flags that were noticed, and what was shown for them.

A clinic counts from it how often which advice was given. It holds no text of a patient, and of the
sender only a keyed hash.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from typing import Iterator, Sequence

from sqlalchemy import JSON, Column, DateTime, Integer, String, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from backtalk.database import Base

HASH_DIGITS = 32


class TriageEvent(Base):
    """One row for each time that a red flag changed what was shown. `at` is UTC."""

    __tablename__ = "triage_event"

    id = Column(Integer, primary_key=True)
    at = Column(DateTime, nullable=False, index=True)
    sender = Column(String(HASH_DIGITS), nullable=False)
    channel = Column(String(16), nullable=False)
    tier = Column(String(16), nullable=False)
    flags = Column(JSON, nullable=False)
    catalogue_version = Column(Integer, nullable=False)
    shown = Column(String(16), nullable=False)


@dataclass(frozen=True)
class Noticed:
    """What a reply showed for red flags: `shown` is urgent, soon or question."""

    tier: str
    flags: tuple[str, ...]
    shown: str


@dataclass(frozen=True)
class Wanted:
    """Which events to read; None leaves a field open. Times are UTC, `until` is not included."""

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    tier: str | None = None
    flag: str | None = None
    channel: str | None = None
    shown: str | None = None


class TriageLog:
    """Writes and reads events. Calls wait for the database: keep them off an event loop."""

    def __init__(self, engine: Engine, key: bytes, catalogue_version: int) -> None:
        self._engine = engine
        self._key = key
        self._version = catalogue_version

    def record(self, noticed: Sequence[Noticed], *, sender: str, channel: str) -> None:
        """Store one event for each of `noticed`, in one transaction. Raises SQLAlchemyError."""
        now = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
        hashed = hashed_sender(sender, self._key)
        with Session(self._engine, future=True) as session, session.begin():
            session.add_all(
                TriageEvent(
                    at=now, sender=hashed, channel=channel, tier=one.tier, flags=list(one.flags),
                    catalogue_version=self._version, shown=one.shown,
                )
                for one in noticed
            )  # fmt: skip


def hashed_sender(sender: str, key: bytes) -> str:
    """HMAC-SHA-256 of a sender id, shortened: the same person can be counted once, not found out."""
    return hmac.new(key, sender.encode(), hashlib.sha256).hexdigest()[:HASH_DIGITS]


def read_events(engine: Engine, wanted: Wanted) -> Iterator[TriageEvent]:
    """The events that fit `wanted`, oldest first. Raises SQLAlchemyError."""
    query = select(TriageEvent).order_by(TriageEvent.at, TriageEvent.id)
    if wanted.since:
        query = query.where(TriageEvent.at >= wanted.since)
    if wanted.until:
        query = query.where(TriageEvent.at < wanted.until)
    for column in ("tier", "channel", "shown"):
        value = getattr(wanted, column)
        if value:
            query = query.where(getattr(TriageEvent, column) == value)
    with Session(engine, future=True) as session:
        for event in session.scalars(query.execution_options(yield_per=1000)):
            if wanted.flag is None or wanted.flag in event.flags:
                yield event
