"""How a WHMCS client is closed and opened again: by tblclients.status and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import column, table, update

from kigen.hosts.rows import Rows, batches
from kigen.hosts.whmcs.states import CLIENTS, state_of
from kigen.policy.records import State

CLOSED = "Closed"


def close(rows: Rows, ids: Iterable[int]) -> dict[int, str]:
    """Close these clients; the former status, as stored, of each that was not closed already."""
    found = {row["id"]: str(row["status"] or "") for row in rows.read("tblclients", ("status",), "id", ids)}
    former = {id_: status for id_, status in found.items() if state_of(CLIENTS, status) is not State.CLOSED}
    _set_status(rows, CLOSED, former)
    return former


def reopen(rows: Rows, former: Mapping[int, str]) -> int:
    """Give back the status before to clients that are still closed: what staff set since then is their word."""
    found = rows.read("tblclients", ("status",), "id", former)
    by_status: dict[str, list[int]] = defaultdict(list)
    for row in found:
        if state_of(CLIENTS, row["status"]) is State.CLOSED:
            by_status[former[row["id"]]].append(row["id"])
    for status, ids in by_status.items():
        _set_status(rows, status, ids)
    return sum(map(len, by_status.values()))


def _set_status(rows: Rows, status: str, ids: Iterable[int]) -> None:
    clients = table("tblclients", column("id"), column("status"))
    for batch in batches(ids):
        rows.connection.execute(update(clients).where(clients.c.id.in_(batch)).values(status=status))
