"""Which shape kigen's tables have in a database, and how they come to the shape this program needs."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from kigen.ledger.tables import VERSION_TABLE

HEAD = "0021"
"""The revision that this program works with."""


def revision(engine: Engine) -> str | None:
    """The revision of kigen's tables in a database; None where there are none, or an upgrade never finished."""
    with engine.connect() as connection:
        return _revision(connection)


def upgrade(engine: Engine, to: str = HEAD) -> str:
    """Bring kigen's tables to a revision, by default this program's; returns the one reached.

    Safe to repeat, also after an interruption; never goes back. Raises ValueError with a sentence, before anything is
    changed, where the tables were made by a program that knows more.
    """
    config = _config()
    with engine.connect() as connection:
        current = _revision(connection)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if current is not None and current not in known:
            raise ValueError(
                f"database: kigen's tables have revision {current}, which this program does not know; "
                f"expected {HEAD} or an earlier one: install the newer kigen that made them"
            )
        connection.rollback()  # the reading began a transaction, and alembic opens its own
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        reached = _revision(connection)
    return reached or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "kigen.ledger:migrations")
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
