"""The due index: by which rule each record comes due, what stood against it, and when to look at it again.

A row whose rule is due and against which nothing stood acts; everything else that its time has come for is looked at.
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select

from kigen.ledger.bulk import batches, put
from kigen.ledger.quick import KINDS, by_refs, instant, packed
from kigen.ledger.tables import clocks, records
from kigen.policy.frozen import frozen
from kigen.policy.records import Kind, Ref

UNKNOWN = ("unknown-anchor", "unknown-state")


When = TypeVar("When", str, dt.datetime)
"""An instant, or one as the database writes it: both sort alike."""


@frozen
class Clocked:
    """One rule that speaks of a record, as last decided: when its clock started, what stood against it, when it is due.

    `codes` are reason codes with blanks between, None for nothing; a running term is no reason here.
    """

    rule: str | None
    anchor_at: dt.datetime | None = None
    anchor_day: dt.date | None = None
    codes: str | None = None
    due_at: dt.datetime | None = None


def acting(now: dt.datetime) -> ColumnElement[bool]:
    """Rows that act now: their rule is due, and nothing stood against it when it was last decided."""
    return and_(_looked_at(now), records.c.due_at <= now, records.c.codes.is_(None))


def _looked_at(now: dt.datetime) -> ColumnElement[bool]:
    """Rows whose time has come. The due index begins with the kind: unless all are named, every row is read."""
    return and_(records.c.kind.in_(list(KINDS)), records.c.next_look <= now)


def write_rows(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert or overwrite what is remembered of records; events' columns are not touched."""
    put(connection, records, rows)


def write_further(connection: Connection, further: Mapping[Ref, Sequence[Clocked]]) -> None:
    """Replace the further rules of these records, besides the one that their own row names."""
    by_kind: dict[Kind, list[int]] = {}
    for kind, number in further:
        by_kind.setdefault(kind, []).append(number)
    for kind, numbers in by_kind.items():
        for batch in batches(sorted(numbers)):
            connection.execute(delete(clocks).where(and_(clocks.c.kind == kind, clocks.c.id.in_(batch))))
    put(
        connection,
        clocks,
        [
            {"kind": ref[0].value, "id": ref[1], "rule": one.rule, "anchor_at": one.anchor_at,
             "anchor_day": one.anchor_day, "codes": one.codes, "due_at": one.due_at}
            for ref, several in further.items()
            for one in several
        ],
    )  # fmt: skip


def stored_further(connection: Connection, refs: Mapping[Kind, Sequence[int]]) -> dict[Ref, set[Clocked]]:
    """The further rules of these records as last written."""
    found: dict[Ref, set[Clocked]] = {}
    for kind, number, rule, at, day, codes, due_at in by_refs(
        connection, clocks, "rule, anchor_at, anchor_day, codes, due_at", refs
    ):
        on = None if day is None else dt.date.fromisoformat(str(day))
        found.setdefault((KINDS[kind], number), set()).add(Clocked(rule, instant(at), on, codes, instant(due_at)))
    return found


def to_look_at(connection: Connection, kind: Kind, now: dt.datetime, also_acting: bool) -> array[int]:
    """Ids of one kind whose time has come, ascending, eight bytes each; on request also those that act by their row."""
    query = select(records.c.id).where(records.c.kind == kind, records.c.next_look <= now)
    if not also_acting:
        query = query.where(or_(records.c.codes.is_not(None), records.c.due_at.is_(None), records.c.due_at > now))
    return array("q", sorted(connection.execute(query).scalars()))


def counted(connection: Connection, now: dt.datetime, width: int) -> list[tuple[Kind, str, str | None, int, int]]:
    """What acts now: kind, rule, its action where that is less than the rule's effect, which `width` of client ids

    (id // width), and how many records.
    """
    place = func.floor(records.c.client / width)
    by = (records.c.kind, records.c.rule, records.c.action)
    rows = connection.execute(select(*by, place, func.count()).where(acting(now)).group_by(*by, place))
    return [(Kind(kind), rule, action, int(number), count) for kind, rule, action, number, count in rows]


def acting_of(
    connection: Connection, now: dt.datetime, kind: Kind, lowest: int, highest: int
) -> list[tuple[int, str, str | None]]:
    """Id, rule and lesser action of the records of one kind that act now, of clients from `lowest` to `highest`."""
    query = select(records.c.id, records.c.rule, records.c.action).where(
        records.c.kind == kind, acting(now), records.c.client.between(lowest, highest)
    )
    return sorted(((number, rule, action) for number, rule, action in packed(connection, query)), key=itemgetter(0))


def are_acting(connection: Connection, numbers: Mapping[Kind, Sequence[int]], now: dt.datetime) -> set[Ref]:
    """Which of these records act now."""
    found: set[Ref] = set()
    for kind, ids in numbers.items():
        for batch in batches(ids):
            mine = and_(records.c.kind == kind, records.c.id.in_(batch), acting(now))
            found |= {(kind, number) for number in connection.scalars(select(records.c.id).where(mine))}
    return found


def is_kept(codes: str | None, due_at: When | None, next_look: When | None) -> bool:
    """Whether a row as stored is of a record that was due when it was decided, and that its reasons keep.

    Of one that was not yet due, the next look is at its due date at the latest.
    """
    if codes is None:
        return False
    return UNKNOWN[0] in codes or (due_at is not None and next_look is not None and due_at < next_look)


def kept(connection: Connection) -> Counter[str]:
    """Reasons that keep what is due, each with how many records it keeps; one pass over all that is remembered."""
    is_due = or_(records.c.due_at < records.c.next_look, records.c.codes.contains(UNKNOWN[0]))
    groups = select(records.c.codes, func.count()).where(records.c.codes.is_not(None), is_due).group_by(records.c.codes)
    found: Counter[str] = Counter()
    for codes, number in connection.execute(groups):
        for code in codes.split():
            found[code] += number
    return found


def kept_by(connection: Connection, codes: Sequence[str]) -> set[int]:
    """Clients of records against which one of these reasons stood; one pass over all that is remembered."""
    condition = or_(*(records.c.codes.contains(code) for code in codes))
    return {client for client in connection.scalars(select(records.c.client).where(condition).distinct()) if client}


def unknown(connection: Connection, limit: int) -> tuple[int, list[tuple[Ref, str]]]:
    """How many records have an unknown clock or state, and the first of them with these reasons."""
    condition = or_(*(records.c.codes.contains(code) for code in UNKNOWN))
    number = connection.scalar(select(func.count()).select_from(records).where(condition)) or 0
    query = select(records.c.kind, records.c.id, records.c.codes).where(condition)
    rows = connection.execute(query.order_by(records.c.kind, records.c.id).limit(limit))
    return number, [
        ((Kind(kind), id_), ", ".join(sorted(set(codes.split()) & {*UNKNOWN}))) for kind, id_, codes in rows
    ]


def oldest_overdue(connection: Connection, now: dt.datetime, patience: dt.timedelta) -> dt.datetime | None:
    """The earliest due instant among records that wait to be swept.

    What a reason kept, or what an undo brought back, waits only to be looked at again: it counts from there, and only
    once that was longer ago than `patience`.
    """
    swept = select(records.c.due_at).where(_looked_at(now), records.c.due_at <= now, records.c.codes.is_(None))
    looked = select(records.c.next_look).where(
        records.c.next_look <= now - patience, records.c.due_at <= now, records.c.codes.is_not(None)
    )
    found = [
        connection.execute(query.order_by(*query.selected_columns).limit(1)).scalar() for query in (swept, looked)
    ]  # fmt: skip
    return min((at for at in found if at is not None), default=None)
