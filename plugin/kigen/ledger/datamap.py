"""The operator's own classification of columns and tables that no data map knows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row, select

from kigen.ledger.bulk import put
from kigen.ledger.tables import classified


def classify(
    connection: Connection, name: str, treatment: str, client_by: str | None, now: dt.datetime, actor: str
) -> None:
    """Answer the finding about `table.column`: what erasure does to it, and by which column its client is found."""
    put(connection, classified, [
        {"name": name, "treatment": treatment, "client_by": client_by, "at": now, "actor": actor}
    ])  # fmt: skip


def listed(connection: Connection) -> list[Row[Any]]:
    """Every answer, by name."""
    return list(connection.execute(select(classified).order_by(classified.c.name)))


def classified_names(connection: Connection) -> set[str]:
    """Names of the columns that the operator classified."""
    return set(connection.scalars(select(classified.c.name)))
