"""Indexes by which an event's keys and a post's alerts are found, so that old ones can go."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_alerts_post_id"), "alerts", ["post_id"], unique=False)
    op.create_index(op.f("ix_event_keys_event_id"), "event_keys", ["event_id"], unique=False)
