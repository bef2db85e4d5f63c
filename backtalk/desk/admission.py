"""What every request to the desk goes through: session, forged forms, errors as pages, headers, cookie."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable, Coroutine, Mapping, Protocol

from sanic.request import Request
from sanic.response import HTTPResponse, html, redirect
from sqlalchemy.exc import SQLAlchemyError

from backtalk.channels.browser_security import staff_page_headers
from backtalk.database_threads import DatabaseThreads, DatabaseTimeout
from backtalk.desk.ended_sessions import EndedSessions
from backtalk.desk.form import read_form
from backtalk.desk.pages import Pages
from backtalk.desk.refusal import DeskRefusal, not_found
from backtalk.desk.same_site import sent_by_own_page
from backtalk.desk.sessions import COOKIE, LOGIN_COOKIE, PATH, DeskSession, DeskSessions

logger = logging.getLogger(__name__)
DATABASE_SECONDS = 4.0
LOGIN = f"{PATH}/login"
_ARRIVED = "arrived"  # marks the second load after a link from another site
_OWN_PAGE = re.compile(rf"{PATH}(/requests/[A-Z0-9-]{{4,20}})?")


class Counts(Protocol):
    """Where the desk counts what happens, for the metrics."""

    def desk_login(self, result: str) -> None:
        """right, wrong or too_many."""

    def desk_action(self, action: str) -> None:
        """What staff did to a request."""

    def refused(self, code: str) -> None:
        """A request that was refused."""

    def error(self, where: str) -> None:
        """A fault of ours."""


@dataclass
class Visit:
    """One request to the desk. A handler that sets `session` changes the browser's cookie."""

    request: Request
    session: DeskSession
    form: Mapping[str, str]
    keeps_cookie: bool = True
    has_left: bool = False

    @property
    def user(self) -> str:
        """Who is logged in; "" if nobody."""
        return self.session.user

    def asked(self, name: str) -> str:
        """A parameter of the address; "" if absent."""
        return str(self.request.args.get(name) or "")


Handler = Callable[..., Coroutine[Any, Any, HTTPResponse]]


@dataclass(frozen=True)
class AdmissionParts:
    """`public_url` as set, in lower case; `https` says that browsers reach us by it."""

    sessions: DeskSessions
    ended: EndedSessions
    threads: DatabaseThreads
    pages: Pages
    counts: Counts
    public_url: str | None
    https: bool


