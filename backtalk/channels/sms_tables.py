"""The tables of the SMS channel. They hold no number and no word of a patient. Imports nothing of Rasa."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, DateTime, Integer, String

from backtalk.database import Base

SENDER_LENGTH = 40


class SmsContact(Base):
    """One row for each phone that has texted, by its sender id. Times are UTC.

    `notice` is the version of the first notice that it got; `menu` what its numbers pick, as
    [title, payload]; `rest` the pages that MORE has yet to give.
    """

    __tablename__ = "sms_contact"

    sender = Column(String(SENDER_LENGTH), primary_key=True)
    first_at = Column(DateTime, nullable=False)
    last_at = Column(DateTime, nullable=False, index=True)
    is_stopped = Column(Boolean, nullable=False)
    stopped_at = Column(DateTime)
    started_at = Column(DateTime)
    notice = Column(Integer, nullable=False)
    menu = Column(JSON, nullable=False)
    menu_until = Column(DateTime)
    rest = Column(JSON, nullable=False)
    rest_until = Column(DateTime)


class SmsAnswer(Base):
    """What was answered to a text: the messages of the TwiML, none if nothing was said."""

    __tablename__ = "sms_answer"

    sid = Column(String(64), primary_key=True)
    sender = Column(String(SENDER_LENGTH), nullable=False, index=True)
    at = Column(DateTime, nullable=False, index=True)
    messages = Column(JSON, nullable=False)
    is_urgent = Column(Boolean, nullable=False)


class SmsDelivered(Base):
    """How far a text of ours has come, as the phone companies told Twilio."""

    __tablename__ = "sms_delivery"

    sid = Column(String(64), primary_key=True)
    sender = Column(String(SENDER_LENGTH), nullable=False, index=True)
    at = Column(DateTime, nullable=False, index=True)
    state = Column(String(16), nullable=False)
    error = Column(String(8))
    is_urgent = Column(Boolean, nullable=False)
