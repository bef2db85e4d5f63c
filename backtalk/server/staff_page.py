"""The staff page of a server, if anybody may log in to it."""

from __future__ import annotations

from rasa.core.agent import Agent
from sanic import Blueprint
from sqlalchemy.engine import Engine

from backtalk.booking.parts import BookingParts
from backtalk.clinic import Clinic
from backtalk.database_threads import DatabaseThreads
from backtalk.desk.blueprint import DeskParts, desk_blueprint
from backtalk.engine.topic_titles import topic_titles
from backtalk.server.metrics import Metrics
from backtalk.settings import ServerSettings


def staff_page(
    settings: ServerSettings,
    clinic: Clinic,
    booking: BookingParts,
    engine: Engine,
    threads: DatabaseThreads,
    metrics: Metrics,
    agent: Agent | None,
) -> Blueprint | None:
    """Its routes; None without BACKTALK_DESK_USERS. Works without a model too."""
    if settings.desk_users is None:
        return None
    return desk_blueprint(
        DeskParts(
            users=settings.desk_users,
            key=settings.secret_key,
            clinic=clinic,
            booking=booking,
            engine=engine,
            threads=threads,
            counts=metrics,
            public_url=settings.public_url,
            topic_titles=topic_titles(agent) if agent else {},
            https=settings.https,
        )
    )
