"""What alerts wait for and what became of those that were not sent; silences."""

import sqlalchemy as sa
from alembic import op

from alerts.store.tables import Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alerts", sa.Column("ordinal", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("alerts", sa.Column("held_for", sa.String(), nullable=True))
    op.add_column("alerts", sa.Column("released_at", Utc(), nullable=True))
    op.add_column("alerts", sa.Column("told_in", sa.String(), nullable=True))
    op.add_column("alerts", sa.Column("not_sent", sa.String(), nullable=True))
    op.execute("UPDATE alerts SET not_sent = 'shadow' WHERE shadow")
    op.create_index("ix_alerts_event_id", "alerts", ["event_id"], unique=False)
    op.create_index(
        "ix_alerts_released_at_held_until", "alerts", ["released_at", "held_until"], unique=False
    )
    op.create_table(
        "silences",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("event", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
    )
    op.create_index(op.f("ix_silences_expires_at"), "silences", ["expires_at"], unique=False)
