"""kigen's tables of notices: versions, their texts by language, and who was shown or accepted which."""

from __future__ import annotations

from functools import partial

from sqlalchemy import BigInteger, Boolean, Column, Index, String, UniqueConstraint

from kigen.ledger.columns import KEY, LONG, Instant, metadata, table

_table = partial(table, metadata)

# A published version is never changed; what was wrong in it is mended by the next.
notices = _table(
    "kigen_notices",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("notice", String(60), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("effective_at", Instant, nullable=False),
    Column("is_posting_date", Boolean, nullable=False),
    Column("weight", String(12), nullable=False),
    Column("binding_language", String(8), nullable=False),
    Column("actor", String(120), nullable=False),
    UniqueConstraint("notice", "version", name="kigen_notices_once"),
)

# Of a page the text is what people read; of a message it is the template, which is filled when it is sent.
notice_texts = _table(
    "kigen_notice_texts",
    Column("notice", String(60), primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("language", String(8), primary_key=True),
    Column("title", String(255), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("text", LONG, nullable=False),
)

# `version` 0: the event named none, so that it is the one that was in force at its instant.
notice_views = _table(
    "kigen_notice_views",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("client", BigInteger, nullable=False),
    Column("notice", String(60), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("language", String(8), nullable=False),
    Column("act", String(12), nullable=False),
    Column("at", Instant, nullable=False),
    Column("ended_at", Instant),
    UniqueConstraint("client", "notice", "version", "language", "act", "at", name="kigen_notice_views_once"),
    Index("kigen_notice_views_notice", "notice", "at"),
)

# Events of consent, each as it was told; what holds at an instant follows from them (policy/consents.py).
consents = _table(
    "kigen_consents",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("client", BigInteger, nullable=False),
    Column("purpose", String(60), nullable=False),
    Column("act", String(12), nullable=False),
    Column("at", Instant, nullable=False),
    Column("notice", String(60), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("actor", String(120), nullable=False),
    Column("evidence", String(255), nullable=False),
    Column("by_guardian", Boolean, nullable=False),
    Column("age", BigInteger),
    Column("country", String(2), nullable=False),
    Column("ended_at", Instant),  # when its client was erased: from then on its own term counts
    UniqueConstraint("client", "purpose", "act", "at", name="kigen_consents_once"),
)

# Addresses to which nothing of a purpose goes, as keyed digests: they outlive the client, who would else hear again.
suppressed = _table(
    "kigen_suppressed",
    Column("digest", String(64), primary_key=True),
    Column("purpose", String(60), primary_key=True),
    Column("at", Instant, nullable=False),
)

# Of whom nothing may rest on consent any more, until the gate has emptied what did; `ended_at` of the last consent.
letting_go = _table(
    "kigen_letting_go",
    Column("client", BigInteger, primary_key=True, autoincrement=False),
    Column("ended_at", Instant, nullable=False),
)
