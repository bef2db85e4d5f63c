"""The web channel: HTTP for the chat widget, under /webhooks/web."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from functools import partial
from typing import Any, Awaitable, Callable, Mapping, NoReturn, Protocol, Sequence

from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as json_response

from backtalk.channels.browser_security import Origins
from backtalk.channels.button_payloads import ButtonPayloads
from backtalk.channels.guard import TURN_SECONDS, Guard
from backtalk.channels.http_errors import WebError
from backtalk.channels.kept_tasks import KeptTasks
from backtalk.channels.rate_limits import RateLimits
from backtalk.channels.reply import Reply
from backtalk.channels.turned_away import TurnedAway
from backtalk.channels.web_message import WebMessage, read_message
from backtalk.channels.web_reply import WebReplies
from backtalk.channels.web_session import SessionTokens, TokenError, new_session
from backtalk.clinic import Clinic
from backtalk.understanding.understanding import MAX_CHARACTERS

logger = logging.getLogger(__name__)
CHANNEL = "web"
MOST_EVENTS = 400  # of a history
_BEARER = "bearer "
_STREAM = "text/event-stream"


class Archive(Protocol):
    """What the channel asks of stored conversations."""

    async def said(self, session: str, most: int) -> Sequence[Mapping[str, Any]]:
        """The last events of patient and bot, in Rasa's form."""

    async def erase(self, session: str) -> None:
        """Delete the conversation and what was sent in it."""


@dataclass(frozen=True)
class WebParts:
    """What the channel is put together from."""

    guard: Guard
    clinic: Clinic
    archive: Archive
    tokens: SessionTokens
    payloads: ButtonPayloads
    limits: RateLimits
    origins: Origins
    settings: Mapping[str, Any]
    public_url: str | None = None


