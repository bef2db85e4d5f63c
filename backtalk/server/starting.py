"""Being ready before saying so."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Callable

from sanic import Sanic

from backtalk.server.deliveries import Deliveries
from backtalk.server.health import Health
from backtalk.server.metrics import Metrics
from backtalk.server.retention import Retention
from backtalk.server.settling import settle

logger = logging.getLogger(__name__)


def start_up(
    app: Sanic,
    start_thread: Callable[[], None],
    health: Health,
    retention: Retention,
    deliveries: Deliveries,
    metrics: Metrics,
    ready: Callable[[], None],
) -> None:
    """Have `app` look at everything once it takes requests, call `ready`, and begin what it does unasked.

    `app.ctx.starting` is the task of it, and then of the retention; it can be cancelled at any moment.
    """

    async def start() -> None:
        start_thread()
        checked = await health.check()  # which warms the model up
        settle()
        logger.info("started", extra=checked.said)
        metrics.ready(not checked.failed, bool(checked.degraded))
        deliveries.start()
        ready()
        await retention.run(metrics.error)

    @app.after_server_start
    async def begin(app: Sanic, _: Any) -> None:
        # Not awaited: a signal to stop would break off a listener that waits, and all replies with it.
        app.ctx.starting = asyncio.create_task(start())
