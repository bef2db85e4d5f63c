"""A server with everything switched on, and the sites whose pages ask it."""

from __future__ import annotations

import functools

from backtalk.channels.sms_webhook_client import TwilioAccount
from backtalk.desk.passwords import PasswordHash

ALLOWED = "https://clinic.example.org"
OTHER_SITE = "https://evil.example.net"
TWILIO = TwilioAccount(
    "AC" + "0a" * 16, "a token that only two know", "+12025550143", "https://chat.example.org"
)


@functools.cache
def everything() -> dict[str, str]:
    """Settings that bring all routes: texts and the staff page too."""
    return {
        "BACKTALK_PUBLIC_URL": TWILIO.public_url,
        "BACKTALK_DESK_USERS": f"ann:{PasswordHash.of('correct horse battery staple')}",
        "TWILIO_ACCOUNT_SID": TWILIO.sid,
        "TWILIO_AUTH_TOKEN": TWILIO.auth_token,
        "TWILIO_NUMBER": TWILIO.number,
        "BACKTALK_SMS_RATE": "off",
    }
