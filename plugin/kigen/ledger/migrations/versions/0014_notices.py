"""Notices with their versions and texts, who was shown which, consents, and addresses to which nothing goes."""

from __future__ import annotations

from sqlalchemy import Column, String, UniqueConstraint

from kigen.ledger.migrations.steps import (
    BIG,
    FLAG,
    INSTANT,
    LONG,
    counted,
    create_index,
    create_table,
    key,
    required,
)

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add five tables; no row is touched."""
    create_table(
        "kigen_notices",
        counted(),
        required("notice", String(60)),
        required("version", BIG),
        required("published_at", INSTANT),
        required("effective_at", INSTANT),
        required("is_posting_date", FLAG),
        required("weight", String(12)),
        required("binding_language", String(8)),
        required("actor", String(120)),
        UniqueConstraint("notice", "version", name="kigen_notices_once"),
    )
    create_table(
        "kigen_notice_texts",
        key("notice", String(60)),
        key("version", BIG),
        key("language", String(8)),
        required("title", String(255)),
        required("digest", String(64)),
        required("text", LONG),
    )
    create_table(
        "kigen_notice_views",
        counted(),
        required("client", BIG),
        required("notice", String(60)),
        required("version", BIG),
        required("language", String(8)),
        required("act", String(12)),
        required("at", INSTANT),
        Column("ended_at", INSTANT),
        UniqueConstraint("client", "notice", "version", "language", "act", "at", name="kigen_notice_views_once"),
    )
    create_index("kigen_notice_views_notice", "kigen_notice_views", "notice", "at")
    create_table(
        "kigen_consents",
        counted(),
        required("client", BIG),
        required("purpose", String(60)),
        required("act", String(12)),
        required("at", INSTANT),
        required("notice", String(60)),
        required("version", BIG),
        required("digest", String(64)),
        required("language", String(8)),
        required("channel", String(40)),
        required("actor", String(120)),
        required("evidence", String(255)),
        required("by_guardian", FLAG),
        Column("age", BIG),
        required("country", String(2)),
        Column("ended_at", INSTANT),
        UniqueConstraint("client", "purpose", "act", "at", name="kigen_consents_once"),
    )
    create_table(
        "kigen_suppressed",
        key("digest", String(64)),
        key("purpose", String(60)),
        required("at", INSTANT),
    )
