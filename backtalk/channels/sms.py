"""The SMS channel: Twilio's webhooks, under /webhooks/sms. WhatsApp comes the same way."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any, Awaitable, Callable, NoReturn

from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty, raw

from backtalk.channels.http_errors import WebError
from backtalk.channels.sms_conversation import CHANNEL, SmsConversations
from backtalk.channels.sms_deliveries import FAILED, SmsDeliveries, known_state
from backtalk.channels.sms_request import SmsDelivery, TwilioRequests
from backtalk.channels.sms_twiml import CONTENT_TYPE, twiml
from backtalk.sms_settings import SmsSettings

logger = logging.getLogger(__name__)
ROUTE = "/webhooks/sms"
_URGENT_QUERY = "about=urgent"
_FRESH = {"Cache-Control": "no-store"}

CountDelivery = Callable[[str, str], None]


class SmsChannel(InputChannel):
    """Rasa's input channel for texts. Answers stand in the response to the webhook; no call goes out."""

    def __init__(
        self,
        settings: SmsSettings,
        conversations: SmsConversations,
        deliveries: SmsDeliveries,
        key: bytes,
        count_delivery: CountDelivery,
    ) -> None:
        self._requests = TwilioRequests(settings)
        self._status_url = f"{settings.public_url}{ROUTE}/status"
        self._conversations = conversations
        self._deliveries = deliveries
        self._key = key
        self._count_delivery = count_delivery

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> NoReturn:
        raise RasaException("The SMS channel needs its guard. Start it with 'backtalk serve'.")

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """`POST /webhook` and `POST /status`; docs/http.md describes them."""
        blueprint = Blueprint("sms_channel")
        # Sanic sets attributes on handlers, which methods refuse and partials take.
        blueprint.add_route(partial(self._take_text), "/webhook", methods=["POST"], name="take_text")
        blueprint.add_route(partial(self._take_status), "/status", methods=["POST"], name="take_status")
        return blueprint

    async def drained(self, seconds: float | None = None) -> bool:
        """Wait until all texts are answered; False if `seconds` did not suffice."""
        return await self._conversations.drained(seconds)

    async def _take_text(self, request: Request) -> HTTPResponse:
        message = self._requests.message(self._fields(request))
        answer = await self._conversations.answer(message)
        url = f"{self._status_url}?{_URGENT_QUERY}" if answer.is_urgent else self._status_url
        return raw(twiml(answer.messages, url).encode(), content_type=CONTENT_TYPE, headers=_FRESH)

    async def _take_status(self, request: Request) -> HTTPResponse:
        delivery = self._requests.delivery(self._fields(request))
        is_urgent = request.query_string == _URGENT_QUERY
        try:
            is_news = await self._note(delivery, is_urgent=is_urgent)
        except Exception as error:
            logger.error("delivery not stored", extra={"error": type(error).__name__})
            raise WebError(
                503, "not_stored", "The state could not be stored right now. Send it again in a minute."
            ) from error
        if is_news:
            state = known_state(delivery.state)
            self._count_delivery(state, delivery.error or "none")
            if state in FAILED:
                # An urgent text that did not arrive is worse than any other.
                level = logging.ERROR if is_urgent else logging.WARNING
                logger.log(
                    level, "text not delivered", extra={"code": delivery.error or "none", "urgent": is_urgent}
                )
        return empty()

    async def _note(self, delivery: SmsDelivery, *, is_urgent: bool) -> bool:
        sender = delivery.receiver.sender(self._key)
        return await self._deliveries.note(
            delivery.sid, sender, delivery.state, delivery.error, is_urgent=is_urgent
        )

    def _fields(self, request: Request) -> Any:
        return self._requests.fields(
            request.path, request.query_string, request.body, request.headers.get("x-twilio-signature", "")
        )
