"""Runs the migrations on the connection that connect.py hands over, inside its transaction."""

from alembic import context

from alerts.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
