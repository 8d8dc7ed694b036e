"""What becomes of a client's rows when documents or claims stay: worked out in full first, then carried out.

A row whose record stays is masked by the map; everything else of the client is deleted. Nothing is changed before every
mask is known to fit, so that a client who cannot be anonymised is left as it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import bindparam, column, table, update

from kigen.hosts.anonymised import Anonymised, CannotAnonymise, Key, Left, Why, key_text
from kigen.hosts.distinct import Distinct
from kigen.hosts.holdings import Holding, is_needed, read_holdings
from kigen.hosts.rows import Rows
from kigen.hosts.selected import Selected, delete_all
from kigen.hosts.shapes import Shapes
from kigen.hosts.taken import note_changes
from kigen.policy.datamap import DataMap, Field, Table
from kigen.policy.fates import Treatment
from kigen.policy.keeping import Keeping
from kigen.policy.masks import DoesNotFit, mask
from kigen.policy.masks_findings import Finding
from kigen.policy.masks_inside import Inside
from kigen.policy.records import Kind, Ref
from kigen.policy.sorts import Sort
from kigen.policy.subtraction import unneeded

WHY = {Finding.INVALID: Why.STRUCTURE, Finding.OPAQUE: Why.STRUCTURE, Finding.NO_ROOM: Why.NO_ROOM,
       Finding.LEFT: Why.MAYBE}  # fmt: skip

Spared = Mapping[str, Callable[[str], str]]
"""By `table.column`, what of a text must stay because the platform itself reads it there; "" for nothing."""


@dataclass(frozen=True)
class Ground:
    """What anonymising stands on: rows read under locks, the map with the operator's answers, the live columns.

    `unmasked` are tables with columns that nobody classified. `payments` is the table of payments.
    """

    rows: Rows
    datamap: DataMap
    shapes: Shapes
    salt: bytes
    unmasked: frozenset[str] = frozenset()
    spared: Spared = field(default_factory=dict)
    payments: str = ""
    bought: frozenset[str] = frozenset()


@dataclass
class Change:
    """New values of some columns of one row, by its key."""

    table: str
    key: dict[str, Any]
    values: dict[str, object]


@dataclass
class Plan:
    """What is to be done for one client."""

    going: list[Selected] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    slips: dict[Ref, set[str]] = field(default_factory=lambda: defaultdict(set))
    left: set[Left] = field(default_factory=set)
    bought: list[Ref] = field(default_factory=list)
    kept: dict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))


def planned(ground: Ground, selected: Iterable[Selected], keeping: Keeping, inside: Inside) -> Plan:
    """Which rows go and what is written into those that stay. Raises CannotAnonymise, with a sentence, if it cannot."""
    plan, staying = Plan(), []
    for one, codes in (each for several in selected for each in _by_reasons(several, keeping)):
        if _stays(ground, one, codes):
            staying.append((one, codes))
        else:
            plan.going.append(one)
    documents = {ref for ref, _ in keeping.documents}
    going = defaultdict(list)
    for one in plan.going:
        going[one.table].append(one)
    for one, codes in staying:
        for holding in read_holdings(ground.rows, ground.datamap, ground.shapes, [one]):
            rows = [row for row in holding.rows if not any(_has(other, row) for other in going[holding.table.name])]
            for part, reasons in _by_payments(ground, replace(holding, rows=rows), codes, keeping):
                mask_rows(ground, part, reasons, inside, plan, documents)
    return plan


def carry_out(ground: Ground, plan: Plan) -> Anonymised:
    """Delete and write as planned, in the caller's transaction."""
    deleted = delete_all(ground.rows, plan.going)
    return Anonymised(
        deleted, write(ground.rows, plan.changes),
        tuple((ref, tuple(sorted(names))) for ref, names in sorted(plan.slips.items())),
        tuple(sorted(plan.left)), tuple(sorted(set(plan.bought))),
        {name: frozenset(keys) for name, keys in plan.kept.items()},
    )  # fmt: skip


def write(rows: Rows, changes: Iterable[Change]) -> tuple[tuple[str, tuple[str, ...], int], ...]:
    """Update rows by their keys; the columns that changed in each table, and in how many rows."""
    wanted = list(changes)
    with note_changes(rows.connection, rows.schema, ((one.table, one.key) for one in wanted)):
        return _write(rows, wanted)


def _write(rows: Rows, changes: Iterable[Change]) -> tuple[tuple[str, tuple[str, ...], int], ...]:
    alike: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[Change]] = defaultdict(list)
    for one in changes:
        alike[one.table, tuple(one.key), tuple(one.values)].append(one)
    told: dict[str, tuple[set[str], int]] = {}
    for (name, key, columns), several in alike.items():
        statement = update(table(name, *map(column, (*key, *columns)))).values(
            {one: bindparam(f"new_{number}") for number, one in enumerate(columns)}
        )
        for number, named in enumerate(key):
            statement = statement.where(column(named) == bindparam(f"key_{number}"))
        bound = [
            {f"new_{n}": change.values[c] for n, c in enumerate(columns)}
            | {f"key_{n}": change.key[c] for n, c in enumerate(key)}
            for change in several
        ]
        rows.connection.execute(statement, bound)
        names, number = told.get(name, (set(), 0))
        told[name] = names | set(columns), number + len(several)
    return tuple((name, tuple(sorted(names)), number) for name, (names, number) in sorted(told.items()))