class WebChannel(InputChannel):
    """Rasa's input channel for the widget. The guard, not Rasa's own handler, takes the messages."""

    def __init__(self, parts: WebParts) -> None:
        self._parts = parts
        self._replies = WebReplies(parts.clinic, parts.payloads, parts.public_url)
        self._turned_away = TurnedAway(parts.guard, CHANNEL)
        self._kept = KeptTasks()
        self.is_stopping = False

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> NoReturn:
        raise RasaException("The web channel needs its guard. Start it with 'backtalk serve'.")

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes of the contract; `docs/settings.md` and `docs/http.md` describe them."""
        blueprint = Blueprint("web_channel")
        for handler, path, method in (
            (self._open_session, "/session", "POST"),
            (self._erase_session, "/session", "DELETE"),
            (self._take_message, "/messages", "POST"),
            (self._show_history, "/history", "GET"),
            (self._show_settings, "/settings", "GET"),
        ):
            # Sanic sets attributes on handlers, which methods refuse and partials take.
            blueprint.add_route(partial(handler), path, methods=[method], name=handler.__name__.strip("_"))
        for path in ("/session", "/messages", "/history", "/settings"):
            blueprint.add_route(partial(_preflight), path, methods=["OPTIONS"], name=f"preflight{path[1:]}")

        @blueprint.on_request
        async def admit(request: Request) -> None:
            self._admit(request)

        @blueprint.on_response
        async def finish(request: Request, response: HTTPResponse) -> None:
            self._finish(request, response)

        return blueprint

    async def drained(self, seconds: float | None = None) -> bool:
        """Wait until all messages that came in are answered; False if `seconds` did not suffice."""
        return await self._kept.finish(seconds)

    def _admit(self, request: Request) -> None:
        origin = request.headers.get("origin")
        if not self._parts.origins.allows(origin, request.host):
            raise WebError(
                403,
                "origin_not_allowed",
                "Pages of this site may not use the chat. Add the site to BACKTALK_ALLOWED_ORIGINS.",
            )

    def _finish(self, request: Request, response: HTTPResponse) -> None:
        origin = request.headers.get("origin")
        response.headers.update(self._parts.origins.cors_headers(origin, request.host))
        response.headers.setdefault("Cache-Control", "no-store")

    async def _open_session(self, request: Request) -> HTTPResponse:
        await self._count_address(request)
        session = self._session(request) if request.headers.get("authorization") else new_session()
        tokens = self._parts.tokens
        return json_response(
            {"token": tokens.issue(session), "session": session, "expires_in": tokens.seconds}
        )

    async def _erase_session(self, request: Request) -> HTTPResponse:
        await self._count_address(request)
        session = self._session(request)
        try:
            await asyncio.wait_for(self._erase(session), TURN_SECONDS)
        except Exception as error:
            logger.error("conversation not erased", extra={"error": type(error).__name__})
            raise WebError(
                503, "not_erased", "The chat could not be deleted right now. Try again in a minute."
            ) from error
        return json_response({"erased": True})

    async def _erase(self, session: str) -> None:
        async with self._parts.guard.alone(session):
            await self._parts.archive.erase(session)

    async def _take_message(self, request: Request) -> HTTPResponse | None:
        session = self._session(request)
        message = read_message(request.body, session, self._parts.payloads)
        # In a task of its own from here on: a client that leaves does not take its message back.
        replies = await asyncio.shield(self._kept.start(self._replies_to(request, session, message)))
        return await self._send(request, [self._replies.reply(reply, session) for reply in replies])

    async def _replies_to(self, request: Request, session: str, message: WebMessage) -> Sequence[Reply]:
        refusal = await self._refusal(request, session, message)
        if refusal is None:
            return await self._parts.guard.answer(
                message.said.text,
                sender=session,
                channel=CHANNEL,
                message_id=message.message_id,
                pressed=message.said.intent,
            )
        own_words = message.said.text if message.typed else ""
        replies = await self._turned_away.urgent(own_words, sender=session)
        if not replies:
            raise refusal
        return replies

    async def _refusal(self, request: Request, session: str, message: WebMessage) -> WebError | None:
        """Why the message gets no turn; its red flags are looked for all the same."""
        if self.is_stopping:
            text = self._with_numbers("The chat is restarting. Try again in a few seconds.")
            return WebError(503, "restarting", text, {"Retry-After": "3"})
        wait = await self._parts.limits.wait_of_message(_address(request), session)
        if wait:
            text = f"These are more messages than I can read. Wait {wait} seconds, then send it again."
            return WebError(429, "too_many", self._with_numbers(text), {"Retry-After": str(wait)})
        if len(message.said.text) > MAX_CHARACTERS:
            text = (
                f"The message is longer than {MAX_CHARACTERS:,} characters, and I did not read it. "
                "Shorten it and send it again."
            )
            return WebError(400, "text_too_long", self._with_numbers(text))
        return None

    async def _send(self, request: Request, replies: list[dict[str, Any]]) -> HTTPResponse | None:
        if _STREAM not in request.headers.get("accept", ""):
            return json_response({"replies": replies})
        response = await request.respond(
            content_type=f"{_STREAM}; charset=utf-8", headers={"X-Accel-Buffering": "no"}
        )
        for reply in replies:
            await response.send(f"event: reply\ndata: {json.dumps(reply)}\n\n")
        await response.send("event: done\ndata: {}\n\n")
        await response.eof()
        return None

    async def _show_history(self, request: Request) -> HTTPResponse:
        await self._count_address(request)
        session = self._session(request)
        try:
            events = await self._parts.archive.said(session, MOST_EVENTS)
        except Exception as error:
            logger.error("history not read", extra={"error": type(error).__name__})
            raise WebError(
                503, "no_history", "The conversation cannot be read right now. Try again in a minute."
            ) from error
        return json_response({"turns": self._replies.turns(events, session)})

    async def _show_settings(self, request: Request) -> HTTPResponse:
        return json_response(self._parts.settings, headers={"Cache-Control": "public, max-age=300"})

    def _session(self, request: Request) -> str:
        header = request.headers.get("authorization") or ""
        try:
            if not header.lower().startswith(_BEARER):
                raise TokenError("missing")
            return self._parts.tokens.session(header[len(_BEARER) :].strip())
        except TokenError as error:
            raise WebError(
                401,
                "no_session",
                "The session's token is missing, wrong or too old. Ask for a new one: POST "
                "/webhooks/web/session without a token. Then send the message again.",
                {"WWW-Authenticate": "Bearer"},
            ) from error

    async def _count_address(self, request: Request) -> None:
        wait = await self._parts.limits.wait_of_address(_address(request))
        if wait:
            text = f"These are more requests than I can take. Wait {wait} seconds, then try again."
            raise WebError(429, "too_many", self._with_numbers(text), {"Retry-After": str(wait)})

    def _with_numbers(self, text: str) -> str:
        """What to do must not be missing from a message that stands in for an answer."""
        return f"{text} If this feels urgent or dangerous, call {self._parts.clinic.emergency} now."


async def _preflight(request: Request) -> HTTPResponse:
    return empty()


def _address(request: Request) -> str:
    return str(request.remote_addr or request.ip)
