"""How many records a rule would act on with another term, counted by the database from what was decided last.

A term changes nothing but a date, so the clocks and reasons that are stored answer it in one pass.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, func, or_, select
from sqlalchemy.sql import FromClause

from kigen.ledger.tables import clocks, records
from kigen.policy.records import Kind


@dataclass(frozen=True, slots=True)
class Latest:
    """With which starts of a clock a term is over: all up to an instant, some soon after it, and dates up to a day.

    None: with none.
    """

    instant: dt.datetime | None
    day: dt.date | None
    also: Sequence[dt.datetime] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One rule, its term before and after, and which other rules' effects are as strong, or weaker.

    `apart` are clients whose contracts say what their term is: the rule's own does not matter to them.
    """

    kind: Kind
    rule: str
    before: Latest
    after: Latest
    as_strong: Sequence[str]
    weaker: Sequence[str]
    apart: Sequence[int]


def answer(connection: Connection, asked: Question, now: dt.datetime) -> tuple[int, int]:
    """How many records the rule would newly decide about, and how many it would no longer.

    A record that a rule of the same or a stronger effect acts on anyway is neither; one on which a weaker effect acts
    before or after is both.
    """
    newly = _count(connection, asked, now, asked.after, asked.before)
    no_longer = _count(connection, asked, now, asked.before, asked.after)
    if asked.weaker:
        newly += _count(connection, asked, now, asked.before, asked.after, to_weaker=True)
        no_longer += _count(connection, asked, now, asked.after, asked.before, to_weaker=True)
    return newly, no_longer


def starts_between(
    connection: Connection, kind: Kind, rule: str, first: dt.datetime, last: dt.datetime
) -> list[dt.datetime]:
    """The distinct instants after `first` up to `last` at which clocks of a rule started."""
    found: set[dt.datetime] = set()
    for table in (records, clocks):
        at = table.c.anchor_at
        mine = (table.c.kind == kind.value, table.c.rule == rule, at > first, at <= last)
        found.update(connection.scalars(select(at).where(*mine).distinct()))
    return sorted(found)


def has_mixed_reasons(connection: Connection, kind: Kind) -> bool:
    """Whether a record's row tells of an unknown clock that is another rule's: then its reasons are not its rule's."""
    known = or_(records.c.anchor_at.is_not(None), records.c.anchor_day.is_not(None))
    mine = and_(records.c.kind == kind.value, known, records.c.codes.contains("unknown-anchor"))
    return connection.scalar(select(records.c.id).where(mine).limit(1)) is not None


def _count(
    connection: Connection, asked: Question, now: dt.datetime, due_by: Latest, not_by: Latest, to_weaker: bool = False
) -> int:
    total = 0
    for table in (records, clocks):
        client = table.c.id if asked.kind is Kind.CLIENT else records.c.client
        query = select(func.count()).select_from(_with_client(table, asked.kind))
        query = query.where(
            table.c.kind == asked.kind.value, table.c.rule == asked.rule, table.c.codes.is_(None),
            _is_due(table, due_by), ~_is_due(table, not_by), ~_acts_by(table, asked.as_strong, now),
        )  # fmt: skip
        if asked.apart:
            query = query.where(client.not_in(asked.apart))
        if to_weaker:
            query = query.where(_acts_by(table, asked.weaker, now))
        total += connection.scalar(query) or 0
    return total


def _with_client(table: FromClause, kind: Kind) -> FromClause:
    if table is records or kind is Kind.CLIENT:
        return table
    return table.join(records, and_(table.c.kind == records.c.kind, table.c.id == records.c.id))


def _is_due(table: FromClause, latest: Latest) -> ColumnElement[bool]:
    if latest.instant is None or latest.day is None:
        return false()
    return or_(
        and_(
            table.c.anchor_at.is_not(None), or_(table.c.anchor_at <= latest.instant, table.c.anchor_at.in_(latest.also))
        ),
        and_(table.c.anchor_day.is_not(None), table.c.anchor_day <= latest.day),
    )


def _acts_by(table: FromClause, rules: Sequence[str], now: dt.datetime) -> ColumnElement[bool]:
    """Whether one of these other rules acts on the same record now."""
    if not rules:
        return false()
    first, further = records.alias(), clocks.alias()
    same: list[Select[tuple[int]]] = [
        select(one.c.id).where(
            one.c.kind == table.c.kind, one.c.id == table.c.id, one.c.rule.in_(rules), one.c.codes.is_(None),
            one.c.due_at <= now,
        )
        for one in (first, further)
    ]  # fmt: skip
    return or_(*(exists(query) for query in same))
