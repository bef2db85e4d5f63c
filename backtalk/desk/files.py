"""Files that staff take along: the list as CSV or JSON, and a visit for a calendar."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from sanic.response import HTTPResponse, raw

from backtalk.booking.errors import IllegalMove, NoSuchRequest
from backtalk.booking.export import ExportForm
from backtalk.booking.requests import Requests
from backtalk.database_threads import DatabaseThreads
from backtalk.desk.admission import DATABASE_SECONDS, Counts, Visit
from backtalk.desk.queue import FILTERS
from backtalk.desk.refusal import not_found
from backtalk.desk.request_page import known

_EXPORT_SECONDS = 20.0
_TYPES = {ExportForm.CSV: "text/csv; charset=utf-8", ExportForm.JSON: "application/json"}
_MARK = "\ufeff"  # tells spreadsheets that the file is UTF-8


class DeskFiles:
    """`/desk/export` and `/desk/requests/<reference>/visit.ics`."""

    def __init__(self, requests: Requests, threads: DatabaseThreads, counts: Counts, timezone: str) -> None:
        self._requests = requests
        self._threads = threads
        self._counts = counts
        self._timezone = timezone

    async def export(self, visit: Visit) -> HTTPResponse:
        """The requests that the queue or a search shows. Who took them is in the audit before they go."""
        chosen, kind = visit.form.get("state", ""), visit.form.get("kind", "")
        if chosen not in FILTERS or kind not in {form.value for form in ExportForm}:
            raise not_found()
        form, text = ExportForm(kind), visit.form.get("text", "")

        def work() -> str:
            return self._requests.export(form, visit.user, states=FILTERS[chosen], text=text)

        file = await self._threads.call(work, seconds=_EXPORT_SECONDS)
        self._counts.desk_action("export")
        today = dt.datetime.now(ZoneInfo(self._timezone)).date()
        body = f"{_MARK if form is ExportForm.CSV else ''}{file}".encode()
        return _attached(body, _TYPES[form], f"requests-{chosen}-{today}.{kind}")

    async def calendar(self, visit: Visit, reference: str) -> HTTPResponse:
        """The visit for a calendar, once it is booked."""
        try:
            file = await self._threads.call(
                self._requests.calendar, known(reference), seconds=DATABASE_SECONDS
            )
        except (NoSuchRequest, IllegalMove) as error:
            raise not_found() from error
        return _attached(file.encode(), "text/calendar; charset=utf-8", f"{reference}.ics")


def _attached(body: bytes, content_type: str, name: str) -> HTTPResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return raw(body, content_type=content_type, headers=headers)
