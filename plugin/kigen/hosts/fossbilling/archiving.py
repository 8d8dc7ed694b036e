"""Archiving on FOSSBilling: the client's status becomes canceled and nothing else; the former one can be given back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import column, func, table, update

from kigen.hosts.fossbilling.states import CLOSED_CLIENT, folded
from kigen.hosts.rows import Rows

CLIENTS = table("client", column("id"), column("status"))
IS_CLOSED = func.lower(func.trim(CLIENTS.c.status)) == CLOSED_CLIENT


def archive(rows: Rows, ids: Sequence[int]) -> dict[int, str]:
    """Close these clients and tell the former status of each; those already closed or gone are left out."""
    former = {
        row["id"]: row["status"] or ""
        for row in rows.read("client", ("id", "status"), "id", ids)
        if folded(row["status"]) != CLOSED_CLIENT
    }
    for id_ in sorted(former):
        rows.connection.execute(update(CLIENTS).where(CLIENTS.c.id == id_).values(status=CLOSED_CLIENT))
    return former


def unarchive(rows: Rows, former: Mapping[int, str]) -> int:
    """Give clients that are still closed their former status; one that somebody changed meanwhile keeps the new."""
    changed = 0
    for id_, status in sorted(former.items()):
        if folded(status) != CLOSED_CLIENT:
            statement = update(CLIENTS).where(CLIENTS.c.id == id_, IS_CLOSED).values(status=status)
            changed += rows.connection.execute(statement).rowcount
    return changed
