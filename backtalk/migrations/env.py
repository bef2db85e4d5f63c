"""Alembic's entry: `backtalk.database.bring_up_to_date` hands over the connection."""

from alembic import context

from backtalk.audit import triage_event
from backtalk.booking import tables as booking_tables
from backtalk.channels import sent_reply_table, sms_tables
from backtalk.database import Base
from backtalk.desk import ended_sessions
from backtalk.server import heartbeat

# Imported for the tables that they declare.
_MODELS = (triage_event, sent_reply_table, sms_tables, heartbeat, booking_tables, ended_sessions)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters tables by copying them
)
with context.begin_transaction():
    context.run_migrations()
