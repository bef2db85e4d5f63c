"""Putting a server together, and running it."""

from __future__ import annotations

import asyncio
import logging
import socket
from dataclasses import dataclass
from typing import Any, Callable

from sanic import Sanic
from sqlalchemy.engine import Engine

from backtalk.audit.triage_event import TriageLog
from backtalk.booking.delivery.targets import make_adapters
from backtalk.booking.parts import booking_parts
from backtalk.booking.reception import Reception
from backtalk.channels.browser_security import Origins
from backtalk.channels.button_payloads import ButtonPayloads
from backtalk.channels.guard import Guard, TurnSeen
from backtalk.channels.public_settings import public_settings
from backtalk.channels.sent_replies import SentReplies
from backtalk.channels.sms_records import SmsRecords
from backtalk.channels.stored_turns import StoredTurns
from backtalk.channels.web import WebChannel, WebParts
from backtalk.channels.web_session import SessionTokens
from backtalk.clinic import Clinic
from backtalk.database_threads import DatabaseThreads
from backtalk.engine.assistant import load_agent
from backtalk.engine.event_stream import event_stream
from backtalk.engine.processor import QuickAgent
from backtalk.engine.shared_conversations import SharedConversations
from backtalk.engine.tracker_store import StoredConversations
from backtalk.project import Project
from backtalk.server.app import AppParts, make_app
from backtalk.server.archive import ConversationArchive
from backtalk.server.deliveries import Deliveries
from backtalk.server.health import Health
from backtalk.server.metrics import Metrics
from backtalk.server.protocol import PatientProtocol
from backtalk.server.retention import Retention
from backtalk.server.sharing import sharing
from backtalk.server.sms import SmsParts, sms_channel
from backtalk.server.staff_page import staff_page
from backtalk.server.starting import start_up
from backtalk.server.stopping import stop_gently
from backtalk.server.turn_log import log_turn
from backtalk.settings import ServerSettings
from backtalk.triage.assess import shipped_triage

logger = logging.getLogger(__name__)


class NoAgent:
    """Stands in for an agent whose model could not be loaded: the guard answers for it."""

    async def handle_message(self, message: Any) -> None:
        """Say nothing."""

    def start_thread(self) -> None:
        """Start nothing."""

    def prepare(self, message: Any) -> None:
        """Prepare nothing."""


@dataclass(frozen=True)
class Server:
    """A server that is ready to run."""

    app: Sanic
    threads: DatabaseThreads
    health: Health
    metrics: Metrics

    def run(self, listening: socket.socket) -> None:
        """Serve until SIGTERM or SIGINT, then finish running turns."""
        self.app.run(sock=listening, protocol=PatientProtocol, motd=False, access_log=False)


def put_together(
    project: Project, clinic: Clinic, settings: ServerSettings, engine: Engine, ready: Callable[[], None]
) -> Server:
    """Load the model and connect all parts; `ready` is called when requests are taken.

    Raises SQLAlchemyError if the database refuses, SmsTextsError if sms.yml is wrong, SettingsError for a
    target without its secret. A model that cannot be loaded is logged; the server then answers with fail-safe
    and urgent texts and is not ready.
    """
    key = settings.secret_key
    threads = DatabaseThreads("database")
    metrics = Metrics()
    shared = sharing(settings, metrics.error)
    stream = event_stream(project, metrics.error)
    stored = SharedConversations if shared.link else StoredConversations
    conversations = stored(engine, threads, event_broker=stream)
    bookings = booking_parts(engine, settings, clinic)
    agent, fault = _loaded(project, conversations, Reception(clinic, bookings.cipher, bookings.requests))
    sent = SentReplies(engine, key, bookings.cipher)
    sms_records = SmsRecords(engine, threads, bookings.cipher)
    archive = ConversationArchive(conversations, sent, sms_records, threads, bookings.erasure)

    def observe(seen: TurnSeen) -> None:
        metrics.turn(seen)
        log_turn(seen, key)

    answering = agent or NoAgent()
    guard = Guard(
        answering,
        clinic,
        audit=TriageLog(engine, key, shipped_triage().catalogue.version),
        turns=shared.turns,
        stored=StoredTurns(conversations, sent),
        observe=observe,
        eraser=archive,
        prepare=answering.prepare,
    )
    payloads = ButtonPayloads(key)
    channel = WebChannel(
        WebParts(
            guard=guard,
            clinic=clinic,
            archive=archive,
            tokens=SessionTokens(key),
            payloads=payloads,
            limits=shared.limits,
            origins=Origins(settings.allowed_origins),
            settings=asyncio.run(public_settings(clinic, agent, payloads)),
            public_url=settings.public_url,
        )
    )
    sms = sms_channel(
        project.data,
        settings.sms,
        SmsParts(guard, clinic, archive, sms_records, engine, threads, metrics, key),
    )
    health = Health(agent, fault, engine, threads, shared.says)
    desk_threads = DatabaseThreads("desk", 3)  # of its own: an export takes none from the turns
    app = make_app(
        AppParts(
            agent=agent,
            clinic=clinic,
            channel=channel,
            sms=sms,
            health=health,
            metrics=metrics,
            proxies=settings.proxies,
            https=settings.https,
            desk=staff_page(settings, clinic, bookings, engine, desk_threads, metrics, agent),
        )
    )
    days = clinic.days_bookings_are_kept
    retention = Retention(
        conversations,
        sent,
        sms_records,
        threads,
        clinic.retention_days,
        lambda: bookings.erasure.older_than(days),
    )
    deliveries = Deliveries(
        bookings.outbox, make_adapters(clinic, settings.staff_url), metrics.delivery, metrics.outbox
    )
    start_up(app, answering.start_thread, health, retention, deliveries, metrics, ready)
    stop_gently(app, channel, sms, guard, deliveries, health)
    shared.add_to(app)
    if stream:
        stream.add_to(app)
    return Server(app, threads, health, metrics)


def _loaded(
    project: Project, conversations: StoredConversations, reception: Reception
) -> tuple[QuickAgent | None, str | None]:
    try:
        return load_agent(project, conversations, reception), None
    except Exception as error:  # whatever is wrong with it: red flags can be answered without a model
        logger.error("model not loaded", exc_info=error)
        return None, f"not loaded: {type(error).__name__}"
