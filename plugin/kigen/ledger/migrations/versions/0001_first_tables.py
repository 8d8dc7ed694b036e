"""The first tables: what arrived, what is remembered of records, what keeps them, settings and runs."""

from __future__ import annotations

from sqlalchemy import Column, String, UniqueConstraint

from kigen.ledger.migrations.steps import (
    BIG,
    DAY,
    FLAG,
    INSTANT,
    LONG,
    TEXT,
    counted,
    create_index,
    create_table,
    key,
    required,
)  # fmt: skip

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything that a first run needs."""
    what_happened()
    what_is_remembered()
    what_keeps()
    what_people_asked()
    what_is_set_and_was_done()


def what_happened() -> None:
    """The inbox and the history of events."""
    create_table(
        "kigen_inbox",
        counted(),
        Column("event", String(64)),
        Column("host_event", String(128)),
        required("at", INSTANT),
        required("payload", LONG),
        Column("digest", String(64), unique=True),
        Column("received_at", INSTANT),
        required("state", String(12), server_default="pending"),
        Column("error", TEXT),
    )
    create_index("kigen_inbox_state", "kigen_inbox", "state", "id")
    create_table(
        "kigen_events",
        counted(),
        required("name", String(64)),
        required("at", INSTANT),
        Column("client", BIG),
        Column("kind", String(12)),
        Column("record", BIG),
        required("data", LONG),
        Column("digest", String(64), unique=True),
        required("handled_at", INSTANT),
    )
    create_index("kigen_events_client", "kigen_events", "client", "at")


def what_is_remembered() -> None:
    """Records, their clocks, and what events told of them."""
    create_table(
        "kigen_records",
        key("kind", String(12)),
        key("id", BIG),
        Column("client", BIG),
        Column("state", String(24)),
        Column("bought", String(64)),
        Column("first_seen", INSTANT),
        Column("seen_at", INSTANT),
        Column("other_seen_at", INSTANT),
        Column("event_state", String(24)),
        Column("event_at", INSTANT),
        Column("rule", String(80)),
        Column("due_at", INSTANT),
        Column("next_look", INSTANT),
    )
    create_index("kigen_records_look", "kigen_records", "kind", "next_look", "id")
    create_index("kigen_records_client", "kigen_records", "client")
    create_table(
        "kigen_anchors",
        key("kind", String(12)),
        key("id", BIG),
        key("name", String(32)),
        Column("at", INSTANT),
        Column("day", DAY),
        required("source", String(12)),
        Column("why_unknown", String(12)),
    )
    create_table(
        "kigen_observed",
        key("kind", String(12)),
        key("id", BIG),
        key("name", String(80)),
        required("at", INSTANT),
    )
    create_table(
        "kigen_archives",
        counted(),
        required("client", BIG),
        required("at", INSTANT),
        required("former_status", String(64)),
        Column("run", BIG),
        Column("ended_at", INSTANT),
    )
    create_index("kigen_archives_client", "kigen_archives", "client")


def what_keeps() -> None:
    """Holds and individual contracts."""
    create_table(
        "kigen_holds",
        counted(),
        Column("client", BIG),
        Column("kind", String(12)),
        Column("record", BIG),
        required("reason", TEXT),
        Column("until", INSTANT),
        required("placed_at", INSTANT),
        required("placed_by", String(120)),
        Column("released_at", INSTANT),
        Column("released_by", String(120)),
        Column("release_reason", TEXT),
    )
    create_index("kigen_holds_client", "kigen_holds", "client")
    create_index("kigen_holds_record", "kigen_holds", "kind", "record")
    create_table(
        "kigen_contracts",
        counted(),
        Column("client", BIG),
        Column("client_group", BIG),
        required("rule", String(80)),
        required("term", String(40)),
        required("begins", INSTANT),
        Column("until", INSTANT),
        Column("duty", TEXT),
        Column("review", DAY),
        required("added_at", INSTANT),
        required("added_by", String(120)),
        Column("ended_at", INSTANT),
        Column("ended_by", String(120)),
    )
    create_index("kigen_contracts_client", "kigen_contracts", "client")
    create_index("kigen_contracts_group", "kigen_contracts", "client_group")


def what_people_asked() -> None:
    """Rights requests, their withdrawals, and clients that became one."""
    create_table(
        "kigen_requests",
        counted(),
        required("client", BIG),
        required("request_right", String(24)),
        required("received", INSTANT),
        Column("closed_at", INSTANT),
        UniqueConstraint("client", "request_right", "received", name="kigen_requests_once"),
    )
    create_table(
        "kigen_closings",
        key("client", BIG),
        key("request_right", String(24)),
        key("at", INSTANT),
    )
    create_table(
        "kigen_merges",
        key("client", BIG),
        key("into_client", BIG),
        required("at", INSTANT),
    )


def what_is_set_and_was_done() -> None:
    """Settings with their history, kigen's notes about itself, and runs."""
    create_table("kigen_settings", key("name", String(80)), required("value", TEXT))
    create_table(
        "kigen_settings_history",
        counted(),
        required("name", String(80)),
        Column("old", TEXT),
        Column("new", TEXT),
        required("at", INSTANT),
        required("actor", String(120)),
    )
    create_table("kigen_notes", key("name", String(80)), required("value", TEXT))
    create_table(
        "kigen_runs",
        counted(),
        required("started_at", INSTANT),
        Column("finished_at", INSTANT),
        required("decided_at", INSTANT),
        required("is_machine_clock", FLAG),
        required("is_ahead", FLAG),
        required("is_confirmed", FLAG),
        required("actor", String(120)),
        required("outcome", String(24)),
        required("counts", LONG),
        Column("stopped", String(120)),
    )
