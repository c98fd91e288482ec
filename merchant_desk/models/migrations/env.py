"""Alembic's environment: the connection, the side and who is told come from `models/migrate.py`."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # SQLite undoes CREATE and ALTER as well; the driver begins nothing by itself here.
    transactional_ddl=True,
    on_version_apply=context.config.attributes["step"],
)
with context.begin_transaction():
    context.run_migrations()
