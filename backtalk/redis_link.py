"""The way to Redis, which several processes share: never waited for long, and allowed to be gone."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from typing import Any, Callable, Sequence

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from backtalk.errors import CommandError

logger = logging.getLogger(__name__)
PREFIX = "backtalk:"
WAIT_SECONDS = 1.0  # longer than a busy event loop takes to read an answer
MOST_CONNECTIONS = 32
LEASE_SECONDS = 3.0
BEAT_SECONDS = 0.75
RETRY_SECONDS = 0.5
_BEAT = "beat"


class RedisGone(RuntimeError):
    """Redis does not answer. What it was asked may be done all the same."""


class RedisLink:
    """A connection that says whether it works, and a name of this process that shows whether it lives.

    While `run` runs, the key `alive:<process>` exists; it goes `LEASE_SECONDS` after the process has
    died. What is published on `wake:<process>` is handed to `on_wake`.
    """

    def __init__(self, url: str, *, count_error: Callable[[str], None] = lambda where: None) -> None:
        """Does not connect yet. Raises CommandError for a URL that cannot be one."""
        try:
            pool = BlockingConnectionPool.from_url(
                url,
                max_connections=MOST_CONNECTIONS,
                timeout=WAIT_SECONDS,
                decode_responses=True,
                socket_timeout=WAIT_SECONDS,
                socket_connect_timeout=WAIT_SECONDS,
            )
        except ValueError as error:
            raise CommandError(
                "BACKTALK_REDIS_URL is no address of a Redis server. Write it as redis://host:6379/0."
            ) from error
        self._client: Any = Redis(connection_pool=pool)
        self.process = ""  # named when it runs: several processes may be forked from one that did not
        self.on_wake: Callable[[str], None] = lambda message: None
        self.on_lost: Callable[[], None] = lambda: None
        self._count_error = count_error
        self._is_up = False
        self._was_lost = False
        self._heard = 0.0

    @property
    def is_up(self) -> bool:
        """Whether Redis answered when it was last asked."""
        return self._is_up

    def script(self, source: str) -> Script:
        """A Lua script that Redis runs in one step."""
        return Script(self, self._client.register_script(source))

    async def call(self, command: Callable[[], Any]) -> Any:
        """What `command()` comes back with. Raises RedisGone at once if Redis is known to be gone."""
        if not self._is_up:
            raise RedisGone("not reached")
        try:
            return await command()
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            self._lost(error)
            raise RedisGone(type(error).__name__) from error

    async def run(self) -> None:
        """Keep up the connection, the key and the subscription, until cancelled."""
        self.process = uuid.uuid4().hex
        while True:
            try:
                async with self._client.pubsub() as wakes:
                    await wakes.subscribe(f"{PREFIX}wake:{self.process}")
                    await self._listen(wakes)
            except (RedisError, OSError, asyncio.TimeoutError) as error:
                self._lost(error)
            await asyncio.sleep(RETRY_SECONDS)

    async def close(self) -> None:
        """Drop the connections, and with them the name."""
        try:
            await self._client.delete(f"{PREFIX}alive:{self.process}")
            await self._client.close()
        except (RedisError, OSError, asyncio.TimeoutError):
            logger.info("redis not told of the end")

    async def _listen(self, wakes: Any) -> None:
        self._heard, due = time.monotonic(), 0.0
        while True:
            if time.monotonic() >= due:
                await self._beat()
                due = time.monotonic() + BEAT_SECONDS
            left = max(0.01, due - time.monotonic())
            message = await wakes.get_message(ignore_subscribe_messages=True, timeout=left)
            if message is None or message["data"] == _BEAT:
                # The own beat comes back by the subscription; without it the subscription is dead.
                if message:
                    self._heard = time.monotonic()
                    self._found()
                elif time.monotonic() - self._heard > LEASE_SECONDS:
                    raise asyncio.TimeoutError
            else:
                self.on_wake(message["data"])

    async def _beat(self) -> None:
        async with self._client.pipeline(transaction=False) as both:
            both.set(f"{PREFIX}alive:{self.process}", 1, px=int(LEASE_SECONDS * 1000))
            both.publish(f"{PREFIX}wake:{self.process}", _BEAT)
            await both.execute()

    def _found(self) -> None:
        if not self._is_up:
            self._is_up = True
            if self._was_lost:
                logger.warning("redis is back")

    def _lost(self, error: BaseException) -> None:
        if self._is_up or not self._was_lost:
            self._is_up, self._was_lost = False, True
            logger.error("redis lost", extra={"error": type(error).__name__})
            self._count_error("redis")
            self.on_lost()


class Script:
    """A script and the link by which it is called."""

    def __init__(self, link: RedisLink, script: Any) -> None:
        self._link = link
        self._script = script

    async def __call__(self, keys: Sequence[str], arguments: Sequence[str | int | float]) -> Any:
        """What the script returns. Raises RedisGone."""
        return await self._link.call(lambda: self._script(keys=list(keys), args=list(arguments)))
