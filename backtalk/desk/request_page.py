"""The page of one request, and what staff do on it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Callable, Coroutine, Mapping, TypeVar

from sanic.response import HTTPResponse, redirect

from backtalk.booking.errors import BookingError, IllegalMove, NoSuchDelivery, NoSuchRequest, StaleMove
from backtalk.booking.outbox import Outbox
from backtalk.booking.reference import read_reference
from backtalk.booking.request import BookingRequest
from backtalk.booking.requests import Requests
from backtalk.booking.state import State
from backtalk.database_threads import DatabaseThreads
from backtalk.desk.admission import DATABASE_SECONDS, Admission, Counts, Visit
from backtalk.desk.refusal import BadInput, not_found
from backtalk.desk.sessions import PATH
from backtalk.desk.view import Wording, card, sheet
from backtalk.desk.words import local_moment

Result = TypeVar("Result")
LONGEST_NOTE = 2000
# A closed set: free words about why would soon be words about health.
REASONS: Mapping[str, str] = {
    "unreached": "We could not reach the patient.",
    "unwanted": "The patient no longer wants a visit.",
    "elsewhere": "The patient was booked another way or went elsewhere.",
    "duplicate": "It is a duplicate of another request.",
    "not_ours": "We do not offer what the patient needs.",
}
_DONE = {
    "claim": "Claimed. The patient is yours to reach.",
    "contacted": "Saved that you reached the patient.",
    "booked": "Saved the visit.",
    "close": "Closed.",
    "note": "Saved the note.",
    "retry": "It will be sent again in a moment.",
    "drop": "It will not be sent any more.",
}
ACTIONS = tuple(_DONE)


@dataclass(frozen=True)
class Problem:
    """Why something was not done, for the top of the page."""

    title: str
    text: str


_DELIVERED_SINCE = Problem(
    "That cannot be done now",
    "The delivery has gone out or was dropped in the meantime. Nothing was changed by you.",
)


@dataclass(frozen=True)
class Typed:
    """What was typed into a form that could not be taken, so that it need not be typed again."""

    day: str = ""
    time: str = ""
    note: str = ""
    field: str = ""


class RequestPages:
    """`/desk/requests/<reference>` and the forms on it."""

    def __init__(
        self,
        admission: Admission,
        requests: Requests,
        outbox: Outbox,
        threads: DatabaseThreads,
        counts: Counts,
        wording: Wording,
    ) -> None:
        self._admission = admission
        self._requests = requests
        self._outbox = outbox
        self._threads = threads
        self._counts = counts
        self._wording = wording

    async def show(self, visit: Visit, reference: str) -> HTTPResponse:
        """The page."""
        return await self._page(visit, known(reference), done=_DONE.get(visit.asked("done"), ""))

    def form(self, action: str) -> Callable[..., Coroutine[Any, Any, HTTPResponse]]:
        """The handler of the form whose address ends in `action`."""
        work = {
            "claim": self._claim,
            "contacted": self._contacted,
            "booked": self._booked,
            "close": self._close,
            "note": self._note,
            "retry": self._delivery(self._outbox.retry),
            "drop": self._delivery(self._outbox.drop),
        }[action]

        async def take(visit: Visit, reference: str) -> HTTPResponse:
            return await self._take(visit, known(reference), action, work)

        return take

    async def _take(
        self, visit: Visit, reference: str, action: str, work: Callable[[Visit, str], object]
    ) -> HTTPResponse:
        try:
            await self._call(work, visit, reference)
        except NoSuchRequest as error:
            raise not_found() from error
        except IllegalMove as error:
            self._counts.refused("desk_stale" if isinstance(error, StaleMove) else "desk_illegal")
            return await self._not_moved(visit, reference, action, error)
        except NoSuchDelivery:
            self._counts.refused("desk_stale")
            return await self._page(visit, reference, status=409, problem=_DELIVERED_SINCE)
        except (BookingError, BadInput) as error:
            self._counts.refused("desk_bad_input")
            problem = Problem("Nothing was saved", str(error))
            return await self._page(
                visit, reference, status=422, problem=problem, typed=_typed(visit, action)
            )
        self._counts.desk_action(action)
        return redirect(f"{PATH}/requests/{reference}?done={action}", status=303)

    async def _not_moved(self, visit: Visit, reference: str, action: str, error: IllegalMove) -> HTTPResponse:
        request = await self._read(reference)
        if action == "claim" and request.state is State.CLAIMED and request.claimed_by == visit.user:
            return redirect(f"{PATH}/requests/{reference}?done=claim", status=303)  # pressed twice
        if isinstance(error, StaleMove):
            who = f" by {request.claimed_by}" if request.state is State.CLAIMED else ""
            problem = Problem(
                "Somebody else was first",
                f"This request was changed while you had it open, and is now {request.state.value}{who}. "
                "Nothing was changed by you. This is how it stands now.",
            )
        else:
            problem = Problem("That cannot be done now", f"{error} Nothing was changed.")
        return await self._page(visit, reference, status=409, problem=problem)

    def _claim(self, visit: Visit, reference: str) -> object:
        return self._move(visit, reference, State.CLAIMED)

    def _contacted(self, visit: Visit, reference: str) -> object:
        return self._move(visit, reference, State.CONTACTED)

    def _booked(self, visit: Visit, reference: str) -> object:
        form, now = visit.form, dt.datetime.now(dt.timezone.utc)
        at = local_moment(form.get("day", ""), form.get("time", ""), self._wording.timezone, now)
        return self._move(visit, reference, State.BOOKED, at=at)

    def _close(self, visit: Visit, reference: str) -> object:
        reason = REASONS.get(visit.form.get("reason", ""))
        if reason is None:
            raise BadInput("Choose why you close the request.")
        return self._move(visit, reference, State.CLOSED, reason=reason)

    def _note(self, visit: Visit, reference: str) -> None:
        self._requests.note(reference, visit.form.get("note", "").strip(), visit.user)

    def _delivery(self, decide: Callable[[str, str], None]) -> Callable[[Visit, str], None]:
        def work(visit: Visit, reference: str) -> None:
            delivery = visit.form.get("delivery", "")
            if delivery not in {one.id for one in self._requests.get(reference).deliveries}:
                raise NoSuchDelivery("This delivery is not one of this request.")
            decide(delivery, visit.user)

        return work

    def _move(self, visit: Visit, reference: str, state: State, **more: Any) -> BookingRequest:
        seen = visit.form.get("seen", "")
        version = int(seen) if seen.isdecimal() and len(seen) < 9 else 0
        return self._requests.move(reference, state, visit.user, seen=version, **more)

    async def _read(self, reference: str) -> BookingRequest:
        try:
            return await self._call(self._requests.get, reference)
        except NoSuchRequest as error:
            raise not_found() from error

    async def _page(
        self,
        visit: Visit,
        reference: str,
        *,
        status: int = 200,
        problem: Problem | None = None,
        done: str = "",
        typed: Typed = Typed(),
    ) -> HTTPResponse:
        request = await self._read(reference)
        trail = await self._call(self._requests.trail, reference)
        return self._admission.page(
            visit,
            "request",
            status,
            card=card(request, dt.datetime.now(dt.timezone.utc)),
            sheet=sheet(request, trail, self._wording),
            problem=problem,
            done=done,
            typed=typed,
            reasons=REASONS,
            longest_note=LONGEST_NOTE,
        )

    async def _call(self, work: Callable[..., Result], *arguments: Any) -> Result:
        return await self._threads.call(work, *arguments, seconds=DATABASE_SECONDS)


def known(reference: str) -> str:
    """`reference` as it is written, if it can be one. Raises DeskRefusal."""
    read = read_reference(reference)
    if read is None or read != reference:
        raise not_found()
    return read


def _typed(visit: Visit, action: str) -> Typed:
    form = visit.form
    return Typed(form.get("day", ""), form.get("time", ""), form.get("note", ""), action)
