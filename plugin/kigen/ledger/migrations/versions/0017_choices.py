"""Choices about cookies of visitors who were not signed in."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint

from kigen.ledger.migrations.steps import BIG, FLAG, INSTANT, counted, create_index, create_table, required

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add a table; no row is touched."""
    create_table(
        "kigen_choices",
        counted(),
        required("visitor", String(32)),
        required("stamp", BIG),
        required("purpose", String(60)),
        required("act", String(12)),
        required("at", INSTANT),
        required("received_at", INSTANT),
        required("notice", String(60)),
        required("version", BIG),
        required("digest", String(64)),
        required("language", String(8)),
        required("is_signal", FLAG),
        UniqueConstraint("visitor", "stamp", "purpose", name="kigen_choices_once"),
    )
    create_index("kigen_choices_received", "kigen_choices", "received_at")
