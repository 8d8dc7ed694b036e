"""Reading and deleting kigen's own rows by thousands of ids: packed by the server where it can, bound as one list.

Names of tables and columns are kigen's own and stand in the program; every value is bound.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Select, Table, func, select

from kigen.ledger import bulk
from kigen.packing import Ask, Ids, read_rows, read_together
from kigen.policy.records import Kind

BATCH = 999
KINDS = {kind.value: kind for kind in Kind}
SHARED = " LOCK IN SHARE MODE"
"""A lock that several may have at once keeps changes out as well as one for one alone. Processes of a run do not wait
for each other by it, and none wants more later, since nothing that acts writes where it is asked for."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """What is to be read, and what the rows mean: so that several questions can be asked in one statement."""

    asks: Sequence[Ask]
    meaning: Callable[[Iterable[Sequence[Any]]], T]


def answer(connection: Connection, question: Question[T]) -> T:
    """The answer to one question; what it reads is read bit by bit."""
    return question.meaning(row for one in question.asks for row in read_together(connection, (one,))[0])


def answers(connection: Connection, *questions: Question[Any]) -> list[Any]:
    """The answers, in this order; all is read together where the server can. For questions about few."""
    found = iter(read_together(connection, [ask for question in questions for ask in question.asks]))
    return [one.meaning([row for _ in one.asks for row in next(found)]) for one in questions]


def asks_by_ids(
    connection: Connection, table: Table, columns: str, by: str, ids: Iterable[int], kind: str | None = None,
    also: str = "", lock: bool = False,
) -> Iterator[Ask]:  # fmt: skip
    """How to read the rows of a table whose column `by` is one of `ids`, and of one kind.

    Instants come as text, see `instant`. `also` is a further condition in SQL, without values. With `lock` the rows and
    the gaps between are locked.
    """
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start : start + BATCH]
        marks = ",".join("?" * len(batch)) if connection.dialect.name == "sqlite" else ""
        condition = f"{by} IN ({marks})" if marks else f"{by} IN %s"
        if kind is not None:
            condition = f"kind = {'?' if marks else '%s'} AND {condition}"
        if also:
            condition = f"{condition} AND {also}"
        values: tuple[Any, ...] = () if kind is None else (kind,)
        values = (*values, *batch) if marks else (*values, Ids(batch))
        yield ask(connection, f"FROM {table.name} WHERE {condition}", columns, values, lock)


def by_ids(
    connection: Connection, table: Table, columns: str, by: str, ids: Iterable[int], kind: str | None = None,
    also: str = "", lock: bool = False,
) -> Iterator[Sequence[Any]]:  # fmt: skip
    """Rows of a table by ids, as `asks_by_ids` says, batch by batch."""
    for one in asks_by_ids(connection, table, columns, by, ids, kind, also, lock):
        yield from read_together(connection, (one,))[0]


def ask(connection: Connection, rest: str, columns: str, values: tuple[Any, ...] = (), lock: bool = False) -> Ask:
    """A reading: `rest` is everything from FROM on, `columns` what is selected from it."""
    tail = " FOR UPDATE" if lock and connection.dialect.name != "sqlite" else ""
    return Ask(columns, f"JSON_ARRAYAGG(JSON_ARRAY({columns}))", f"{rest}{tail}", values)


def rows(
    connection: Connection, rest: str, columns: str, values: tuple[Any, ...] = (), lock: bool = False
) -> Sequence[Sequence[Any]]:
    """Rows of a statement, all at once, as `ask` takes it."""
    return read_together(connection, (ask(connection, rest, columns, values, lock),))[0]


def packed(connection: Connection, query: Select[Any]) -> Sequence[Sequence[Any]]:
    """The rows of a query of few plain columns, packed where the server can: texts and numbers, no instants."""
    inner = query.subquery()
    wanted = select(func.count(), func.json_arrayagg(func.json_array(*inner.c)))
    return read_rows(connection, query, wanted.select_from(inner))


def by_refs(connection: Connection, table: Table, columns: str, refs: Mapping[Kind, Sequence[int]]) -> Iterator[Any]:
    """Rows of records of several kinds, in as few statements as can be; kind and id are the columns it begins with."""
    for one in asks_by_refs(connection, table, columns, refs):
        yield from read_together(connection, (one,))[0]


def asks_by_refs(
    connection: Connection, table: Table, columns: str, refs: Mapping[Kind, Sequence[int]]
) -> Iterator[Ask]:
    """How to read what `by_refs` gives."""
    for condition, values in _conditions(connection, refs):
        yield ask(connection, f"FROM {table.name} WHERE {condition}", f"kind, id, {columns}", values)


def remove_refs(connection: Connection, table: Table, refs: Mapping[Kind, Sequence[int]], host: str = "") -> int:
    """Delete the rows of records of several kinds; how many they were. The table names them by kind and id; one that
    holds those of several hosts, by kind and `record`, and only those of this host go."""
    gone, number, also = 0, "id", ""
    if host:
        number, also = "record", f" AND host = {'?' if connection.dialect.name == 'sqlite' else '%s'}"
    for condition, values in _conditions(connection, refs, number):
        statement = f"DELETE FROM {table.name} WHERE ({condition}){also}"  # noqa: S608 - see the head
        gone += connection.exec_driver_sql(statement, (*values, host) if host else values).rowcount
    return gone


def _conditions(
    connection: Connection, refs: Mapping[Kind, Sequence[int]], number: str = "id"
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Conditions on kind and number with their values, of at most BATCH each; SQLite takes one kind at a time."""
    parts: list[str] = []
    values: list[Any] = []
    gathered = 0
    for kind, numbers in refs.items():
        for start in range(0, len(numbers), BATCH):
            batch = numbers[start : start + BATCH]
            if connection.dialect.name == "sqlite":
                yield f"kind = ? AND {number} IN ({','.join('?' * len(batch))})", (kind.value, *batch)
                continue
            if gathered + len(batch) > BATCH and parts:
                yield " OR ".join(parts), tuple(values)
                parts, values, gathered = [], [], 0
            parts.append(f"(kind = %s AND {number} IN %s)")
            values += [kind.value, Ids(batch)]
            gathered += len(batch)
    if parts:
        yield " OR ".join(parts), tuple(values)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def instant(value: Any) -> dt.datetime | None:
    """An instant as `by_ids` gives it: text from JSON or SQLite, a date-time from the driver, or None."""
    if value is None:
        return None
    return _parsed(value) if isinstance(value, str) else value.replace(tzinfo=dt.UTC)


# The same instants are written again and again: those of first sight, of this night, of midnights.
@lru_cache(maxsize=4096)
def _text(at: dt.datetime) -> str:
    return bulk.written(at)


def in_text(at: dt.datetime | None) -> str | None:
    """An instant, which has a zone, as `by_ids` gives it."""
    return None if at is None else _text(at)


def written(value: Any) -> Any:
    """A value as `by_ids` gives it, however it came: instants and dates as text, numbers and texts as they are."""
    if value is None or type(value) is str or type(value) is int:
        return value
    if isinstance(value, dt.datetime):
        at = value if value.tzinfo is None or value.tzinfo is dt.UTC else value.astimezone(dt.UTC)
        return at.isoformat(" ", "microseconds")[:26]  # without the zone
    return value.isoformat() if isinstance(value, dt.date) else value
