"""kigen's own tables, all named kigen_*, in the host's own database; own_data.py says what they hold."""

from __future__ import annotations

from functools import partial

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, String, Text

from kigen.ledger import (
    tables_blocked,
    tables_bundles,
    tables_changes,
    tables_choices,
    tables_evidence,
    tables_frozen,
    tables_gate,
    tables_notices,
    tables_once,
    tables_quarantine,
    tables_stamps,
)
from kigen.ledger.columns import KEY, LONG, Instant, metadata, table
from kigen.ledger.tables_requests import closings, requests

__all__ = [
    "closings", "metadata", "requests", "tables_blocked", "tables_bundles", "tables_changes", "tables_choices",
    "tables_evidence", "tables_frozen", "tables_gate", "tables_notices", "tables_once", "tables_quarantine",
    "tables_stamps",
]  # fmt: skip

VERSION_TABLE = "kigen_alembic"
"""Where Alembic keeps the revision of these tables; it makes the table itself."""
_table = partial(table, metadata)

# What arrived and has not been handed to the hooks, or was set aside with the reason. Bridges insert name, payload, at.
inbox = _table(
    "kigen_inbox",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("event", String(64)),
    Column("host_event", String(128)),
    Column("at", Instant, nullable=False),
    Column("payload", LONG, nullable=False),
    Column("digest", String(64), unique=True),
    Column("received_at", Instant),
    Column("state", String(12), nullable=False, server_default="pending"),
    Column("error", Text),
    Index("kigen_inbox_state", "state", "id"),
)

# Events that hooks have heard, in kigen's words; data holds whitelisted keys only.
events = _table(
    "kigen_events",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("client", BigInteger),
    Column("kind", String(12)),
    Column("record", BigInteger),
    Column("data", LONG, nullable=False),
    Column("digest", String(64), unique=True),
    Column("handled_at", Instant, nullable=False),
    Index("kigen_events_client", "client", "at"),
    Index("kigen_events_record", "kind", "record"),
)

# One row per record that kigen knows: its state, when kigen saw it change, and by which rule it comes due when.
# `codes` are the reasons that stood against the rule when it was last decided; next_look is the due index. `action` is
# what the rule does where that is less than its own effect.
records = _table(
    "kigen_records",
    Column("kind", String(12), primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("client", BigInteger),
    Column("state", String(24)),
    Column("bought", String(64)),
    Column("first_seen", Instant),
    Column("seen_at", Instant),
    Column("other_seen_at", Instant),
    Column("event_state", String(24)),
    Column("event_at", Instant),
    Column("rule", String(80)),
    Column("action", String(12)),
    Column("anchor_at", Instant),
    Column("anchor_day", Date),
    Column("codes", String(255)),
    Column("due_at", Instant),
    Column("next_look", Instant),
    Index("kigen_records_look", "kind", "next_look", "id"),
)

# The other rules that speak of a record besides the one in kigen_records: a client can be under several.
clocks = _table(
    "kigen_clocks",
    Column("kind", String(12), primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("rule", String(80), primary_key=True),
    Column("anchor_at", Instant),
    Column("anchor_day", Date),
    Column("codes", String(255)),
    Column("due_at", Instant),
)

# What of a client was there when it was last decided about: a digest of the host's rows, and the records kigen knows.
seen = _table(
    "kigen_seen",
    Column("client", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    Column("read_at", Instant, nullable=False),
    Column("records", LONG, nullable=False),
    Column("orphans", BigInteger, nullable=False),
)

# Clients and records about which something changed that the host's rows do not show: the next reconcile reads them.
marks = _table(
    "kigen_marks",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("marked", LONG, nullable=False),
)

# The latest instant that events told, per record and anchor.
observed = _table(
    "kigen_observed",
    Column("kind", String(12), primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(80), primary_key=True),
    Column("at", Instant, nullable=False),
)

archives = _table(
    "kigen_archives",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("client", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("former_status", String(64), nullable=False),
    Column("run", BigInteger),
    Column("ended_at", Instant),
    Index("kigen_archives_client", "client"),
)

holds = _table(
    "kigen_holds",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("client", BigInteger),
    Column("kind", String(12)),
    Column("record", BigInteger),
    Column("reason", Text, nullable=False),
    Column("until", Instant),
    Column("placed_at", Instant, nullable=False),
    Column("placed_by", String(120), nullable=False),
    Column("released_at", Instant),
    Column("released_by", String(120)),
    Column("release_reason", Text),
    Column("is_untold", Boolean),  # the law forbids to tell the client that there is one
    Index("kigen_holds_client", "client"),
    Index("kigen_holds_record", "kind", "record"),
)

contracts = _table(
    "kigen_contracts",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("client", BigInteger),
    Column("client_group", BigInteger),
    Column("rule", String(80), nullable=False),
    Column("term", String(40), nullable=False),
    Column("begins", Instant, nullable=False),
    Column("until", Instant),
    Column("duty", Text),
    Column("review", Date),
    Column("added_at", Instant, nullable=False),
    Column("added_by", String(120), nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", String(120)),
    Index("kigen_contracts_client", "client"),
    Index("kigen_contracts_group", "client_group"),
)

# Which client became part of which, so that what arrives later for the old one is handed over too.
merges = _table(
    "kigen_merges",
    Column("client", BigInteger, primary_key=True, autoincrement=False),
    Column("into_client", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
)

settings = _table(
    "kigen_settings",
    Column("name", String(80), primary_key=True),
    Column("value", Text, nullable=False),
)

settings_history = _table(
    "kigen_settings_history",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("name", String(80), nullable=False),
    Column("old", Text),
    Column("new", Text),
    Column("at", Instant, nullable=False),
    Column("actor", String(120), nullable=False),
)

# What kigen knows of itself: the confirmed plan's digest, the last reconcile, the schedule it was made with.
notes = _table(
    "kigen_notes",
    Column("name", String(80), primary_key=True),
    Column("value", Text, nullable=False),
)

runs = _table(
    "kigen_runs",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("decided_at", Instant, nullable=False),
    Column("is_machine_clock", Boolean, nullable=False),
    Column("is_ahead", Boolean, nullable=False),
    Column("is_confirmed", Boolean, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("outcome", String(24), nullable=False),
    Column("counts", LONG, nullable=False),
    Column("stopped", String(120)),
)

# What each run did, a chunk a row: `records` lists id and due instant of each, from the lowest id to the highest.
chunks = _table(
    "kigen_chunks",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("run", BigInteger, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("action", String(12), nullable=False),
    Column("rule", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("lowest", BigInteger, nullable=False),
    Column("highest", BigInteger, nullable=False),
    Column("records", LONG, nullable=False),
    Index("kigen_chunks_record", "kind", "lowest"),
)

# A run's work in pieces, by client: whoever holds a piece's lease does it, and writes down how it went.
ranges = _table(
    "kigen_ranges",
    Column("run", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("lowest", BigInteger, nullable=False),
    Column("highest", BigInteger, nullable=False),
    Column("planned", BigInteger, nullable=False),
    Column("told", LONG),
)

# The operator's own word on columns that no data map knows.
classified = _table(
    "kigen_datamap",
    Column("name", String(130), primary_key=True),
    Column("treatment", String(40), nullable=False),
    Column("client_by", String(64)),
    Column("at", Instant, nullable=False),
    Column("actor", String(120), nullable=False),
)