def _by_reasons(one: Selected, keeping: Keeping) -> Iterator[tuple[Selected, frozenset[str]]]:
    """What was selected, in as many as there are different reasons for the records that it hangs on."""
    if not one.is_kept or not one.of:
        yield one, keeping.codes
        return
    alike: dict[frozenset[str], set[Any]] = defaultdict(set)
    for number in one.ids:
        alike[keeping.codes_of(one.of, number)].add(number)
    for codes, ids in sorted(alike.items(), key=lambda item: sorted(item[0])):
        yield replace(one, ids=frozenset(ids)), codes


def _by_payments(
    ground: Ground, holding: Holding, codes: frozenset[str], keeping: Keeping
) -> Iterator[tuple[Holding, frozenset[str]]]:
    """The same rows; payments, which are a client's or an invoice's, each for its own reasons."""
    alike: dict[frozenset[str], list[dict[str, Any]]] = defaultdict(list)
    for row in holding.rows if holding.table.name == ground.payments else ():
        alike[keeping.reasons.get((Kind.PAYMENT, row["id"]), codes)].append(row)
    if not alike:
        yield holding, codes
    for reasons, rows in alike.items():
        yield replace(holding, rows=rows), reasons


def _stays(ground: Ground, one: Selected, codes: Collection[str]) -> bool:
    if not one.is_kept or one.table not in ground.shapes:
        return False
    if one.table not in ground.datamap:
        raise CannotAnonymise(f"{one.table} is in no data map, so nobody can say what in it is to be masked.")
    found = ground.datamap[one.table]
    if found.treatment(is_floored=True) is Treatment.DELETE and not is_needed(ground.datamap, found, codes):
        return False
    refuse(ground, one)
    return True


def refuse(ground: Ground, one: Selected) -> None:
    """Raise CannotAnonymise, with a sentence, where rows of this table cannot be masked."""
    if one.table in ground.unmasked and one.read(ground.rows, ()):
        raise CannotAnonymise(
            f"{one.table} has columns that nobody has classified; `kigen datamap set` says what they hold."
        )
    if one.table in ground.rows.schema.without_transactions:
        raise CannotAnonymise(f"{one.table} has no transactions, so a failure would leave it half masked.")


def _has(one: Selected, row: Mapping[str, Any]) -> bool:
    """Whether a row that hangs on what stays goes all the same; a column that was not read tells nothing."""
    columns = {one.by, *((one.only[0],) if one.only else ())}
    return columns <= row.keys() and one.has(dict(row))


def mask_rows(
    ground: Ground, holding: Holding, codes: Collection[str], inside: Inside, plan: Plan,
    documents: Collection[Ref] = (),
) -> None:  # fmt: skip
    """Plan what is written into these rows, all of which stay for these reasons."""
    name, shape = holding.table.name, ground.shapes[holding.table.name]
    fields = [one for one in unneeded(holding.table, codes) if one.name in shape.columns]
    if not holding.rows:
        return
    if fields and not holding.key:
        raise CannotAnonymise(f"{name} has no primary key and no unique one, so a row of it cannot be masked.")
    distinct = Distinct(ground.rows, shape, name, ground.salt)
    for row in holding.rows:
        key = {one: row[one] for one in holding.key}
        plan.kept[name].add(tuple(key.values()))
        values: dict[str, object] = {}
        for one in fields:
            new, findings = _masked(ground, one, row, holding, inside, distinct)
            plan.left |= {Left(name, one.name, key_text(tuple(key.values())), WHY[finding]) for finding in findings}
            if new != row[one.name]:
                values[one.name] = new
        if values:
            plan.changes.append(Change(name, key, values))
            if ref := _ref(ground, holding.table, row, documents):
                plan.slips[ref] |= {f"{name}.{one}" for one in values}
            if not ground.bought.isdisjoint(f"{name}.{one}" for one in values):
                plan.bought += [(Kind(of), row["id"]) for of in holding.table.holds]


def _masked(
    ground: Ground, one: Field, row: Mapping[str, Any], holding: Holding, inside: Inside, distinct: Distinct
) -> tuple[object, Sequence[Finding]]:
    value, shape = row[one.name], ground.shapes[one.table].columns[one.name]
    if spare := ground.spared.get(f"{one.table}.{one.name}"):
        spared = spare(str(value or ""))
        if spared:
            return spared, ()
    try:
        if one.is_distinct or shape.unique:
            return distinct.masked(one, value, holding.key_of(dict(row))), ()
        found = mask(one.sort or Sort.FREE_TEXT, value, shape, distinct.seed(holding.key_of(dict(row))), inside)
    except DoesNotFit as error:
        raise CannotAnonymise(f"{one.table}.{one.name}: {error}.") from None
    return found.value, found.findings


def _ref(ground: Ground, found: Table, row: Mapping[str, Any], documents: Collection[Ref]) -> Ref | None:
    """The kept document that a masked row is, or is a part of; None for what is neither."""
    own = [(Kind(of), row["id"]) for of in found.holds if of in frozenset(Kind)]
    if found.name == ground.payments:
        own.append((Kind.PAYMENT, row["id"]))
    own += [
        (Kind(link.of), row[link.column]) for link in found.links if link.of in frozenset(Kind) and link.target == "id"
    ]
    return next((ref for ref in own if ref in documents), None)
