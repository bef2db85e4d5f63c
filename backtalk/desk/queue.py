"""The queue: what waits, most pressing first; finding a request."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, Mapping

from sanic.response import HTTPResponse, redirect
from sanic.response import json as json_response

from backtalk.booking.reference import read_reference
from backtalk.booking.requests import Requests
from backtalk.booking.state import OPEN, State
from backtalk.database_threads import DatabaseThreads
from backtalk.desk.admission import DATABASE_SECONDS, Admission, Visit
from backtalk.desk.refusal import not_found
from backtalk.desk.sessions import PATH
from backtalk.desk.view import card

PAGE_LENGTH = 25
_MOST_FOUND = 50
FILTERS: Mapping[str, tuple[State, ...]] = {
    "open": OPEN,
    **{state.value: (state,) for state in State},
    "all": tuple(State),
}
_NOTHING = {
    "open": "Nothing waits. New requests show up here.",
    "all": "There are no requests yet.",
}


@dataclass(frozen=True)
class Tab:
    """A link that shows one state."""

    title: str
    address: str
    number: int
    is_here: bool


class QueuePages:
    """`/desk`, `/desk/find` and `/desk/waiting`."""

    def __init__(self, admission: Admission, requests: Requests, threads: DatabaseThreads) -> None:
        self._admission = admission
        self._requests = requests
        self._threads = threads

    async def show(self, visit: Visit) -> HTTPResponse:
        """One page of the queue, with the states that were chosen."""
        chosen = visit.asked("state") or "open"
        if chosen not in FILTERS:
            raise not_found()
        page = _page_number(visit.asked("page"))

        def read() -> tuple[Any, Any]:
            offset = (page - 1) * PAGE_LENGTH
            found = self._requests.listing(states=FILTERS[chosen], limit=PAGE_LENGTH, offset=offset)
            return found, self._requests.counts()

        found, counts = await self._threads.call(read, seconds=DATABASE_SECONDS)
        numbers = {name: sum(counts[state] for state in states) for name, states in FILTERS.items()}
        pages = max(1, math.ceil(numbers[chosen] / PAGE_LENGTH))
        if page > pages:
            return redirect(f"{PATH}?state={chosen}&page={pages}", status=303)
        return self._page(
            visit,
            found,
            heading=f"{chosen.capitalize()} requests",
            tabs=_tabs(chosen, numbers),
            chosen=chosen,
            nothing=_NOTHING.get(chosen, f"No request is {chosen}."),
            page=page,
            pages=pages,
            new=counts[State.NEW],
            done=_DONE.get(visit.asked("done"), ""),
        )

    async def find(self, visit: Visit) -> HTTPResponse:
        """What was looked for comes in a form: a name or a number must not stand in an address."""
        text = visit.form.get("text", "").strip()
        if not text:
            return redirect(PATH, status=303)

        def read() -> Any:
            return self._requests.listing(states=tuple(State), text=text, limit=_MOST_FOUND)

        found = await self._threads.call(read, seconds=DATABASE_SECONDS)
        if len(found) == 1 and read_reference(text) == found[0].reference:
            return redirect(f"{PATH}/requests/{found[0].reference}", status=303)
        return self._page(
            visit,
            found,
            heading="Found" if len(found) < _MOST_FOUND else f"The first {_MOST_FOUND} found",
            searched=text,
            nothing="No request fits. Look for a reference, a part of a name, or 3 digits of a number.",
        )

    async def waiting(self, visit: Visit) -> HTTPResponse:
        """How many requests are new, for the script of the page. It keeps nobody logged in."""
        visit.keeps_cookie = False
        counts = await self._threads.call(self._requests.counts, seconds=DATABASE_SECONDS)
        return json_response({"new": counts[State.NEW]})

    def _page(self, visit: Visit, found: Any, **values: Any) -> HTTPResponse:
        now = dt.datetime.now(dt.timezone.utc)
        defaults = {
            "tabs": (),
            "chosen": "all",
            "page": 1,
            "pages": 1,
            "searched": None,
            "done": "",
            "new": None,
        }
        cards = [card(request, now) for request in found]
        return self._admission.page(visit, "queue", cards=cards, **{**defaults, **values})


_DONE = {"deleted": "The request was deleted."}


def _tabs(chosen: str, numbers: Mapping[str, int]) -> list[Tab]:
    return [
        Tab(
            name.capitalize(),
            PATH if name == "open" else f"{PATH}?state={name}",
            numbers[name],
            name == chosen,
        )
        for name in FILTERS
    ]


def _page_number(asked: str) -> int:
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1
