"""A server with a staff page, requests in its database, and staff who use it over HTTP."""

from __future__ import annotations

import datetime as dt
import functools
import html
import itertools
import re
import uuid
from typing import Any

import httpx
from sqlalchemy import insert, select
from web_server import ROOT, Server

from backtalk.booking.cipher import FieldCipher
from backtalk.booking.requests import Requests
from backtalk.booking.state import State
from backtalk.booking.tables import BookingRow, OutboxRow
from backtalk.booking.wanted import ReachBy, Wanted
from backtalk.clinic import load_clinic
from backtalk.database import open_database
from backtalk.desk.passwords import PasswordHash

PASSWORD = "correct horse battery staple"
COOKIE = "backtalk_desk"
LOGIN_COOKIE = "backtalk_desk_login"
_PHONES = itertools.count(1000)


@functools.cache
def users() -> str:
    """BACKTALK_DESK_USERS with ann and Bob O'Neil, who have the same password."""
    made = PasswordHash.of(PASSWORD)
    return f"ann:{made}, Bob O'Neil:{made}"


def wanted(**changes: Any) -> Wanted:
    """What a patient asks for. Unless a phone is given, it is one that nobody else has."""
    said: dict[str, Any] = {
        "service": "physiotherapy",
        "name": "Maria Lopez",
        "phone": f"+1202555{next(_PHONES):04}",
        "reach_by": ReachBy.CALL,
        "times": "Tuesday after 16:00",
        "consent_version": "1",
        "consented_at": dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.timezone.utc),
        "channel": "web",
        "existing_patient": False,
        "may_leave_message": False,
        "needs": None,
        "topics": ("condition/sciatica", "selfcare/heat-ice"),
        "screening": None,
    }
    return Wanted(**{**said, **changes})


class Book:
    """The requests in a server's database, as the conversation would store them."""

    def __init__(self, server: Server, url: str | None = None, key: bytes | None = None) -> None:
        self.engine = open_database(url or f"sqlite:///{server.database}")
        key = key or (server.folder / "var" / "secret.key").read_text().strip().encode()
        self.clinic = load_clinic(ROOT / "clinic.yml")
        self.cipher, self.key = FieldCipher((), key), key
        self.requests = Requests(self.engine, self.cipher, key, self.clinic)

    def store(self, **changes: Any) -> str:
        """The reference of a new request."""
        return self.requests.store(wanted(**changes), conversation=f"web-{uuid.uuid4()}")

    def stored_at(self, at: dt.datetime, **changes: Any) -> str:
        """The same, asked at another time."""
        then = Requests(self.engine, self.cipher, self.key, self.clinic, now=lambda: at)
        return then.store(wanted(**{"consented_at": at, **changes}), conversation=f"web-{uuid.uuid4()}")

    def deliver(self, reference: str, target: str, state: str, error: str | None = None) -> str:
        """Have a delivery stand in some state; its id."""
        now = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
        row = {
            "id": str(uuid.uuid4()), "target": target, "state": state, "attempts": 8, "created_at": now,
            "due_at": now, "delivered_at": now if state == "delivered" else None, "last_error": error,
        }  # fmt: skip
        with self.engine.begin() as connection:
            id_ = connection.execute(
                select(BookingRow.id).where(BookingRow.reference == reference)
            ).scalar_one()
            connection.execute(insert(OutboxRow).values(request_id=id_, **row))
        return row["id"]


class Staff:
    """One browser of the front desk. It follows no redirect by itself."""

    def __init__(self, url: str) -> None:
        number = uuid.uuid4().int
        self.address = f"10.{number % 256}.{number // 256 % 256}.{number // 65536 % 256}"
        self.http = httpx.Client(base_url=url, timeout=20, headers={"X-Forwarded-For": self.address})
        self.origin = url

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.http.get(path, headers=headers)

    def token(self, path: str = "/desk") -> str:
        """The token of the forms on a page."""
        found = re.search(r'name="token" value="([0-9a-f]+)"', self.get(path).text)
        assert found, path
        return found[1]

    def post(
        self, path: str, page: str = "/desk", headers: dict[str, str] | None = None, **fields: str
    ) -> httpx.Response:
        """Send a form as it stands on `page`, which is fetched first; None of `fields` need a token."""
        data = {"token": self.token(page), **fields}
        return self.http.post(path, data=data, headers={"Origin": self.origin, **(headers or {})})

    def log_in(self, name: str = "ann", password: str = PASSWORD, **fields: str) -> httpx.Response:
        return self.post("/desk/login", "/desk/login", name=name, password=password, **fields)

    def act(self, reference: str, action: str, **fields: str) -> httpx.Response:
        """Send a form of a request's page as it stands there now."""
        page = f"/desk/requests/{reference}"
        seen = re.search(r'name="seen" value="([0-9]+)"', self.get(page).text)
        return self.post(f"{page}/{action}", page, **{"seen": seen[1] if seen else "", **fields})


def visible(answer: httpx.Response) -> str:
    """The words of a page, without tags and with single spaces."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", body))).strip()


def busy_morning(book: Book) -> dict[str, str]:
    """Requests in every state, by what is special about them; their references."""
    now = dt.datetime.now(dt.timezone.utc)
    hours = lambda number: now - dt.timedelta(hours=number)  # noqa: E731
    move, requests = book.requests.move, book.requests
    same = "+12025550143"
    found = {
        "late": book.stored_at(hours(75), name="Dorothy Achebe", needs="A ground floor room, please"),
        "undelivered": book.stored_at(hours(3), name="Tomás Ferreira", service="not sure", phone=same),
        "twin": book.stored_at(hours(1), name="Tomas Ferreira", service="massage", phone=same),
        "text": book.stored_at(
            hours(0.2), name="Lin Wei", reach_by=ReachBy.TEXT, service="acupuncture", times="any morning"
        ),
        "claimed": book.stored_at(hours(5), name="Priya Raman", service="exercise classes"),
        "contacted": book.stored_at(
            hours(30), name="Owen Hughes", may_leave_message=True, needs="Welsh interpreter"
        ),
        "booked": book.stored_at(hours(50), name="Amina Yusuf", screening="No warning sign was named."),
        "closed": book.stored_at(hours(60), name="Peter Novak"),
    }
    for name, states in {
        "claimed": (State.CLAIMED,),
        "contacted": (State.CLAIMED, State.CONTACTED),
        "booked": (State.CLAIMED, State.CONTACTED, State.BOOKED),
        "closed": (State.CLOSED,),
    }.items():
        for state in states:
            at = now + dt.timedelta(days=3) if state is State.BOOKED else None
            why = "We could not reach the patient." if state is State.CLOSED else ""
            move(found[name], state, "Bob O'Neil", at=at, reason=why)
    requests.note(found["contacted"], "Prefers the early slot. Will bring his own interpreter.", "ann")
    book.deliver(found["undelivered"], "front-desk", "dead", "connection refused")
    book.deliver(found["undelivered"], "records", "delivered")
    return found
