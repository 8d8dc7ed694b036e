"""How each message was sent: when it was tried, what the server answered, and whether it came back."""

from __future__ import annotations

from sqlalchemy import Column, String

from kigen.ledger.migrations.steps import BIG, INSTANT, add_column, create_index

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add nine columns and an index. Every message so far waits, untried."""
    for column in (
        Column("purpose", String(60)),
        Column("tries", BIG),
        Column("next_at", INSTANT),
        Column("claimed_at", INSTANT),
        Column("sent_at", INSTANT),
        Column("bounced_at", INSTANT),
        Column("answer", String(16)),
        Column("why", String(24)),
        Column("message_id", String(160)),
    ):
        add_column("kigen_outbox", column)
    create_index("kigen_outbox_message", "kigen_outbox", "message_id")
