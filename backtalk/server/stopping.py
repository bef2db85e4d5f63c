"""Stopping without cutting off a reply."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from backtalk.channels.guard import Guard
from backtalk.channels.sms import SmsChannel
from backtalk.channels.web import WebChannel
from backtalk.server.deliveries import Deliveries
from backtalk.server.health import Health

logger = logging.getLogger(__name__)
STOP_SECONDS = 5.0
# Requests that were on their way when the server began to stop come in, and are told to try elsewhere.
_LINGER_SECONDS = 0.5


def stop_gently(
    app: Sanic,
    channel: WebChannel,
    sms: SmsChannel | None,
    guard: Guard,
    deliveries: Deliveries,
    health: Health,
) -> None:
    """Have `app` finish running turns when it is asked to stop, for `STOP_SECONDS` at most.

    From then on the readiness check fails, the chat answers "restarting" (a red flag still gets its urgent
    text), and each response is the last of its connection, so that the next request goes to another server.
    """

    @app.on_response
    async def last_response(request: Request, response: HTTPResponse) -> None:
        if health.is_stopping and request.stream:
            request.stream.keep_alive = False

    @app.before_server_stop
    async def stop(app: Sanic, _: Any) -> None:
        channel.is_stopping = True
        health.is_stopping = True
        app.ctx.starting.cancel()
        stopping = asyncio.create_task(deliveries.stop())
        linger = asyncio.create_task(asyncio.sleep(_LINGER_SECONDS))
        channels = [one for one in (channel, sms) if one]
        is_done = all(await asyncio.gather(*(one.drained(STOP_SECONDS) for one in channels)))
        if not await guard.drained(STOP_SECONDS if is_done else 0) or not is_done:
            logger.error("stopped before all turns were finished")
        await stopping
        await linger
        await asyncio.gather(*(one.drained(1) for one in channels))  # what came in meanwhile
        # The handlers that wait for those turns still have to write their responses.
        await asyncio.sleep(0.1)
