"""Events that lean on another one until a later post tells the two apart."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("leans_on", sa.String(), nullable=True))
    some = sa.text("leans_on IS NOT NULL")
    op.create_index(
        "ix_events_leans_on", "events", ["leans_on"], sqlite_where=some, postgresql_where=some
    )