class Admission:
    """Wraps the handlers of the desk."""

    def __init__(self, parts: AdmissionParts) -> None:
        self._parts = parts

    def anyone(self, handler: Handler) -> Handler:
        """`handler(visit, **path)` for people who are not logged in, too."""
        return partial(self._serve, handler, False)

    def staff(self, handler: Handler) -> Handler:
        """`handler(visit, **path)` for people who are logged in; others are sent to the log-in."""
        return partial(self._serve, handler, True)

    def page(self, visit: Visit, template: str, status: int = 200, **values: Any) -> HTTPResponse:
        """A filled template, which also knows who is logged in and the token for its forms."""
        token = self._parts.sessions.token(visit.session)
        body = self._parts.pages.fill(template, user=visit.user, token=token, **values)
        return html(body, status=status)

    async def _serve(self, handler: Handler, for_staff: bool, request: Request, **path: str) -> HTTPResponse:
        sessions = self._parts.sessions
        session = sessions.of_staff(request.cookies) or sessions.of_login(request.cookies)
        visit = Visit(request, session, {})
        try:
            response = await self._answer(handler, for_staff, visit, path)
        except DeskRefusal as refusal:
            self._parts.counts.refused(refusal.code)
            response = self._refused(visit, refusal)
        except (DatabaseTimeout, SQLAlchemyError) as error:
            logger.error("desk: database failed", extra={"error": type(error).__name__})
            self._parts.counts.error("desk")
            response = self._refused(visit, _NO_DATABASE)
        except Exception as error:
            logger.error("desk: request failed", exc_info=error)
            self._parts.counts.error("desk")
            response = self._refused(visit, _BROKEN)
        self._finish(visit, response)
        return response

    async def _answer(
        self, handler: Handler, for_staff: bool, visit: Visit, path: Mapping[str, str]
    ) -> HTTPResponse:
        await self._drop_ended(visit)
        if visit.request.method == "POST":
            self._check_form(visit)
        if for_staff and not visit.user:
            return self._to_login(visit)
        return await handler(visit, **path)

    async def _drop_ended(self, visit: Visit) -> None:
        parts = self._parts
        if not visit.user:
            return
        ended: bool = await parts.threads.call(parts.ended.has, visit.session, seconds=DATABASE_SECONDS)
        if ended:
            visit.session = parts.sessions.of_login(visit.request.cookies)

    def _check_form(self, visit: Visit) -> None:
        request = visit.request
        headers = request.headers
        if not sent_by_own_page(
            headers.get("origin"), headers.get("sec-fetch-site"), request.host, self._parts.public_url
        ):
            raise _OTHER_SITE
        visit.form = read_form(request.body, headers.get("content-type"))
        if not self._parts.sessions.is_token(visit.session, visit.form.get("token", "")):
            raise _OLD_PAGE

    def _to_login(self, visit: Visit) -> HTTPResponse:
        request = visit.request
        visit.keeps_cookie = False
        if request.headers.get("sec-fetch-site") == "cross-site" and not visit.asked(_ARRIVED):
            # A browser sends no strict cookie with a link on another site, such as in webmail. Our own page
            # leads on, and then it does.
            return self.page(visit, "arriving", address=f"{own_page(request.path)}?{_ARRIVED}=1")
        return redirect(f"{LOGIN}?next={own_page(request.path)}", status=303)

    def _refused(self, visit: Visit, refusal: DeskRefusal) -> HTTPResponse:
        return self.page(visit, "refusal", status=refusal.status, refusal=refusal)

    def _finish(self, visit: Visit, response: HTTPResponse) -> None:
        response.headers.update(staff_page_headers(response.content_type or ""))
        if not visit.keeps_cookie:
            return
        name = COOKIE if visit.user else LOGIN_COOKIE
        response.cookies[name] = self._parts.sessions.cookie(visit.session)
        cookie = response.cookies[name]
        cookie["path"] = PATH
        cookie["httponly"] = True
        cookie["samesite"] = "Strict"
        if self._parts.https:
            cookie["secure"] = True
        if visit.has_left:
            response.cookies[COOKIE] = ""  # the browser forgets it
            response.cookies[COOKIE]["path"] = PATH
            response.cookies[COOKIE]["max-age"] = 0


def own_page(path: str) -> str:
    """`path` if it is a page of the desk worth coming back to, else the queue. Never another site."""
    return path if _OWN_PAGE.fullmatch(path) else PATH


_OTHER_SITE = DeskRefusal(
    403,
    "desk_other_site",
    "This was not sent from the desk",
    "Nothing was changed. Open the desk's own address and do it there. If you did, tell whoever runs the "
    "server: BACKTALK_PUBLIC_URL has to be the address that you use.",
)
_OLD_PAGE = DeskRefusal(
    403,
    "desk_old_page",
    "This page was open too long",
    "Nothing was changed. You may have been logged out since, or your browser keeps no cookies. "
    "Go to the queue and try again.",
)
_NO_DATABASE = DeskRefusal(
    503,
    "desk_database",
    "The requests cannot be read right now",
    "It is not certain that your last change was saved. Wait a minute, then look at the request again.",
)
_BROKEN = DeskRefusal(
    500,
    "desk_broken",
    "Something broke here",
    "It is not certain that your last change was saved. Look at the request again, then tell whoever runs "
    "the server.",
)


async def nothing_here(visit: Visit, **path: str) -> HTTPResponse:
    """For every address of the desk that has no page."""
    raise not_found()
