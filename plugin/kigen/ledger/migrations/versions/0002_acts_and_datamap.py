"""What each run did to which record, the operator's word on unknown columns, and the way to a record's events."""

from __future__ import annotations

from sqlalchemy import Column, String

from kigen.ledger.migrations.steps import BIG, INSTANT, create_index, create_table, key, required

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add two tables and an index; no row is touched."""
    create_table(
        "kigen_acts",
        key("kind", String(12)),
        key("id", BIG),
        key("run", BIG),
        required("action", String(12)),
        required("rule", String(80)),
        Column("due_at", INSTANT),
        required("at", INSTANT),
    )
    create_table(
        "kigen_datamap",
        key("name", String(130)),
        required("treatment", String(40)),
        Column("client_by", String(64)),
        required("at", INSTANT),
        required("actor", String(120)),
    )
    create_index("kigen_events_record", "kigen_events", "kind", "record")
