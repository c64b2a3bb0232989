"""What tells a silence from a habit: when the service ran, what came when, and spells."""

import sqlalchemy as sa
from alembic import op

from alerts.store.tables import Utc

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("last_seen_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("started_at", name=op.f("pk_runs")),
    )
    op.create_table(
        "arrivals",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "at", name=op.f("pk_arrivals")),
    )
    # The history is there, but not when the service ran: a habit is learned from now on.
    op.execute(
        "INSERT INTO arrivals (source, at, posts) "
        "SELECT source, first_seen_at, count(*) FROM posts GROUP BY source, first_seen_at"
    )
    op.create_table(
        "spells",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("noticed_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("check", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spells")),
    )
    op.create_index(op.f("ix_spells_ended_at"), "spells", ["ended_at"], unique=False)
    op.add_column("sources", sa.Column("failing_since", Utc(), nullable=True))
    op.add_column("sources", sa.Column("page", sa.JSON(), nullable=True))
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.alter_column("alert_id", existing_type=sa.String(), nullable=True)
        deliveries.add_column(sa.Column("notice", sa.String(), nullable=True))
