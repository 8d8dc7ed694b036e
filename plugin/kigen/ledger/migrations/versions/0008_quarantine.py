"""What the schedule deleted and what can be brought back for a while."""

from __future__ import annotations

from sqlalchemy import String

from kigen.ledger.migrations.steps import BIG, BYTES, INSTANT, counted, create_index, create_table, required

revision = "0008"
down_revision = "0007"

TABLE = "kigen_quarantine"


def upgrade() -> None:
    """Add a table with its indexes; no row is touched."""
    create_table(
        TABLE,
        counted(),
        required("host", String(64)),
        required("kind", String(12)),
        required("record", BIG),
        required("client", BIG),
        required("run", BIG),
        required("at", INSTANT),
        required("until", INSTANT),
        required("store_key", String(16)),
        required("content", BYTES),
    )
    create_index("kigen_quarantine_client", TABLE, "client")
    create_index("kigen_quarantine_record", TABLE, "kind", "record")
    create_index("kigen_quarantine_run", TABLE, "run")
    create_index("kigen_quarantine_until", TABLE, "until")
