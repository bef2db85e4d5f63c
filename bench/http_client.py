"""A client of HTTP that costs as little as possible: it shares two cores with what it measures."""

from __future__ import annotations

import asyncio
import json
from typing import Any

ANSWER_SECONDS = 30


class HttpError(RuntimeError):
    """The server answered with something else than 200."""


class Connection:
    """One kept-alive connection to 127.0.0.1."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: Any = None, bearer: str = "") -> Any:
        """The JSON of the answer. Raises HttpError, OSError, asyncio.TimeoutError."""
        content = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nContent-Length: {len(content)}\r\n"
        )
        if body is not None:
            head += "Content-Type: application/json\r\n"
        if bearer:
            head += f"Authorization: Bearer {bearer}\r\n"
        return await asyncio.wait_for(self._exchange(head.encode() + b"\r\n" + content), ANSWER_SECONDS)

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
            self._streams = None

    async def _exchange(self, request: bytes) -> Any:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        body = await reader.readexactly(_length(head))
        if "connection: close" in head:
            self.close()
        if " 200 " not in head.split("\r\n", 1)[0]:
            raise HttpError(head.split("\r\n", 1)[0] + " " + body.decode(errors="replace")[:200])
        return json.loads(body) if "json" in head else body.decode()


def _length(head: str) -> int:
    for line in head.split("\r\n"):
        if line.startswith("content-length:"):
            return int(line.split(":")[1])
    raise HttpError("no content-length")
