"""Logging in and out."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from sanic.response import HTTPResponse, redirect

from backtalk.database_threads import DatabaseThreads
from backtalk.desk.admission import DATABASE_SECONDS, LOGIN, Admission, Counts, Visit, own_page
from backtalk.desk.attempts import LoginAttempts
from backtalk.desk.ended_sessions import EndedSessions
from backtalk.desk.sessions import DeskSessions
from backtalk.desk.users import DeskUsers

logger = logging.getLogger(__name__)
_MOST_WAITING = 6  # each check takes a third of a second of a processor that patients need too


class LoginPages:
    """`/desk/login` and `/desk/logout`."""

    def __init__(
        self,
        admission: Admission,
        users: DeskUsers,
        sessions: DeskSessions,
        ended: EndedSessions,
        threads: DatabaseThreads,
        counts: Counts,
    ) -> None:
        self._admission = admission
        self._users = users
        self._sessions = sessions
        self._ended = ended
        self._threads = threads
        self._counts = counts
        self._attempts = LoginAttempts()
        self._checker = ThreadPoolExecutor(1, thread_name_prefix="desk-password")
        self._waiting = 0

    async def ask(self, visit: Visit) -> HTTPResponse:
        """The form."""
        if visit.user:
            return redirect(own_page(visit.asked("next")), status=303)
        return self._form(visit, 200, next=visit.asked("next"), left=bool(visit.asked("left")))

    async def take(self, visit: Visit) -> HTTPResponse:
        """Check name and password; the form again if they are wrong."""
        name, next_page = visit.form.get("name", ""), visit.form.get("next", "")
        address = str(visit.request.remote_addr or visit.request.ip)
        minutes = self._attempts.wait(address)
        if minutes:
            return self._wrong(visit, 429, "too_many", f"Too many attempts. Try again in {minutes} minutes.")
        if self._waiting >= _MOST_WAITING:
            return self._wrong(visit, 503, "too_many", "Many people are logging in. Try again in a minute.")
        user = await self._checked(name, visit.form.get("password", ""))
        if user is None:
            return self._wrong(visit, 403, "wrong", "The name or the password is not right.")
        self._attempts.forget(address)
        self._counts.desk_login("right")
        logger.info("desk login", extra={"result": "right"})
        visit.session = self._sessions.begin(user)
        return redirect(own_page(next_page), status=303)

    async def leave(self, visit: Visit) -> HTTPResponse:
        """End the session everywhere, not only in this browser."""
        await self._threads.call(self._ended.end, visit.session, seconds=DATABASE_SECONDS)
        visit.session, visit.has_left = self._sessions.begin(), True
        return redirect(f"{LOGIN}?left=1", status=303)

    async def _checked(self, name: str, password: str) -> str | None:
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._checker, self._users.checked, name, password)
        finally:
            self._waiting -= 1

    def _wrong(self, visit: Visit, status: int, result: str, error: str) -> HTTPResponse:
        self._counts.desk_login(result)
        logger.warning("desk login", extra={"result": result})
        return self._form(visit, status, next=visit.form.get("next", ""), error=error)

    def _form(
        self, visit: Visit, status: int, *, next: str, error: str = "", left: bool = False
    ) -> HTTPResponse:
        return self._admission.page(
            visit,
            "login",
            status,
            next=own_page(next),
            name=visit.form.get("name", ""),
            error=error,
            left=left,
        )
