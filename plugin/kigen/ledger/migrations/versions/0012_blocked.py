"""Keyed digests of people who are not to become clients again."""

from __future__ import annotations

from sqlalchemy import Column, String

from kigen.ledger.migrations.steps import BIG, INSTANT, counted, create_index, create_table, required

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add one table; no row is touched."""
    create_table(
        "kigen_blocked",
        counted(),
        required("sort", String(12)),
        required("digest", String(64), unique=True),
        Column("client", BIG),
        required("reason", String(24)),
        required("at", INSTANT),
        required("actor", String(120)),
    )
    create_index("kigen_blocked_client", "kigen_blocked", "client")
    create_index("kigen_blocked_at", "kigen_blocked", "at")
