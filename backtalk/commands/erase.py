"""`backtalk erase`: delete what is too old, or everything of one patient, or one booking request."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import TYPE_CHECKING

from backtalk.commands.booking_access import Access, booking_access, known_reference
from backtalk.commands.subcommand import add_by
from backtalk.project import Project

if TYPE_CHECKING:
    from backtalk.channels.sent_replies import SentReplies
    from backtalk.engine.conversations import StoredConversations


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--due",
        action="store_true",
        help="all that is older than clinic.yml allows",
    )
    what.add_argument(
        "--sender",
        metavar="ID",
        help="all of one sender, such as sms-+12025550143",
    )
    what.add_argument("--reference", metavar="REF", help="one booking request, such as BT-7K3Q")
    add_by(parser)


def run(options: argparse.Namespace) -> int:
    with booking_access(Project(options.project.resolve())) as access:
        if options.reference:
            reference = known_reference(options.reference)
            access.parts.erasure.by_reference(reference, options.by)
            print(f"{reference} is erased.")
        elif options.sender:
            _erase_sender(access, options.sender, options.by)
        else:
            _erase_due(access)
    return 0


def _erase_sender(access: Access, sender: str, by: str) -> None:
    conversations, sent = _stores(access)
    events, replies = conversations.erase(sender), sent.erase(sender)
    references = access.parts.erasure.by_conversation(sender, by)
    print(f"erased: {events} events, {replies} sent replies, {len(references)} booking requests.")
    if not (events or replies or references):
        print("Nothing was stored of this sender. Ids look like web-… or sms-+12025550143.")


def _erase_due(access: Access) -> None:
    from backtalk.database_threads import DatabaseThreads
    from backtalk.server.retention import Retention

    conversations, sent = _stores(access)
    kept = access.clinic.days_bookings_are_kept
    retention = Retention(
        conversations, sent, DatabaseThreads("erase", 1), access.clinic.retention_days,
        lambda: access.parts.erasure.older_than(kept),
    )  # fmt: skip
    deleted = retention.delete_old(dt.datetime.now(dt.timezone.utc))
    events, replies, bookings = deleted
    print(f"erased: {events} events, {replies} sent replies, {bookings} booking requests.")


def _stores(access: Access) -> tuple[StoredConversations, SentReplies]:
    from backtalk.channels.sent_replies import SentReplies
    from backtalk.database_threads import DatabaseThreads
    from backtalk.engine.conversations import StoredConversations

    threads = DatabaseThreads("erase", 1)
    return StoredConversations(access.engine, threads), SentReplies(
        access.engine, access.settings.secret_key, threads
    )
