"""How migrations run: on the connection that kigen.ledger.migrate hands over, and on kigen's own tables alone."""

from __future__ import annotations

from alembic import context

from kigen.ledger.tables import VERSION_TABLE, metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    # SQLite takes back a schema with its transaction, so that an upgrade happens there as a whole or not at all.
    transactional_ddl=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
