"""Sessions of the desk that were logged out."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_ended_session",
        sa.Column("session", sa.String(64), primary_key=True),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_desk_ended_session_at", "desk_ended_session", ["at"])


def downgrade() -> None:
    op.drop_table("desk_ended_session")
