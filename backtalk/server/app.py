"""The Sanic application: routes, headers, limits on requests."""

from __future__ import annotations

from dataclasses import dataclass

from rasa.core.agent import Agent
from rasa.core.channels.channel import register
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, raw
from sanic.response import json as json_response

from backtalk.channels.browser_security import security_headers
from backtalk.channels.diary_page import diary_files
from backtalk.channels.http_errors import MAX_BODY, JsonErrors
from backtalk.channels.sms import SmsChannel
from backtalk.channels.web import WebChannel
from backtalk.channels.widget_files import widget_files
from backtalk.clinic import Clinic
from backtalk.server.health import Health
from backtalk.server.metrics import CONTENT_TYPE, Metrics

_LIMITS = {
    "REQUEST_MAX_SIZE": MAX_BODY,
    "REQUEST_TIMEOUT": 15,
    "RESPONSE_TIMEOUT": 30,
    "KEEP_ALIVE_TIMEOUT": 15,
    "GRACEFUL_SHUTDOWN_TIMEOUT": 1.0,  # after all turns are finished
    "ACCESS_LOG": False,
}


@dataclass(frozen=True)
class AppParts:
    """What the application is put together from. `agent` is None if no model could be loaded.

    Without a `desk` there is no staff page, and its address answers 404.
    """

    agent: Agent | None
    clinic: Clinic
    channel: WebChannel
    sms: SmsChannel | None
    health: Health
    metrics: Metrics
    proxies: int
    https: bool
    desk: Blueprint | None = None


def make_app(parts: AppParts) -> Sanic:
    """An application that serves the contract's HTTP. Rasa's own HTTP API is not part of it."""
    metrics, health = parts.metrics, parts.health
    errors = JsonErrors(metrics.refused, lambda: metrics.error("http"))
    app = Sanic("backtalk", configure_logging=False, error_handler=errors, env_prefix=None)
    app.config.update(_LIMITS)
    app.config.PROXIES_COUNT = parts.proxies or None
    app.ctx.agent = parts.agent
    register([parts.channel, *([parts.sms] if parts.sms else [])], app, route="/webhooks/")
    app.blueprint(widget_files())
    app.blueprint(diary_files(parts.clinic))
    if parts.desk:
        app.blueprint(parts.desk)

    @app.get("/health/live")
    async def live(request: Request) -> HTTPResponse:
        return json_response({"status": "alive"}, headers=_FRESH)

    @app.get("/health/ready")
    async def ready(request: Request) -> HTTPResponse:
        checked = await health.check()
        failed = checked.failed
        metrics.ready(not failed, bool(checked.degraded))
        body = {
            "status": "not ready" if failed else "ready",
            "failed": failed,
            "degraded": checked.degraded,
            "checks": checked.said,
        }
        return json_response(body, status=503 if failed else 200, headers=_FRESH)

    @app.get("/metrics")
    async def show_metrics(request: Request) -> HTTPResponse:
        return raw(metrics.text(), content_type=CONTENT_TYPE, headers=_FRESH)

    @app.on_response
    async def secure(request: Request, response: HTTPResponse) -> None:
        content_type = response.content_type or ""
        for name, value in security_headers(content_type, https=parts.https).items():
            response.headers.setdefault(name, value)

    return app


_FRESH = {"Cache-Control": "no-store"}
