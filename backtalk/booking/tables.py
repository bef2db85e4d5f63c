"""The tables of booking requests. Every time is UTC without a zone."""

from __future__ import annotations

from sqlalchemy import JSON, Column, DateTime, ForeignKey, Integer, String, Text

from backtalk.database import Base

HASH_DIGITS = 64


class BookingRow(Base):
    """One request. All that the patient said is in `details`, encrypted.

    `repeat_key` stands for conversation and summary as long as the request is open, so that the same
    request is stored once; it is empty afterwards, so that a patient may ask the same again later.
    """

    __tablename__ = "booking_request"

    id = Column(Integer, primary_key=True)
    reference = Column(String(16), nullable=False, unique=True)
    conversation = Column(String(HASH_DIGITS), nullable=False, index=True)
    repeat_key = Column(String(HASH_DIGITS), nullable=True, unique=True)
    phone_hash = Column(String(HASH_DIGITS), nullable=False, index=True)
    state = Column(String(16), nullable=False, index=True)
    version = Column(Integer, nullable=False)
    channel = Column(String(16), nullable=False)
    consent_version = Column(String(64), nullable=False)
    created_at = Column(DateTime, nullable=False)
    changed_at = Column(DateTime, nullable=False, index=True)
    due_at = Column(DateTime, nullable=False)
    claimed_by = Column(String(64), nullable=True)
    appointment_at = Column(DateTime, nullable=True)
    details = Column(Text, nullable=False)


class OutboxRow(Base):
    """One delivery of one request to one target. `id` is a uuid by which a receiver knows repeats."""

    __tablename__ = "outbox"

    id = Column(String(36), primary_key=True)
    request_id = Column(
        Integer, ForeignKey("booking_request.id", ondelete="CASCADE"), nullable=False, index=True
    )
    target = Column(String(32), nullable=False)
    state = Column(String(16), nullable=False)
    attempts = Column(Integer, nullable=False)
    created_at = Column(DateTime, nullable=False)
    due_at = Column(DateTime, nullable=False, index=True)
    leased_until = Column(DateTime, nullable=True)
    lease = Column(String(36), nullable=True)
    delivered_at = Column(DateTime, nullable=True)
    last_error = Column(String(200), nullable=True)


class AuditRow(Base):
    """Who did what to which request. `note` is encrypted and erased with the request; the rest stays."""

    __tablename__ = "audit"

    id = Column(Integer, primary_key=True)
    at = Column(DateTime, nullable=False)
    reference = Column(String(16), nullable=True, index=True)
    action = Column(String(32), nullable=False)
    by = Column(String(64), nullable=False)
    detail = Column(JSON, nullable=False)
    note = Column(Text, nullable=True)
