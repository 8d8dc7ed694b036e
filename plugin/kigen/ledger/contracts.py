"""Individual contracts: which term replaces a rule's, for whom and while it is valid (Article 1(3))."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select, update

from kigen.ledger.marks import mark, mark_everything
from kigen.ledger.quick import SHARED, Question, answer, ask, asks_by_ids, instant
from kigen.ledger.tables import contracts as table
from kigen.policy.facts import Contract
from kigen.policy.periods import parse_term


def add(connection: Connection, values: dict[str, Any], now: dt.datetime, actor: str) -> int:
    """Add a contract: client or client_group, rule, term, begins, until, duty, review. Returns its number."""
    result = connection.execute(insert(table).values(**values, added_at=now, added_by=actor))
    _mark(connection, values.get("client"))
    key = result.inserted_primary_key
    return int(key[0]) if key else 0


def end(connection: Connection, number: int, now: dt.datetime, actor: str) -> bool:
    """End a contract now; False where there is none of that number still running."""
    condition = and_(table.c.id == number, table.c.ended_at.is_(None))
    running = connection.execute(select(table).where(condition)).first()
    if running is None:
        return False
    connection.execute(update(table).where(condition).values(ended_at=now, ended_by=actor))
    _mark(connection, running.client)
    return True


def listed(connection: Connection) -> list[Row[Any]]:
    """Every contract ever added, the newest last."""
    return list(connection.execute(select(table).order_by(table.c.id)))


def not_ended(connection: Connection) -> Sequence[Contract]:
    """All contracts that nobody ended; whether they are valid at an instant is policy's to say. There are few."""
    return answer(connection, running(connection))


COLUMNS = "id, client, client_group, rule, term, begins, until"


def running(connection: Connection) -> Question[list[Contract]]:
    """The question that `not_ended` asks."""
    return Question([ask(connection, f"FROM {table.name} WHERE ended_at IS NULL", COLUMNS)], _meaning)


def of(connection: Connection, clients: Iterable[int], lock: bool = False) -> Question[list[Contract]]:
    """Those with these clients and with groups; with `lock` none can be added or ended before the transaction does."""
    running = f"ended_at IS NULL{_shared(connection) if lock else ''}"
    of_groups = ask(connection, f"FROM {table.name} WHERE client IS NULL AND {running}", COLUMNS)
    return Question([of_groups, *asks_by_ids(connection, table, COLUMNS, "client", clients, also=running)], _meaning)


def _meaning(rows: Iterable[Sequence[Any]]) -> list[Contract]:
    return [
        Contract(number, client, group, rule, parse_term(term), instant(begins) or dt.datetime.min, instant(until))
        for number, client, group, rule, term, begins, until in rows
    ]


def concerned(connection: Connection, clients: Iterable[int]) -> Question[set[int] | None]:
    """Which of these clients a contract that nobody ended is with; None: it may be any, for one is with a group.

    Read with a lock, so that none can begin before the transaction ends.
    """
    running = f"ended_at IS NULL{_shared(connection)}"
    of_groups = ask(connection, f"FROM {table.name} WHERE client IS NULL AND {running}", "client")
    return Question([of_groups, *asks_by_ids(connection, table, "client", "client", clients, also=running)], _with_whom)


def _with_whom(rows: Iterable[Sequence[Any]]) -> set[int] | None:
    found = {client for (client,) in rows}
    return None if None in found else found


def _shared(connection: Connection) -> str:
    return "" if connection.dialect.name == "sqlite" else SHARED


def _mark(connection: Connection, client: int | None) -> None:
    """Whoever a contract is with is read again; who is in a group only the host knows, so then everybody is."""
    if client is None:
        mark_everything(connection)
    else:
        mark(connection, [client])
