"""`backtalk outbox`: what still has to be delivered to the clinic's own systems."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from typing import Any, Callable

from backtalk.commands.booking_access import Access, booking_access
from backtalk.commands.subcommand import add_by, subcommand
from backtalk.errors import CommandError
from backtalk.project import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="part", metavar="PART", required=True)
    run_part = subcommand(parts, "run", "deliver until stopped, as `backtalk serve` does too")
    run_part.add_argument("--once", action="store_true", help="deliver what is due now, then end")
    listing = subcommand(parts, "list", "list deliveries that wait or are dead")
    listing.add_argument("--all", action="store_true", help="delivered and dropped ones too")
    for name, summary in (
        ("retry", "try a dead or waiting delivery again, from the first attempt on"),
        ("drop", "give a delivery up: it was passed on otherwise"),
    ):
        part = subcommand(parts, name, summary)
        which = part.add_mutually_exclusive_group(required=True)
        which.add_argument("id", nargs="?", help="as `backtalk outbox list` shows it")
        which.add_argument("--dead", action="store_true", help="all that are dead")
        add_by(part)


def run(options: argparse.Namespace) -> int:
    with booking_access(Project(options.project.resolve())) as access:
        return _PARTS[options.part](access, options)


def _run(access: Access, options: argparse.Namespace) -> int:
    from backtalk.booking.courier import Courier
    from backtalk.booking.delivery.targets import make_adapters
    from backtalk.database_threads import DatabaseThreads

    adapters = make_adapters(access.clinic, access.settings.staff_url)
    if not adapters:
        raise CommandError("clinic.yml names no target. Add one below handoff: deliver:.")

    async def work() -> int:
        courier = Courier(access.parts.outbox, adapters, DatabaseThreads("outbox", 4))
        if options.once:
            return _told(await courier.deliver_due())
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, courier.stop)
        print(f"Delivering to {', '.join(adapters)}. Ctrl-C stops.", flush=True)
        await courier.run()
        return 0

    return asyncio.run(work())


def _told(results: Any) -> int:
    said = ", ".join(f"{number} {result}" for result, number in sorted(results.items()))
    print(said or "Nothing was due.")
    if results["failed"] or results["dead"]:
        print("backtalk outbox: some did not arrive; see backtalk outbox list.", file=sys.stderr)
        return 1
    return 0


def _list(access: Access, options: argparse.Namespace) -> int:
    from backtalk.booking.request import DeliveryState

    undelivered = (DeliveryState.DEAD, DeliveryState.WAITING)
    states = tuple(DeliveryState) if options.all else undelivered
    known = access.clinic.handoff.targets
    for one in access.parts.outbox.listing(states):
        why = one.last_error or ""
        if one.target not in known and one.state in undelivered:
            why = f"no target of this name in clinic.yml. {why}".strip()
        row = f"{one.id}  {one.reference:<11} {one.target:<12} {one.state.value:<9}"
        print(f"{row} tries {one.attempts:<3} {why}".rstrip())
    counts = access.parts.outbox.counts()
    print(", ".join(f"{number} {state.value}" for state, number in counts.items()))
    return 0


def _decide(action: str) -> Callable[[Access, argparse.Namespace], int]:
    def decide(access: Access, options: argparse.Namespace) -> int:
        from backtalk.booking.request import DeliveryState

        outbox = access.parts.outbox
        dead = [one.id for one in outbox.listing((DeliveryState.DEAD,), most=10_000)] if options.dead else []
        ids = dead if options.dead else [options.id]
        for delivery_id in ids:
            getattr(outbox, action)(delivery_id, options.by)
        done = "will be tried again" if action == "retry" else "dropped"
        print(f"{len(ids)} {done}.")
        return 0

    return decide


_PARTS = {"run": _run, "list": _list, "retry": _decide("retry"), "drop": _decide("drop")}
