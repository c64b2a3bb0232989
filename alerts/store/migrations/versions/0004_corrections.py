"""Events can be merged and split by hand, and it is remembered what was moved."""

import sqlalchemy as sa
from alembic import op

from alerts.store.tables import Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("events") as table:
        table.add_column(sa.Column("merged_into", sa.String(), nullable=True))
    with op.batch_alter_table("posts") as table:
        table.add_column(sa.Column("kin", sa.String(), nullable=True))
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("other_id", sa.String(), nullable=False),
        sa.Column("posts", sa.JSON(), nullable=False),
        sa.Column("alerts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_corrections_event_id")),
        sa.ForeignKeyConstraint(["other_id"], ["events.id"], name=op.f("fk_corrections_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
