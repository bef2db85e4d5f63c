"""The table of sent replies. Imports nothing of Rasa, so that migrations stay quick."""

from __future__ import annotations

from sqlalchemy import JSON, Column, DateTime, String

from backtalk.audit.triage_event import HASH_DIGITS
from backtalk.database import Base

MAX_ID = 64


class SentReply(Base):
    """The replies to one message. `at` is UTC."""

    __tablename__ = "sent_reply"

    sender = Column(String(HASH_DIGITS), primary_key=True)
    message_id = Column(String(MAX_ID), primary_key=True)
    at = Column(DateTime, nullable=False, index=True)
    replies = Column(JSON, nullable=False)
