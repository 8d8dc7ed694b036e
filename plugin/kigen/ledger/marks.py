"""What changed in kigen's own memory and not in the host's rows: whose records the next reconcile reads again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, select

from kigen.ledger.bulk import batches, insert
from kigen.ledger.tables import marks
from kigen.policy.records import Kind, Ref


@dataclass
class Marked:
    """Clients and records to read again; `is_everything` where a change may concern anybody."""

    clients: set[int] = field(default_factory=set)
    refs: set[Ref] = field(default_factory=set)
    is_everything: bool = False
    numbers: list[int] = field(default_factory=list)  # of the marks themselves


def mark(connection: Connection, clients: Iterable[int | None] = (), refs: Iterable[Ref | None] = ()) -> None:
    """Have these clients, and the clients of these records, read again; None among them is nothing."""
    owners = sorted({client for client in clients if client is not None})
    things = sorted({(ref[0].value, ref[1]) for ref in refs if ref is not None})
    if owners or things:
        _write(connection, {"clients": owners, "refs": things})


def mark_everything(connection: Connection) -> None:
    """Have all clients read again: what changed is about a group, or about nobody in particular."""
    _write(connection, {"everything": True})


def marked(connection: Connection) -> Marked:
    """All that is marked now."""
    found = Marked()
    for row in connection.execute(select(marks).order_by(marks.c.id)):
        told = json.loads(row.marked)
        found.clients.update(told.get("clients", ()))
        found.refs.update((Kind(kind), number) for kind, number in told.get("refs", ()))
        found.is_everything |= "everything" in told
        found.numbers.append(row.id)
    return found


def unmark(connection: Connection, found: Marked) -> None:
    """Forget the marks that were read: not all up to the last of them, for a lower number may commit after a higher."""
    for batch in batches(found.numbers):
        connection.execute(delete(marks).where(marks.c.id.in_(batch)))


def _write(connection: Connection, told: dict[str, bool | Sequence[object]]) -> None:
    insert(connection, marks, ("marked",), [(json.dumps(told),)])
