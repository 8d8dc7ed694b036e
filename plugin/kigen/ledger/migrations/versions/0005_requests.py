"""The request desk: states and history of requests, who was anonymised, and messages to send."""

from __future__ import annotations

from sqlalchemy import Column, String, Text, UniqueConstraint

from kigen.ledger.migrations.steps import (
    BIG,
    INSTANT,
    LONG,
    add_column,
    counted,
    create_index,
    create_table,
    key,
    required,
)  # fmt: skip

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add three tables and four columns; no row is touched. A closed request without a state was withdrawn."""
    add_column("kigen_records", Column("action", String(12)))
    for column in (Column("state", String(24)), Column("regime", String(4)), Column("extended_at", INSTANT)):
        add_column("kigen_requests", column)
    create_table(
        "kigen_request_acts",
        counted(),
        required("client", BIG),
        required("request_right", String(24)),
        required("at", INSTANT),
        required("act", String(24)),
        Column("actor", String(120)),
        Column("method", String(24)),
        Column("source", String(24)),
        Column("reason", Text),
        Column("route", Text),
        UniqueConstraint("client", "request_right", "at", "act", name="kigen_request_acts_once"),
    )
    create_table(
        "kigen_anonymised",
        key("client", BIG),
        required("at", INSTANT),
        Column("until", INSTANT),
        required("codes", String(255)),
        Column("rule", String(80)),
        Column("run", BIG),
    )
    create_table(
        "kigen_outbox",
        counted(),
        required("client", BIG),
        required("notice", String(40)),
        Column("address", String(255)),
        Column("language", String(16)),
        required("data", LONG),
        required("created_at", INSTANT),
        required("state", String(12)),
        required("digest", String(64), unique=True),
    )
    create_index("kigen_outbox_client", "kigen_outbox", "client")
    create_index("kigen_outbox_state", "kigen_outbox", "state", "id")
