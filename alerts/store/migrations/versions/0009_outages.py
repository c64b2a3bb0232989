"""Which channels fail, since when, so that one which only fails is switched off."""

import sqlalchemy as sa
from alembic import op

from alerts.store.tables import Utc

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outages",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("last_at", Utc(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_outages")),
    )
