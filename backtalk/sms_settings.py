"""Settings of the SMS channel: off unless Twilio's are set; half of them is an error."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Mapping, Sequence

from limits import RateLimitItem, parse_many

from backtalk.errors import SettingsError

ACCOUNT_SID = "TWILIO_ACCOUNT_SID"
AUTH_TOKEN = "TWILIO_AUTH_TOKEN"
NUMBER = "TWILIO_NUMBER"
URGENT_AFTER_STOP = "BACKTALK_SMS_URGENT_AFTER_STOP"
KEYWORD_REPLIES = "BACKTALK_SMS_KEYWORD_REPLIES"
RATE = "BACKTALK_SMS_RATE"
SMS_VARIABLES = (ACCOUNT_SID, AUTH_TOKEN, NUMBER, URGENT_AFTER_STOP, KEYWORD_REPLIES, RATE)
_PUBLIC_URL = "BACKTALK_PUBLIC_URL"
_DEFAULT_RATE = "20 per minute; 200 per day"
_TWILIO = (AUTH_TOKEN, ACCOUNT_SID, NUMBER)
_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_ADDRESS = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}")


@dataclass(frozen=True)
class SmsSettings:
    """Which texts are taken and how they are answered. `numbers` are our own, as dialled with a "+"."""

    account_sid: str
    auth_token: str
    numbers: frozenset[str]
    public_url: str
    urgent_after_stop: bool
    answers_keywords: bool
    rates: tuple[RateLimitItem, ...]


def sms_settings(public_url: str | None, environment: Mapping[str, str] = os.environ) -> SmsSettings | None:
    """None if the channel is off: no variable of Twilio is set. Raises SettingsError."""
    given = {name: environment.get(name, "").strip() for name in _TWILIO}
    if not any(given.values()):
        return None
    missing = [name for name, value in given.items() if not value]
    if missing:
        there = next(name for name, value in given.items() if value)
        raise SettingsError(f"{missing[0]} is not set, but {there} is. Set both for texts, or neither.")
    if not public_url:
        raise SettingsError(
            f"{_PUBLIC_URL} is not set. For texts it must be the address that Twilio calls, such as "
            "https://chat.example.org: signatures are made over it."
        )
    if not _ACCOUNT.fullmatch(given[ACCOUNT_SID]):
        raise SettingsError(f"{ACCOUNT_SID} is no account. It begins with AC and has 34 characters.")
    return SmsSettings(
        account_sid=given[ACCOUNT_SID],
        auth_token=given[AUTH_TOKEN],
        numbers=_numbers(given[NUMBER]),
        public_url=public_url,
        urgent_after_stop=_one_of(URGENT_AFTER_STOP, environment, "on", "off"),
        answers_keywords=_one_of(KEYWORD_REPLIES, environment, "backtalk", "twilio"),
        rates=_rates(environment.get(RATE) or _DEFAULT_RATE),
    )


def _numbers(given: str) -> frozenset[str]:
    numbers = [one.strip() for one in given.split(",") if one.strip()]
    for number in numbers or [given]:
        if not _ADDRESS.fullmatch(number):
            raise SettingsError(
                f"{NUMBER}: {number!r} is no number. Write it as +12025550143; put a comma between two."
            )
    return frozenset(numbers)


def _one_of(name: str, environment: Mapping[str, str], yes: str, no: str) -> bool:
    given = environment.get(name, "").strip().lower() or yes
    if given not in (yes, no):
        raise SettingsError(f"{name}: {given!r} is neither '{yes}' nor '{no}'. Write one of them.")
    return given == yes


def _rates(given: str) -> tuple[RateLimitItem, ...]:
    if given.strip().lower() == "off":
        return ()
    try:
        rates: Sequence[RateLimitItem] = parse_many(given)
    except ValueError as error:
        raise SettingsError(
            f"{RATE}: {given!r} is no rate. Write it as '{_DEFAULT_RATE}', or off."
        ) from error
    return tuple(rates)
