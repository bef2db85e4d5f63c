"""`backtalk bookings`: the front desk's list of requests for appointments."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from typing import TYPE_CHECKING, Any, Callable
from zoneinfo import ZoneInfo

from backtalk.commands.booking_access import Access, booking_access, known_reference
from backtalk.commands.subcommand import add_by, subcommand
from backtalk.errors import CommandError
from backtalk.project import Project

if TYPE_CHECKING:
    from backtalk.booking.request import BookingRequest

_WIDE = 240
_STATES = ("new", "claimed", "contacted", "booked", "closed")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="part", metavar="PART", required=True)
    listing = subcommand(parts, "list", "list requests, the most pressing first")
    _add_filters(listing)
    listing.add_argument("--limit", type=int, default=50, metavar="N", help="at most N (default: 50)")
    show = subcommand(parts, "show", "show one request, its deliveries and who did what")
    show.add_argument("reference")
    for name, summary in (
        ("claim", "take a request: the others see that it is yours"),
        ("contacted", "note that the patient was reached"),
        ("booked", "note that there is an appointment"),
        ("close", "finish a request that comes to nothing, or is done"),
        ("note", "add a note, which is stored encrypted"),
    ):
        part = subcommand(parts, name, summary)
        part.add_argument("reference")
        add_by(part)
        if name == "booked":
            part.add_argument(
                "--at", required=True, metavar='"2026-11-26 16:00"', help="in the clinic's time"
            )
        if name == "close":
            part.add_argument("--reason", default="", help="kept as a note")
        if name == "note":
            part.add_argument("text")
    export = subcommand(parts, "export", "write requests to standard output as JSON or CSV, or one as .ics")
    _add_filters(export, everything=True)
    add_by(export)
    form = export.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="CSV instead of JSON")
    form.add_argument("--ics", metavar="REFERENCE", help="calendar file of a request that is booked")


def run(options: argparse.Namespace) -> int:
    with booking_access(Project(options.project.resolve())) as access:
        _PARTS[options.part](access, options)
    return 0


def _list(access: Access, options: argparse.Namespace) -> None:
    from rich.console import Console

    from backtalk.booking.requests import utc_now
    from backtalk.commands.booking_table import request_table

    if options.limit < 1:
        raise CommandError("--limit must be 1 or more.")
    requests = access.parts.requests
    states = _states(options, everything=False)
    found = requests.listing(states=states, text=options.find, limit=options.limit)
    counts = requests.counts()
    if found:
        # Into a pipe or a file, rows are not broken.
        console = Console(width=None if sys.stdout.isatty() else _WIDE)
        console.print(request_table(found, utc_now()))
    else:
        print("No request fits.")
    print(", ".join(f"{number} {state.value}" for state, number in counts.items()))


def _show(access: Access, options: argparse.Namespace) -> None:
    from backtalk.booking.requests import utc_now
    from backtalk.commands.booking_table import request_lines

    reference = known_reference(options.reference)
    request = access.parts.requests.get(reference)
    trail = access.parts.requests.trail(reference)
    for line in request_lines(request, trail, access.clinic, utc_now()):
        print(line)


def _move(state: str) -> Callable[[Access, argparse.Namespace], None]:
    def move(access: Access, options: argparse.Namespace) -> None:
        from backtalk.booking.state import State

        more: dict[str, Any] = {}
        if state == "booked":
            more["at"] = _local_time(options.at, access)
        if state == "closed":
            more["reason"] = options.reason
        reference = known_reference(options.reference)
        _tell(access.parts.requests.move(reference, State(state), options.by, **more))

    return move


def _note(access: Access, options: argparse.Namespace) -> None:
    reference = known_reference(options.reference)
    access.parts.requests.note(reference, options.text, options.by)
    print(f"{reference}: noted.")


def _export(access: Access, options: argparse.Namespace) -> None:
    from backtalk.booking.export import ExportForm

    if options.ics:
        sys.stdout.write(access.parts.requests.calendar(known_reference(options.ics)))
        return
    form = ExportForm.CSV if options.csv else ExportForm.JSON
    states = _states(options, everything=True)
    sys.stdout.write(access.parts.requests.export(form, options.by, states=states, text=options.find))


_PARTS: dict[str, Callable[[Access, argparse.Namespace], None]] = {
    "list": _list,
    "show": _show,
    "claim": _move("claimed"),
    "contacted": _move("contacted"),
    "booked": _move("booked"),
    "close": _move("closed"),
    "note": _note,
    "export": _export,
}


def _add_filters(part: argparse.ArgumentParser, everything: bool = False) -> None:
    default = "all" if everything else "new, claimed and contacted"
    part.add_argument("--state", action="append", choices=_STATES, help=f"default: {default}")
    if not everything:
        part.add_argument("--all", action="store_true", help="in all states")
    part.add_argument("--find", default="", metavar="TEXT", help="reference, or part of a name or number")


def _states(options: argparse.Namespace, everything: bool) -> tuple[Any, ...]:
    from backtalk.booking.state import OPEN, State

    if options.state:
        return tuple(State(name) for name in options.state)
    return tuple(State) if everything or options.all else OPEN


def _tell(request: BookingRequest) -> None:
    others = f" Perhaps the same person: {', '.join(request.duplicates)}." if request.duplicates else ""
    print(f"{request.reference} is {request.state.value}.{others}")


def _local_time(text: str, access: Access) -> dt.datetime:
    try:
        local = dt.datetime.strptime(text.strip(), "%Y-%m-%d %H:%M")
    except ValueError as error:
        raise CommandError(f"'{text}' is no date and time. Write it as \"2026-11-26 16:00\".") from error
    return local.replace(tzinfo=ZoneInfo(access.clinic.timezone))
