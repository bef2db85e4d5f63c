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
    from backtalk.channels.sms_records import SmsRecords
    from backtalk.engine.tracker_store import StoredConversations
    from backtalk.server.retention import Deleted


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
        help="all of one sender: an id, web-… or sms-…, or a phone number, +12025550143",
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
    from backtalk.server.retention import Deleted

    conversations, sent, texts = _stores(access)
    found = Deleted(0, 0, 0, 0)
    for one in _ids(sender, access.settings.secret_key):
        erased = (conversations.erase(one), sent.erase(one), texts.erase(one))
        bookings = len(access.parts.erasure.by_conversation(one, by))
        found = Deleted(*(a + b for a, b in zip(found, (*erased, bookings), strict=True)))
    print(_erased(found))
    if not any(found):
        print("Nothing was stored of this sender. Give an id, web-… or sms-…, or a number, +12025550143.")


def _erase_due(access: Access) -> None:
    from backtalk.database_threads import DatabaseThreads
    from backtalk.server.retention import Retention

    conversations, sent, texts = _stores(access)
    kept = access.clinic.days_bookings_are_kept
    retention = Retention(
        conversations, sent, texts, DatabaseThreads("erase", 1), access.clinic.retention_days,
        lambda: access.parts.erasure.older_than(kept),
    )  # fmt: skip
    print(_erased(retention.delete_old(dt.datetime.now(dt.timezone.utc))))


def _erased(found: Deleted) -> str:
    return (
        f"erased: {found.events} events, {found.replies} sent replies, {found.texts} rows of texts, "
        f"{found.bookings} booking requests."
    )


def _ids(sender: str, key: bytes) -> list[str]:
    """The ids of a phone's conversations, by text and by WhatsApp; another id as it is."""
    from backtalk.channels.sms_sender import Address

    number = sender.removeprefix("sms-")
    if not number.startswith("+"):
        return [sender]
    return [Address(f"{over}{number}").sender(key) for over in ("", "whatsapp:")]


def _stores(access: Access) -> tuple[StoredConversations, SentReplies, SmsRecords]:
    from backtalk.channels.sent_replies import SentReplies
    from backtalk.channels.sms_records import SmsRecords
    from backtalk.database_threads import DatabaseThreads
    from backtalk.engine.tracker_store import StoredConversations

    threads = DatabaseThreads("erase", 1)
    return (
        StoredConversations(access.engine, threads),
        SentReplies(access.engine, access.settings.secret_key),
        SmsRecords(access.engine, threads, access.parts.cipher),
    )
