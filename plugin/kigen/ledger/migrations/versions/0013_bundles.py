"""Bundles that clients get, the links to them and every fetch."""

from __future__ import annotations

from sqlalchemy import Column, String

from kigen.ledger.migrations.steps import BIG, FLAG, INSTANT, TEXT, counted, create_index, create_table, required

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add three tables with their indexes; no row is touched."""
    create_table(
        "kigen_bundles",
        counted(),
        required("client", BIG),
        required("contact", BIG, server_default="0"),
        required("kind", String(12)),
        required("language", String(4)),
        required("state", String(12)),
        required("made_at", INSTANT),
        required("made_by", String(120)),
        required("is_own", FLAG),
        required("is_encrypted", FLAG),
        Column("request", BIG),
        Column("path", TEXT),
        Column("parts", BIG),
        Column("size", BIG),
        Column("digest", String(64)),
        Column("problems", TEXT),
        Column("expires_at", INSTANT),
        Column("gone_at", INSTANT),
        Column("gone_why", String(24)),
    )
    create_index("kigen_bundles_client", "kigen_bundles", "client")
    create_index("kigen_bundles_expires", "kigen_bundles", "expires_at")
    create_table(
        "kigen_bundle_links",
        counted(),
        required("bundle", BIG),
        required("client", BIG),
        required("token", String(64), unique=True),
        required("made_at", INSTANT),
        required("made_by", String(120)),
        Column("expires_at", INSTANT),
        required("uses_left", BIG),
    )
    create_index("kigen_bundle_links_bundle", "kigen_bundle_links", "bundle")
    create_table(
        "kigen_bundle_fetches",
        counted(),
        required("client", BIG),
        Column("bundle", BIG),
        required("at", INSTANT),
        required("outcome", String(12)),
    )
    create_index("kigen_bundle_fetches_client", "kigen_bundle_fetches", "client", "at")
