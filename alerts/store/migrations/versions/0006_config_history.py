"""Whole configs instead of their rules alone, and every time at which one became live."""

import sqlalchemy as sa
from alembic import op

from alerts.store.tables import Utc

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("configs", sa.Column("document", sa.JSON(), nullable=True))
    op.create_table(
        "config_lives",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["configs.hash"], name=op.f("fk_config_lives_hash")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_config_lives")),
    )
    # An older version kept the first time only.
    op.execute(
        "INSERT INTO config_lives (hash, since) "
        "SELECT hash, live_since FROM configs ORDER BY live_since"
    )
