"""Putting the SMS channel together, if it is set."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import Engine

from backtalk.channels.guard import Guard
from backtalk.channels.sms import SmsChannel
from backtalk.channels.sms_conversation import Archive, SmsConversations, TextSeen
from backtalk.channels.sms_deliveries import SmsDeliveries
from backtalk.channels.sms_records import SmsRecords
from backtalk.clinic import Clinic
from backtalk.content.sms_texts import load_sms_texts
from backtalk.database_threads import DatabaseThreads
from backtalk.server.metrics import Metrics
from backtalk.server.turn_log import log_text
from backtalk.sms_settings import SmsSettings

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SmsParts:
    """What the channel shares with the rest of the server."""

    guard: Guard
    clinic: Clinic
    archive: Archive
    records: SmsRecords
    engine: Engine
    threads: DatabaseThreads
    metrics: Metrics
    key: bytes


def sms_channel(data: Path, settings: SmsSettings | None, parts: SmsParts) -> SmsChannel | None:
    """The channel; None if no variable of Twilio is set. Raises SmsTextsError."""
    if settings is None:
        logger.info("texts are off: no TWILIO_ variable is set")
        return None
    texts = load_sms_texts(data, parts.clinic.placeholders())

    def observe(seen: TextSeen) -> None:
        parts.metrics.text_seen(seen)
        log_text(seen, parts.key)

    conversations = SmsConversations(
        parts.guard,
        parts.clinic,
        parts.archive,
        parts.records,
        texts,
        settings,
        parts.key,
        observe,
    )
    deliveries = SmsDeliveries(parts.engine, parts.threads)
    logger.info("texts are on", extra={"urgent_after_stop": settings.urgent_after_stop})
    return SmsChannel(settings, conversations, deliveries, parts.key, parts.metrics.text_delivery)
