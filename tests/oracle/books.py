"""Decides nothing: gives a world's rows by any column, so that plain loops stay affordable."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from .clock import local
from .heard import Heard
from .world import World

TABLE = {
    "client": "tblclients",
    "order": "tblorders",
    "invoice": "tblinvoices",
    "service": "tblhosting",
    "domain": "tbldomains",
}


def fold(text: str | None) -> str:
    """Statuses compare trimmed and case-folded."""
    return (text or "").strip().casefold()


class Books:
    def __init__(self, world: World, now: datetime | None = None):
        self.world, self.settings = world, world.settings
        self.now = local(now) if now else None
        self._by: dict[tuple[str, str], dict] = {}
        self.requests = _by_client(world.requests)
        self.client_holds, self.archives = _by_client(world.holds), _by_client(world.archives)
        self.record_holds = defaultdict(list)
        for hold in world.holds:
            if "kind" in hold:
                self.record_holds[hold["kind"], hold["id"]].append(hold)
        self.heard = Heard(world.events)
        self.memory: dict = {}

    def where(self, table: str, column: str, value) -> list[dict]:
        index = self._by.get((table, column))
        if index is None:
            index = self._by[table, column] = defaultdict(list)
            for row in self.world.tables[table]:
                index[row[column]].append(row)
        return index.get(value, [])

    def one(self, table: str, number: int) -> dict | None:
        rows = self.where(table, "id", number)
        return rows[0] if rows else None

    def once(self, key, count):
        """Remembers an answer that several rules ask for."""
        if key not in self.memory:
            self.memory[key] = count()
        return self.memory[key]


def owner(kind: str, row: dict) -> int:
    return row["id"] if kind == "client" else row["userid"]


def money(text) -> Decimal:
    return Decimal(str(text))


def _by_client(entries: list[dict]) -> dict:
    found = defaultdict(list)
    for entry in entries:
        if "client" in entry:
            found[entry["client"]].append(entry)
    return found
