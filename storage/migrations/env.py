"""What Alembic runs: our migrations on the connection that it is handed."""

from alembic import context

from storage.tables import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    transactional_ddl=True,  # SQLite can, once BEGIN is ours
    render_as_batch=True,
)
context.run_migrations()
