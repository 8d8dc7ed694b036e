"""What is due, by which rule and what stood against it; what of each client was seen; acts by chunk."""

from __future__ import annotations

import datetime as dt
import json
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, String

from kigen.ledger.migrations.steps import (
    BIG,
    DAY,
    INSTANT,
    LONG,
    add_column,
    counted,
    create_index,
    create_table,
    drop_index,
    key,
    required,
)  # fmt: skip

revision = "0003"
down_revision = "0002"

ACTS_IN_A_ROW = 1000


def upgrade() -> None:
    """Add what makes the cost of a run follow what is due; acts keep what they say, the merged clocks are made anew."""
    for column in (Column("anchor_at", INSTANT), Column("anchor_day", DAY), Column("codes", String(255))):
        add_column("kigen_records", column)
    drop_index("kigen_records_client", "kigen_records")
    create_table(
        "kigen_clocks",
        key("kind", String(12)),
        key("id", BIG),
        key("rule", String(80)),
        Column("anchor_at", INSTANT),
        Column("anchor_day", DAY),
        Column("codes", String(255)),
        Column("due_at", INSTANT),
    )
    create_table(
        "kigen_seen",
        key("client", BIG),
        required("digest", String(64)),
        required("read_at", INSTANT),
        required("records", LONG),
        required("orphans", BIG),
    )
    create_table("kigen_marks", counted(), required("marked", LONG))
    create_table(
        "kigen_chunks",
        counted(),
        required("run", BIG),
        required("kind", String(12)),
        required("action", String(12)),
        required("rule", String(80)),
        required("at", INSTANT),
        required("lowest", BIG),
        required("highest", BIG),
        required("records", LONG),
    )
    create_index("kigen_chunks_record", "kigen_chunks", "kind", "lowest")
    create_table(
        "kigen_ranges",
        key("run", BIG),
        key("number", BIG),
        required("lowest", BIG),
        required("highest", BIG),
        required("planned", BIG),
        Column("told", LONG),
    )
    chunk_the_acts()
    for name in ("kigen_acts", "kigen_anchors"):
        if sa.inspect(op.get_bind()).has_table(name):
            op.drop_table(name)


def chunk_the_acts() -> None:
    """Write what was kept a record a row as chunks, unless an upgrade that was interrupted has done it."""
    if not sa.inspect(op.get_bind()).has_table("kigen_acts"):
        return
    op.get_bind().execute(sa.text("DELETE FROM kigen_chunks"))
    columns = (sa.column("due_at", INSTANT), sa.column("at", INSTANT))
    names = ("kind", "id", "run", "action", "rule")
    acts = sa.table("kigen_acts", *(sa.column(name) for name in names), *columns)
    query = sa.select(acts).order_by(acts.c.run, acts.c.kind, acts.c.action, acts.c.rule, acts.c.at, acts.c.id)
    rows = op.get_bind().execute(query).all()
    for told, group in groupby(rows, key=lambda row: (row.run, row.kind, row.action, row.rule, row.at)):
        mine = list(group)
        for start in range(0, len(mine), ACTS_IN_A_ROW):
            _write(told, mine[start : start + ACTS_IN_A_ROW])


def _write(told: tuple[Any, ...], acts: list[Any]) -> None:
    columns = ("run", "kind", "action", "rule", "lowest", "highest", "records")
    chunks = sa.table("kigen_chunks", *(sa.column(name) for name in columns), sa.column("at", INSTANT))
    run, kind, action, rule, at = told
    records = json.dumps([[row.id, row.due_at and int(row.due_at.replace(tzinfo=dt.UTC).timestamp())] for row in acts])
    op.get_bind().execute(
        sa.insert(chunks).values(
            run=run, kind=kind, action=action, rule=rule, at=at, lowest=acts[0].id, highest=acts[-1].id, records=records
        )
    )  # fmt: skip
