"""What kigen saw of each client when it last decided: a digest of the host's rows, and which records there were."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from kigen.ledger.bulk import batches, put
from kigen.ledger.quick import KINDS, Question, answer, asks_by_ids, by_ids, instant
from kigen.ledger.tables import seen
from kigen.policy.records import Ref


@dataclass(frozen=True, slots=True)
class Seen:
    """One client at one reading. `orphans` is how many records it had while its own row was gone."""

    client: int
    digest: str
    read_at: dt.datetime
    records: frozenset[Ref]
    orphans: int = 0


def known(connection: Connection, clients: Iterable[int]) -> dict[int, Seen]:
    """What was seen of these clients; those never read are left out."""
    found = {}
    for client, digest, at, told, orphans in by_ids(
        connection, seen, "client, digest, read_at, records, orphans", "client", clients
    ):
        records = frozenset((KINDS[kind], n) for kind, numbers in json.loads(told).items() for n in numbers)
        found[client] = Seen(client, digest, instant(at) or dt.datetime.min, records, orphans)
    return found


def read_at(connection: Connection, clients: Iterable[int]) -> dict[int, dt.datetime]:
    """When these clients were read last; those never read are left out."""
    return answer(connection, readings(connection, clients))


def readings(connection: Connection, clients: Iterable[int]) -> Question[dict[int, dt.datetime]]:
    """The question that `read_at` asks."""
    return Question([*asks_by_ids(connection, seen, "client, read_at", "client", clients)], _instants)


def _instants(rows: Iterable[Sequence[Any]]) -> dict[int, dt.datetime]:
    return {client: at for client, text in rows if (at := instant(text))}


def digests(connection: Connection, after: int | None, last: int | None) -> dict[int, str]:
    """The digests of clients above `after` up to `last`; None: without that bound."""
    query = select(seen.c.client, seen.c.digest)
    if after is not None:
        query = query.where(seen.c.client > after)
    if last is not None:
        query = query.where(seen.c.client <= last)
    return {row.client: row.digest for row in connection.execute(query)}


def write(connection: Connection, rows: Sequence[Seen]) -> None:
    """Insert or overwrite what was seen."""
    put(
        connection,
        seen,
        [
            {"client": one.client, "digest": one.digest, "read_at": one.read_at, "records": _written(one.records),
             "orphans": one.orphans}
            for one in rows
        ],
    )  # fmt: skip


def write_again(connection: Connection, clients: Sequence[int], read_at: dt.datetime) -> None:
    """Note another reading of clients with the same records as before; without a digest the next full one compares."""
    for batch in batches(clients):
        mine = seen.c.client.in_(batch)
        connection.execute(update(seen).where(mine).values(digest="", read_at=read_at))


def remove(connection: Connection, clients: Iterable[int]) -> None:
    """Forget clients of whom the host has nothing any more."""
    for batch in batches(sorted(set(clients))):
        connection.execute(delete(seen).where(seen.c.client.in_(batch)))


def orphans(connection: Connection) -> int:
    """How many records belong to clients that no longer exist."""
    return int(connection.scalar(select(func.sum(seen.c.orphans))) or 0)


def _written(records: Iterable[Ref]) -> str:
    by_kind: dict[str, list[int]] = {}
    for kind, number in sorted(records):
        by_kind.setdefault(kind.value, []).append(number)
    return json.dumps(by_kind, separators=(",", ":"))
