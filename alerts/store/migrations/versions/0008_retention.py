"""An index by which a post's alerts are found, so that old posts can be deleted."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_alerts_post_id"), "alerts", ["post_id"], unique=False)
