"""How many posts of a source could not be read for their acts."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("misread", sa.Integer(), nullable=False, server_default="0"))
