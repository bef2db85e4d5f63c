"""Booking requests in real databases: each test that takes `engine` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from receivers import HttpReceiver
from sqlalchemy.engine import Engine

from backtalk.booking.cipher import FieldCipher
from backtalk.booking.delivery.adapter import Parcel
from backtalk.booking.requests import Requests
from backtalk.booking.wanted import ReachBy, Wanted
from backtalk.clinic import Clinic
from backtalk.database import bring_up_to_date, open_database
from backtalk.handoff import Handoff
from backtalk.project import Project

KEY = b"a key of a clinic, 32 bytes long"
ANN = Wanted(
    service="physiotherapy",
    existing_patient=False,
    name="Ann Lee",
    phone="+12025550143",
    reach_by=ReachBy.CALL,
    may_leave_message=True,
    times="Tuesday after 16:00",
    needs="a chair without arms",
    consent_version="1",
    consented_at=dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.timezone.utc),
    channel="web",
    topics=("selfcare/heat-ice",),
    screening="no red flag",
)


class Clock:
    """A clock that goes when told to. Starts on a Friday, 10:00 in New York."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.timezone.utc)

    def __call__(self) -> dt.datetime:
        return self.now

    def goes_on(self, **span: float) -> None:
        self.now += dt.timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(database_url) -> Iterator[Engine]:
    engine = open_database(database_url)
    bring_up_to_date(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def key() -> bytes:
    return KEY


@pytest.fixture
def cipher() -> FieldCipher:
    return FieldCipher((), KEY)


@pytest.fixture(scope="session")
def shipped_clinic(project: Project) -> Clinic:
    return project.clinic()


@pytest.fixture
def clinic_with(shipped_clinic) -> Callable[..., Clinic]:
    """`clinic_with({"kind": "webhook", "url": …})` is the shipped clinic with these targets."""

    def make(*targets: dict[str, Any], **handoff: Any) -> Clinic:
        return shipped_clinic.copy(update={"handoff": Handoff(deliver=targets, **handoff)})

    return make


@pytest.fixture
def clinic(clinic_with) -> Clinic:
    return clinic_with({"kind": "webhook", "url": "http://127.0.0.1:9/hook"})


@pytest.fixture
def requests(engine, cipher, clinic, clock) -> Requests:
    return Requests(engine, cipher, KEY, clinic, clock)


@pytest.fixture
def ann() -> Wanted:
    return ANN


@pytest.fixture
def somebody() -> Callable[..., Wanted]:
    """`somebody(name="Bo")` is a request that differs from Ann's in what is given."""
    return lambda **differs: replace(ANN, **differs)


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    receiver = HttpReceiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def parcel(ann) -> Parcel:
    asked = dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.timezone.utc)
    due = asked + dt.timedelta(days=3)
    return Parcel("6c2a9a52-6f0b-4f0e-9d3b-0f9a5f9f7c11", "BT-7K3Q", "target", 1, asked, due, ann)
