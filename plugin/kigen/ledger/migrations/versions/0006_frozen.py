"""Frozen documents, by whom they are found, who saw them; and the log of maskings."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy import Column, String

from kigen.ledger.migrations.steps import (
    BIG,
    BYTES,
    DAY,
    INSTANT,
    LONG,
    counted,
    create_index,
    create_table,
    key,
    required,
)

revision = "0006"
down_revision = "0005"

INDEXES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "kigen_frozen": {
        "client": ("client",), "until": ("until", "id"),
        "dated": ("dated", "until", "shorter", "shorter_run"), "issued": ("issued",), "amount": ("amount",),
    },
    "kigen_frozen_parties": {"document": ("document",)},
    "kigen_maskings": {"record": ("kind", "record"), "at": ("at",), "party": ("party",)},
}  # fmt: skip


def upgrade() -> None:
    """Add four tables; no row is touched."""
    create_table(
        "kigen_frozen",
        counted(),
        required("host", String(64)),
        required("kind", String(12)),
        required("record", BIG),
        Column("client", BIG),
        required("number", String(255)),
        Column("issued", DAY),
        required("currency", String(32)),
        Column("amount", BIG),
        Column("dated", DAY),
        Column("until", INSTANT),
        Column("shorter", INSTANT),
        Column("shorter_run", BIG),
        required("frozen_at", INSTANT),
        required("store_key", String(16)),
        required("wrapped", BYTES),
        required("content", BYTES),
        required("page", BYTES),
        sa.UniqueConstraint("host", "kind", "record", name="kigen_frozen_once"),
    )
    create_table("kigen_frozen_parties", key("party", String(64)), key("document", BIG))
    create_table(
        "kigen_frozen_views",
        counted(),
        required("document", BIG),
        required("kind", String(12)),
        required("record", BIG),
        required("at", INSTANT),
        required("actor", String(120)),
        required("part", String(12)),
    )
    create_table(
        "kigen_maskings",
        counted(),
        required("at", INSTANT),
        required("host", String(64)),
        required("kind", String(12)),
        required("record", BIG),
        required("number", String(255)),
        required("party", String(64)),
        required("fields", LONG),
        required("codes", String(1000)),
        required("actor", String(120)),
        Column("run", BIG),
    )
    for table, indexes in INDEXES.items():
        for name, columns in indexes.items():
            create_index(f"{table}_{name}", table, *columns)
