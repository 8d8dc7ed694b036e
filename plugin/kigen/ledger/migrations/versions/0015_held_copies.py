"""By which rule a sealed copy goes once no legal hold keeps it; since when an erasure that was begun is let go."""

from __future__ import annotations

from sqlalchemy import Column, String

from kigen.ledger.migrations.steps import INSTANT, add_column

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add columns that are empty in every row: no copy of before was kept by a hold, and what was let go is gone."""
    add_column("kigen_quarantine", Column("ends_by", String(120)))
    add_column("kigen_intents", Column("over_at", INSTANT))
