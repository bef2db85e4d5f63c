"""The staff page put together: routes below /desk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Coroutine, Mapping

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, raw
from sqlalchemy.engine import Engine

from backtalk.booking.parts import BookingParts
from backtalk.channels.browser_security import staff_page_headers
from backtalk.clinic import Clinic
from backtalk.database_threads import DatabaseThreads
from backtalk.desk.admission import Admission, AdmissionParts, Counts, nothing_here
from backtalk.desk.deletion import DeletionPages
from backtalk.desk.ended_sessions import EndedSessions
from backtalk.desk.files import DeskFiles
from backtalk.desk.login import LoginPages
from backtalk.desk.pages import Pages
from backtalk.desk.queue import QueuePages
from backtalk.desk.request_page import ACTIONS, RequestPages
from backtalk.desk.sessions import PATH, DeskSessions
from backtalk.desk.users import DeskUsers
from backtalk.desk.view import Wording

_STATIC = Path(__file__).with_name("static")
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


@dataclass(frozen=True)
class DeskParts:
    """What the desk is put together from. `topic_titles` by id; a topic without one is shown by its id."""

    users: DeskUsers
    key: bytes
    clinic: Clinic
    booking: BookingParts
    engine: Engine
    threads: DatabaseThreads
    counts: Counts
    public_url: str | None
    topic_titles: Mapping[str, str]
    https: bool


def desk_blueprint(parts: DeskParts) -> Blueprint:
    """All routes of the desk. Every address below it is answered with a page, also if there is none."""
    sessions = DeskSessions(parts.key, parts.users)
    ended = EndedSessions(parts.engine)
    pages = Pages(clinic_name=parts.clinic.name, timezone=parts.clinic.timezone.replace("_", " "))
    threads, counts = parts.threads, parts.counts
    admission = Admission(
        AdmissionParts(sessions, ended, threads, pages, counts, parts.public_url, parts.https)
    )
    login = LoginPages(admission, parts.users, sessions, ended, threads, counts)
    queue = QueuePages(admission, parts.booking.requests, threads)
    request = RequestPages(
        admission,
        parts.booking.requests,
        parts.booking.outbox,
        threads,
        counts,
        Wording(parts.clinic.timezone, parts.topic_titles),
    )
    files = DeskFiles(parts.booking.requests, threads, counts, parts.clinic.timezone)
    deletion = DeletionPages(admission, parts.booking.requests, parts.booking.erasure, threads, counts)
    one = "/requests/<reference:str>"
    blueprint = Blueprint("desk", url_prefix=PATH)
    for method, address, handler in (
        ("GET", "/login", admission.anyone(login.ask)),
        ("POST", "/login", admission.anyone(login.take)),
        ("POST", "/logout", admission.staff(login.leave)),
        ("GET", "/", admission.staff(queue.show)),
        ("POST", "/find", admission.staff(queue.find)),
        ("GET", "/waiting", admission.staff(queue.waiting)),
        ("GET", one, admission.staff(request.show)),
        *(("POST", f"{one}/{action}", admission.staff(request.form(action))) for action in ACTIONS),
        ("GET", f"{one}/delete", admission.staff(deletion.ask)),
        ("POST", f"{one}/delete", admission.staff(deletion.take)),
        ("GET", f"{one}/visit.ics", admission.staff(files.calendar)),
        ("POST", "/export", admission.staff(files.export)),
        ("GET", "/<rest:path>", admission.staff(nothing_here)),
        ("POST", "/<rest:path>", admission.staff(nothing_here)),
    ):
        name = f"{method.lower()}{address}".translate(_TO_NAME)
        blueprint.add_route(handler, address, methods=[method], name=name)
    for file in sorted(_STATIC.iterdir()):
        blueprint.add_route(
            _serving(file), f"/{file.name}", methods=["GET"], name=file.stem + file.suffix[1:]
        )
    return blueprint


_TO_NAME = str.maketrans(dict.fromkeys("/<>:.", "_"))


def _serving(file: Path) -> Callable[[Request], Coroutine[Any, Any, HTTPResponse]]:
    body, content_type = file.read_bytes(), _TYPES[file.suffix]
    headers = {**staff_page_headers(content_type), "Cache-Control": "public, max-age=300"}

    async def serve(request: Request) -> HTTPResponse:
        return raw(body, content_type=content_type, headers=headers)

    return serve
