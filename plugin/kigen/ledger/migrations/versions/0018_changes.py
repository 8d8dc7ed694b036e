"""The log of changed values, and the platform's marks as kigen saw them last."""

from __future__ import annotations

from sqlalchemy import Column, String, UniqueConstraint

from kigen.ledger.migrations.steps import (
    BIG,
    INSTANT,
    LONG,
    counted,
    create_index,
    create_table,
    key,
    required,
)

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add two tables; no row is touched."""
    create_table(
        "kigen_change_log",
        counted(),
        required("client", BIG),
        required("kind", String(12)),
        required("record", BIG),
        required("field", String(64)),
        required("at", INSTANT),
        required("act", String(12)),
        required("actor", String(12)),
        Column("old_digest", String(64)),
        Column("new_digest", String(64)),
        Column("sealed", LONG),
        UniqueConstraint("kind", "record", "field", "at", name="kigen_change_log_once"),
    )
    create_index("kigen_change_log_client", "kigen_change_log", "client", "id")
    create_table(
        "kigen_host_flags",
        key("client", BIG),
        key("purpose", String(60)),
        required("seen_at", INSTANT),
    )
