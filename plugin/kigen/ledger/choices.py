"""Choices about cookies of visitors whom nobody knows, each as it was told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import Connection, select

from kigen.ledger.bulk import add, written
from kigen.ledger.tables_choices import choices
from kigen.policy.consents import Act, Consented

CHANNEL = "cookie banner"
SIGNAL = "Sec-GPC"
"""The evidence of a choice that was made while the browser sent that signal."""

_NAMES = (
    "visitor", "stamp", "purpose", "act", "at", "received_at", "notice", "version", "digest", "language", "is_signal",
)  # fmt: skip


def write(connection: Connection, visitor: str, stamp: int, events: Iterable[Consented], now: dt.datetime) -> int:
    """Write a visitor's choice, a purpose a row; told twice it is one. How many rows were new."""
    rows = [
        (visitor, stamp, one.purpose, one.act.value, written(one.at), written(now), one.notice, one.version or 0,
         one.digest, one.language, int(one.evidence == SIGNAL))
        for one in events
    ]  # fmt: skip
    return add(connection, choices, _NAMES, rows)


def of(connection: Connection, visitor: str) -> list[Consented]:
    """What a visitor chose, in the order of receipt; no client is named (0)."""
    query = select(choices).where(choices.c.visitor == visitor).order_by(choices.c.id)
    return [
        Consented(
            row.id, 0, row.purpose, Act(row.act), row.at, row.notice, row.version or None, row.digest, row.language,
            CHANNEL, "visitor", SIGNAL if row.is_signal else "",
        )
        for row in connection.execute(query)
    ]  # fmt: skip
