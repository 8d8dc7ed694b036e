"""The recorded scenario of FOSSBilling: its events, and the rows that it left, put into the loaded dump."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from tests.support.fossbilling import put

TABLES = ("client", "client_order", "invoice", "support_ticket")


@dataclass(frozen=True)
class Recorded:
    """One event as the platform fired it."""

    seq: int
    at: dt.datetime
    name: str
    params: object


def recorded(shared_data: Path, dump: str) -> list[Recorded]:
    """The events of one version in the order in which they fired; `dump` is `fossbilling-0.8.5`."""
    lines = (shared_data / f"{dump.replace('-', '-events-')}.ndjson").read_text(encoding="utf-8").splitlines()
    events = (json.loads(line) for line in lines)
    return [Recorded(e["seq"], dt.datetime.fromisoformat(e["at"]), e["host_event"], e["params"]) for e in events]


def put_state_afterwards(connection: Connection, shared_data: Path, dump: str) -> None:
    """The scenario's own records as they stood at its end; columns that the description leaves out stay empty."""
    for table, values in _rows(shared_data, dump.removeprefix("fossbilling-")):
        unlike = {"email": f"scenario-{values['id']}@example.invalid"} if table == "client" else {}
        put(connection, table, **values, **unlike)


def _rows(shared_data: Path, version: str) -> Iterator[tuple[str, dict[str, str | None]]]:
    text = (shared_data / "fossbilling-scenario.md").read_text(encoding="utf-8")
    section = re.split(r"^### Version ", text, flags=re.MULTILINE)
    (mine,) = [one for one in section if one.startswith(version)]
    after = mine.partition("State afterwards")[2].partition("\n## ")[0]
    for table in TABLES:
        lines = after.partition(f"`{table}`\n\n")[2].partition("\n\n")[0].splitlines()
        head, _, *body = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        for cells in body:
            yield table, {name: None if cell == "NULL" else cell for name, cell in zip(head, cells, strict=True)}
