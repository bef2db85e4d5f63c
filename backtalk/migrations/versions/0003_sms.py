"""Who texts us by SMS, what was answered to which text, and what became of our texts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sms_contact",
        sa.Column("sender", sa.String(40), primary_key=True),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("stopped_at", sa.DateTime()),
        sa.Column("started_at", sa.DateTime()),
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.Column("menu", sa.JSON(), nullable=False),
        sa.Column("menu_until", sa.DateTime()),
        sa.Column("rest", sa.JSON(), nullable=False),
        sa.Column("rest_until", sa.DateTime()),
    )
    op.create_index("ix_sms_contact_last_at", "sms_contact", ["last_at"])
    op.create_table(
        "sms_answer",
        sa.Column("sid", sa.String(64), primary_key=True),
        sa.Column("sender", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_sms_answer_sender", "sms_answer", ["sender"])
    op.create_index("ix_sms_answer_at", "sms_answer", ["at"])
    op.create_table(
        "sms_delivery",
        sa.Column("sid", sa.String(64), primary_key=True),
        sa.Column("sender", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("error", sa.String(8)),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_sms_delivery_sender", "sms_delivery", ["sender"])
    op.create_index("ix_sms_delivery_at", "sms_delivery", ["at"])


def downgrade() -> None:
    for table in ("sms_delivery", "sms_answer", "sms_contact"):
        op.drop_table(table)
