"""Rasa's table of events, with the indexes that reading a turn and forgetting old turns need.

Until now Rasa's own code made the table at the first start; it may be there already.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0002"
branch_labels = None
depends_on = None

_STATE = "type_name IN ('slot','active_loop','pause','resume','reset_slots','session_started','restart')"


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("events"):
        op.execute("DROP INDEX IF EXISTS ix_events_sender_id")
        if op.get_bind().dialect.name == "postgresql":
            op.alter_column("events", "id", type_=sa.BigInteger())
    else:
        op.create_table(
            "events",
            # 2,147,483,647 events are nine months of a million messages a day.
            sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
            sa.Column("sender_id", sa.String(255), nullable=False),
            sa.Column("type_name", sa.String(255), nullable=False),
            sa.Column("timestamp", sa.Float()),
            sa.Column("intent_name", sa.String(255)),
            sa.Column("action_name", sa.String(255)),
            sa.Column("data", sa.Text()),
        )
    op.create_index("ix_events_sender_id_id", "events", ["sender_id", "id"])
    op.create_index("ix_events_timestamp", "events", ["timestamp"])
    # The few events that outlive their turn: what a slot holds, where a session began.
    op.create_index(
        "ix_events_state",
        "events",
        ["sender_id", "type_name", "action_name", "id"],
        sqlite_where=sa.text(_STATE),
        postgresql_where=sa.text(_STATE),
    )


def downgrade() -> None:
    for name in ("ix_events_state", "ix_events_timestamp", "ix_events_sender_id_id"):
        op.drop_index(name, "events")
    op.create_index("ix_events_sender_id", "events", ["sender_id"])
