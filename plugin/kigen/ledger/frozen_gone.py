"""Which frozen documents were destroyed and when, so that it can be told until when a backup may still hold them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from kigen.ledger.bulk import batches
from kigen.ledger.tables_frozen import gone as table
from kigen.policy.records import Kind, Ref


@dataclass(frozen=True, slots=True)
class Gone:
    """A document that was destroyed: its number, the record that it was of, and when."""

    document: int
    ref: Ref
    at: dt.datetime


def note(connection: Connection, rows: Iterable[Row[Any]], at: dt.datetime) -> None:
    """Note that these rows of documents go, in the transaction in which they do."""
    values = [{"document": row.id, "host": row.host, "kind": row.kind, "record": row.record, "at": at} for row in rows]
    for batch in batches(values):
        connection.execute(insert(table), batch)


def listed(connection: Connection, document: int | None = None) -> Sequence[Gone]:
    """All that are known, or the one of this number, the earliest first."""
    query = select(table).order_by(table.c.at, table.c.document)
    rows = connection.execute(query if document is None else query.where(table.c.document == document))
    return [Gone(row.document, (Kind(row.kind), row.record), row.at) for row in rows]


def days(connection: Connection) -> list[dt.datetime]:
    """The instants at which documents were destroyed, each once: those of a whole year end together."""
    return list(connection.scalars(select(table.c.at).distinct().order_by(table.c.at)))


def forget(connection: Connection, until: dt.datetime) -> None:
    """Forget those that were destroyed up to an instant."""
    connection.execute(delete(table).where(table.c.at <= until))
