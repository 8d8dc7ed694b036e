"""How a client is closed and opened again on a host of tables: by the column `status` and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import column, table, update

from kigen.hosts.rows import Rows, batches
from kigen.policy.records import State


@dataclass(frozen=True, slots=True)
class Closing:
    """The table of the clients, the status that closes one, and what a status means."""

    table: str
    status: str
    meaning: Callable[[object], State]

    def is_closed(self, status: object) -> bool:
        return self.meaning(status) is State.CLOSED

    def close(self, rows: Rows, ids: Iterable[int]) -> dict[int, str]:
        """Close these clients; the former status, as stored, of each that was not closed already."""
        found = {row["id"]: str(row["status"] or "") for row in rows.read(self.table, ("status",), "id", ids)}
        former = {id_: status for id_, status in found.items() if not self.is_closed(status)}
        self._write(rows, self.status, former)
        return former

    def reopen(self, rows: Rows, former: Mapping[int, str]) -> int:
        """Give back the status before to clients that are still closed: what staff set since then is their word."""
        by_status: dict[str, list[int]] = defaultdict(list)
        for row in rows.read(self.table, ("status",), "id", former):
            if self.is_closed(row["status"]):
                by_status[former[row["id"]]].append(row["id"])
        for status, ids in by_status.items():
            self._write(rows, status, ids)
        return sum(map(len, by_status.values()))

    def _write(self, rows: Rows, status: str, ids: Iterable[int]) -> None:
        clients = table(self.table, column("id"), column("status"))
        for batch in batches(ids):
            rows.connection.execute(update(clients).where(clients.c.id.in_(batch)).values(status=status))
