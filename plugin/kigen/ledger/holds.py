"""Legal holds: on a client and all that is its, or on one record; placed, ended by date, or released with a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select, update

from kigen.ledger.due import kept_by
from kigen.ledger.marks import mark
from kigen.ledger.quick import SHARED, Question, answer, ask, asks_by_ids, instant
from kigen.ledger.tables import holds as table
from kigen.policy.facts import Hold
from kigen.policy.moments import Moments, is_in_force, moments
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
    connection: Connection, clients: Sequence[int], refs: Iterable[Ref], now: dt.datetime, lock: bool = False,
    today: dt.datetime | None = None,
) -> list[Hold]:  # fmt: skip
    """Holds in force at `now` on these clients or on these records; see policy/moments.py for `today`."""
    return answer(connection, standing(connection, clients, refs, moments(now, today), lock))


def every(connection: Connection, now: dt.datetime, lock: bool = False, today: dt.datetime | None = None) -> list[Hold]:
    """All holds in force at `now`, for what only one who knows all of them can tell; `lock` and `today` as above."""
    query = select(table).order_by(table.c.id)
    asked = moments(now, today)
    found = [
        _hold(row.id, row.client, row.kind, row.record, row.reason, row.until, row.released_at, row.placed_at,
              row.is_untold, asked)
        for row in connection.execute(query.with_for_update(read=True) if lock else query)
    ]  # fmt: skip
    return [one for one in found if one is not None]


def _hold(
    number: int, client: int | None, kind: str | None, record: int | None, reason: str, until: dt.datetime | None,
    released: dt.datetime | None, placed: dt.datetime | None, untold: bool, asked: Moments,
) -> Hold | None:  # fmt: skip
    """A row as a hold that ends by itself or was released; None of one that is not in force."""
    if not is_in_force(released, until, asked):
        return None
    ref = (Kind(kind), record or 0) if kind else None
    ends = min((end for end in (until, released) if end), default=None)
    return Hold(number, client, ref, reason, ends, placed, bool(untold))


COLUMNS = "id, client, kind, record, reason, until, released_at, placed_at, is_untold"
FEW = 500
OFTEN = 50  # how often a connection asks before it counts them anew: on that hangs only how they are read


def standing(
    connection: Connection, clients: Sequence[int], refs: Iterable[Ref], asked: Moments, lock: bool = False
) -> Question[list[Hold]]:
    """The question that `in_force` asks; with `lock` none is placed or released before the deletion commits.

    Few holds are read and locked as a whole: one reading then stands for one by client and one for every kind.
    """
    owners, records = set(clients), set(refs)
    if _are_few(connection):
        shared = SHARED if lock and connection.dialect.name != "sqlite" else ""
        asks = [ask(connection, f"FROM {table.name}{shared}", COLUMNS)]
    else:
        asks = [*asks_by_ids(connection, table, COLUMNS, "client", owners, lock=lock)]
        for kind in {kind for kind, _ in records}:
            numbers = [number for one, number in records if one is kind]
            asks += asks_by_ids(connection, table, COLUMNS, "record", numbers, kind.value, lock=lock)

    def meaning(rows: Iterable[Sequence[Any]]) -> list[Hold]:
        found = [
            _hold(number, client, kind, record, reason, instant(until), instant(released), instant(placed), untold,
                  asked)
            for number, client, kind, record, reason, until, released, placed, untold in rows
        ]  # fmt: skip
        return [one for one in found if one and (one.client in owners or one.record in records)]

    return Question(asks, meaning)


def _are_few(connection: Connection) -> bool:
    asked, are_few = connection.info.get(FEW_HOLDS, (0, False))
    if asked % OFTEN == 0:
        are_few = len(connection.scalars(select(table.c.id).limit(FEW)).all()) < FEW
    connection.info[FEW_HOLDS] = asked + 1, are_few
    return bool(are_few)


FEW_HOLDS = "kigen: whether holds are few"
