"""The operator's own classification of columns and tables that no data map knows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row, select

from kigen.ledger.bulk import put
from kigen.ledger.tables import classified
from kigen.policy.answers import Answer
from kigen.policy.fates import Treatment


def classify(connection: Connection, answer: Answer, now: dt.datetime, actor: str) -> None:
    """Answer the finding about `table.column`; a later answer about the same column replaces it."""
    put(connection, classified, [
        {"name": answer.name, "treatment": answer.treatment.value, "client_by": answer.client_by, "at": now,
         "actor": actor}
    ])  # fmt: skip


def listed(connection: Connection) -> list[Row[Any]]:
    """Every answer with its time and actor, by name."""
    return list(connection.execute(select(classified).order_by(classified.c.name)))


def answers(connection: Connection) -> list[Answer]:
    """Every answer, by name, as it completes a host's map."""
    return [Answer(row.name, Treatment(row.treatment), row.client_by) for row in listed(connection)]


def classified_names(connection: Connection) -> set[str]:
    """Names of the columns that the operator classified."""
    return set(connection.scalars(select(classified.c.name)))
