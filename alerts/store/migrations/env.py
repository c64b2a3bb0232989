"""Runs the migrations on the connection that connect.py hands over, inside its transaction."""

from alembic import context

from alerts import failpoints
from alerts.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    on_version_apply=lambda **_: failpoints.reach("migrating"),
)
context.run_migrations()
