"""Evidence: the chain of entries with its end, what each entry speaks of, and the signed heads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, String

from kigen.ledger.migrations.steps import BIG, BYTES, LONG, create_index, create_table, key, required

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add four tables; no row is touched. What runs did before is in kigen_chunks and has no evidence."""
    create_table(
        "kigen_evidence",
        key("seq", BIG),
        required("previous", String(64)),
        required("host", String(64)),
        required("action", String(12)),
        required("rule", String(80)),
        required("reasons", String(1000)),
        Column("run", BIG),
        required("actor", String(120)),
        required("at", String(32)),
        required("count", BIG),
        required("root", String(64)),
        required("hash", String(64)),
    )
    create_table("kigen_chain", key("id", BIG), required("seq", BIG), required("hash", String(64)))
    create_table(
        "kigen_leaves",
        key("entry", BIG),
        key("part", BIG),
        required("kind", String(12)),
        Column("lowest", BIG),
        Column("highest", BIG),
        required("records", LONG),
        required("salts", BYTES),
    )
    create_index("kigen_leaves_record", "kigen_leaves", "kind", "highest")
    create_table(
        "kigen_heads",
        key("entries", BIG),
        key("at", String(32)),
        required("hash", String(64)),
        required("signing_key", String(16)),
        required("signature", String(128)),
    )
    begin_the_chain()


def begin_the_chain() -> None:
    """Write the row that says where the chain ends, unless an upgrade that was interrupted has done it."""
    chain = sa.table("kigen_chain", *(sa.column(name) for name in ("id", "seq", "hash")))
    if not op.get_bind().execute(sa.select(chain.c.id)).all():
        op.get_bind().execute(sa.insert(chain).values(id=1, seq=0, hash="0" * 64))
