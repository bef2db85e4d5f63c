"""Deleting a request for good, after a page that asks."""

from __future__ import annotations

from sanic.response import HTTPResponse, redirect

from backtalk.booking.erasure import Erasure
from backtalk.booking.errors import NoSuchRequest
from backtalk.booking.requests import Requests
from backtalk.database_threads import DatabaseThreads
from backtalk.desk.admission import DATABASE_SECONDS, Admission, Counts, Visit
from backtalk.desk.refusal import not_found
from backtalk.desk.request_page import known
from backtalk.desk.sessions import PATH


class DeletionPages:
    """`/desk/requests/<reference>/delete`."""

    def __init__(
        self,
        admission: Admission,
        requests: Requests,
        erasure: Erasure,
        threads: DatabaseThreads,
        counts: Counts,
    ) -> None:
        self._admission = admission
        self._requests = requests
        self._erasure = erasure
        self._threads = threads
        self._counts = counts

    async def ask(self, visit: Visit, reference: str) -> HTTPResponse:
        """The page that asks; nothing happens yet."""
        try:
            await self._threads.call(self._requests.get, known(reference), seconds=DATABASE_SECONDS)
        except NoSuchRequest as error:
            raise not_found() from error
        return self._admission.page(visit, "delete", reference=reference)

    async def take(self, visit: Visit, reference: str) -> HTTPResponse:
        """Erase it. The audit keeps that it was done, and by whom."""
        try:
            await self._threads.call(
                self._erasure.by_reference, known(reference), visit.user, seconds=DATABASE_SECONDS
            )
        except NoSuchRequest as error:
            raise not_found() from error
        self._counts.desk_action("delete")
        return redirect(f"{PATH}?done=deleted", status=303)
