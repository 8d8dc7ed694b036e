"""Requests of a client's contacts beside those of the client itself, and holds of which the client is not told."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, inspect

from kigen.ledger.migrations.steps import BIG, FLAG, add_column

revision = "0010"
down_revision = "0009"

ONCE = {
    "kigen_requests": ("client", "contact", "request_right", "received"),
    "kigen_request_acts": ("client", "contact", "request_right", "at", "act"),
}


def upgrade() -> None:
    """Add three columns and widen two unique keys. Every request so far is one of the client itself."""
    add_column("kigen_holds", Column("is_untold", FLAG))
    for table, columns in ONCE.items():
        name = f"{table}_once"
        known = {one["name"] for one in inspect(op.get_bind()).get_columns(table)}
        keys = {one["name"]: one["column_names"] for one in inspect(op.get_bind()).get_unique_constraints(table)}
        if keys.get(name) == list(columns):
            continue
        with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True}) as change:
            if "contact" not in known:
                change.add_column(Column("contact", BIG, nullable=False, server_default="0"))
            if name in keys:
                change.drop_constraint(name, type_="unique")
            change.create_unique_constraint(name, list(columns))
