"""Legal holds: on a client and all that is its, or on one record; placed, ended by date, or released with a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select, update

from kigen.ledger.due import kept_by
from kigen.ledger.marks import mark
from kigen.ledger.quick import by_ids, instant
from kigen.ledger.quick import rows as all_rows
from kigen.ledger.tables import holds as table
from kigen.policy.facts import Hold
from kigen.policy.records import Kind, Ref


def place(
    connection: Connection,
    client: int | None,
    record: Ref | None,
    reason: str,
    until: dt.datetime | None,
    now: dt.datetime,
    actor: str,
    is_untold: bool = False,
) -> int:
    """Place a hold; exactly one of `client` and `record`. Returns its number.

    `is_untold`: the law forbids to tell the client that there is one.
    """
    result = connection.execute(
        insert(table).values(
            client=client, kind=record[0].value if record else None, record=record[1] if record else None,
            reason=reason, until=until, placed_at=now, placed_by=actor, is_untold=is_untold,
        )
    )  # fmt: skip
    mark(connection, [client], [record])
    key = result.inserted_primary_key
    return int(key[0]) if key else 0


def release(connection: Connection, number: int, reason: str, now: dt.datetime, actor: str) -> bool:
    """Release a hold; False where there is none of that number still in force."""
    values = {"released_at": now, "released_by": actor, "release_reason": reason}
    condition = and_(table.c.id == number, table.c.released_at.is_(None))
    held = connection.execute(select(table).where(condition)).first()
    if held is None:
        return False
    connection.execute(update(table).where(condition).values(values))
    # A hold also keeps what would take along something of the held client: whoever was kept by one is read again.
    kept = kept_by(connection, ["hold"])
    mark(connection, [held.client, *kept], [(Kind(held.kind), held.record) if held.kind else None])
    return True


def listed(connection: Connection) -> list[Row[Any]]:
    """Every hold ever placed, the newest last."""
    return list(connection.execute(select(table).order_by(table.c.id)))


def in_force(
    connection: Connection, clients: Sequence[int], refs: Iterable[Ref], now: dt.datetime, lock: bool = False
) -> list[Hold]:
    """Holds in force at `now` on these clients or on these records."""
    found: list[Hold] = []
    rows = _rows(connection, sorted(set(clients)), set(refs), lock)
    for number, client, kind, record, reason, until, released, placed, untold in rows:
        ends = instant(until)
        if released is None and (ends is None or ends > now):
            ref = (Kind(kind), record) if kind else None
            found.append(Hold(number, client, ref, reason, ends, instant(placed), bool(untold)))
    return found


COLUMNS = "id, client, kind, record, reason, until, released_at, placed_at, is_untold"
FEW = 500


def _rows(connection: Connection, clients: Sequence[int], refs: set[Ref], lock: bool) -> list[Sequence[Any]]:
    """Rows about these, released ones included; with `lock` none can slip in before the deletion commits.

    Few holds are read and locked as a whole: one statement then stands for one by client and one for every kind.
    """
    if len(connection.scalars(select(table.c.id).limit(FEW)).all()) < FEW:
        owners = set(clients)
        # A lock that several may have at once keeps a new hold and a release out as well as a lock for one alone, and
        # two processes of a run do not wait for each other. Nothing that acts writes here, so none wants more later.
        shared = " LOCK IN SHARE MODE" if lock and connection.dialect.name != "sqlite" else ""
        every = all_rows(connection, f"FROM {table.name}{shared}", COLUMNS)
        return [row for row in every if row[1] in owners or (row[2] and (Kind(row[2]), row[3]) in refs)]
    found = [*by_ids(connection, table, COLUMNS, "client", clients, lock=lock)]
    by_kind: dict[str, set[int]] = {}
    for kind, number in refs:
        by_kind.setdefault(kind.value, set()).add(number)
    for name, numbers in by_kind.items():
        found += by_ids(connection, table, COLUMNS, "record", numbers, name, lock=lock)
    return found
