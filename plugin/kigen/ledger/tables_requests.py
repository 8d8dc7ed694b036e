"""kigen's tables of the request desk: requests, what was done about them, who was anonymised, messages to send."""

from __future__ import annotations

from functools import partial

from sqlalchemy import BigInteger, Column, Index, String, Text, UniqueConstraint

from kigen.ledger.columns import KEY, LONG, Instant, metadata, table

_table = partial(table, metadata)

requests = _table(
    "kigen_requests",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("client", BigInteger, nullable=False),
    Column("contact", BigInteger, nullable=False, server_default="0"),  # 0: the client itself
    Column("request_right", String(24), nullable=False),
    Column("received", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("state", String(24)),  # how it was closed; NULL with closed_at: withdrawn
    Column("regime", String(4)),
    Column("extended_at", Instant),
    UniqueConstraint("client", "contact", "request_right", "received", name="kigen_requests_once"),
)

# Every withdrawal that a client told, so that a request which arrives after its own withdrawal is closed by it.
closings = _table(
    "kigen_closings",
    Column("client", BigInteger, primary_key=True, autoincrement=False),
    Column("request_right", String(24), primary_key=True),
    Column("at", Instant, primary_key=True),
)

# Every step of every request: who took it, how the person was authenticated, and through which way it came, as codes.
# `reason` and `route` are the operator's words to the person: why refused or extended, and where to complain.
request_acts = _table(
    "kigen_request_acts",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("client", BigInteger, nullable=False),
    Column("contact", BigInteger, nullable=False, server_default="0"),
    Column("request_right", String(24), nullable=False),
    Column("at", Instant, nullable=False),
    Column("act", String(24), nullable=False),
    Column("actor", String(120)),
    Column("method", String(24)),
    Column("source", String(24)),
    Column("reason", Text),
    Column("route", Text),
    UniqueConstraint("client", "contact", "request_right", "at", "act", name="kigen_request_acts_once"),
)

# Clients of which parts stay: for which reasons, by which rule, and until when, NULL where nobody can tell.
anonymised = _table(
    "kigen_anonymised",
    Column("client", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("until", Instant),
    Column("codes", String(255), nullable=False),
    Column("rule", String(80)),
    Column("run", BigInteger),
)

# Messages to a client. The address is looked up when one is sent; only the last, written as the address goes, has it.
outbox = _table(
    "kigen_outbox",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("client", BigInteger, nullable=False),
    Column("notice", String(40), nullable=False),
    Column("address", String(255)),
    Column("language", String(16)),
    Column("data", LONG, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("state", String(12), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("purpose", String(60)),  # it goes out only while the client consents to this; NULL: it needs no consent
    Column("tries", BigInteger),
    Column("next_at", Instant),
    Column("claimed_at", Instant),
    Column("sent_at", Instant),
    Column("bounced_at", Instant),
    Column("answer", String(16)),  # the mail server's code, without its words
    Column("why", String(24)),
    Column("message_id", String(160)),
    Index("kigen_outbox_client", "client"),
    Index("kigen_outbox_message", "message_id"),
    Index("kigen_outbox_state", "state", "id"),
)
