"""What a server shares with other processes, if it has a Redis to do so; else it keeps it to itself."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from typing import Callable

from sanic import Sanic

from backtalk.channels.rate_limits import RateLimits, RateLimitsInProcess
from backtalk.channels.redis_rate_limits import SharedRateLimits
from backtalk.channels.redis_turns import RedisTurns
from backtalk.channels.turns import Turns, TurnsInProcess
from backtalk.redis_link import RedisLink
from backtalk.settings import ServerSettings

logger = logging.getLogger(__name__)
_START_SECONDS = 2.0
_LOOK_SECONDS = 0.01


@dataclass(frozen=True)
class Sharing:
    """The order of turns and the rates. `link` is None if nothing is shared."""

    turns: Turns
    limits: RateLimits
    link: RedisLink | None = None

    def says(self) -> dict[str, str]:
        """For `redis` "ok" or what is wrong, as a health check says it; nothing if nothing is shared."""
        if self.link is None:
            return {}
        return {"redis": "ok" if self.link.is_up else "not reached: each process orders its own turns"}

    def add_to(self, app: Sanic) -> None:
        """Keep the connection up while `app` runs. It starts without Redis too, after a short wait."""
        link = self.link
        if link is None:
            return

        @app.before_server_start
        async def connect(app: Sanic, _: object) -> None:
            app.ctx.redis = asyncio.create_task(link.run())
            deadline = asyncio.get_running_loop().time() + _START_SECONDS
            while not link.is_up and asyncio.get_running_loop().time() < deadline:
                await asyncio.sleep(_LOOK_SECONDS)

        @app.after_server_stop
        async def leave(app: Sanic, _: object) -> None:
            app.ctx.redis.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await app.ctx.redis
            await link.close()


def sharing(settings: ServerSettings, count_error: Callable[[str], None]) -> Sharing:
    """By Redis if `BACKTALK_REDIS_URL` is set, also with one worker: other hosts may have some too."""
    session, address = settings.session_rate, settings.address_rate
    if settings.redis_url is None:
        return Sharing(TurnsInProcess(), RateLimitsInProcess(session, address))
    link = RedisLink(settings.redis_url, count_error=count_error)
    key = settings.secret_key
    return Sharing(RedisTurns(link, key), SharedRateLimits(link, key, session, address), link)
