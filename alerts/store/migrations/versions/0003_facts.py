"""Alerts keep all that they told, so that no update tells it again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ALERTS = sa.table(
    "alerts",
    sa.column("id", sa.String()),
    sa.column("stage", sa.String()),
    sa.column("official", sa.Boolean()),
    sa.column("document", sa.JSON()),
    sa.column("facts", sa.JSON()),
)


def upgrade() -> None:
    with op.batch_alter_table("alerts") as table:
        table.add_column(sa.Column("facts", sa.JSON(), nullable=False, server_default="[]"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(ALERTS)).all():
        act = (row.document or {}).get("data", {}).get("act", {})
        facts = [
            f"effective:{act['effective_on']}" if act.get("effective_on") else None,
            f"number:{act['number']}" if act.get("number") else None,
            "official:found" if row.official else None,
            f"stage:{row.stage}" if row.stage else None,
        ]
        told = [fact for fact in facts if fact is not None]
        connection.execute(sa.update(ALERTS).where(ALERTS.c.id == row.id).values(facts=told))
