"""What a live schema refuses and what nobody classified: the rules that must not run, the columns no map knows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from kigen.hosts.schema import LiveSchema
from kigen.policy.datamap import DataMap
from kigen.policy.schedule import RULES, Rule

OWN = ("kigen_", "alembic_version")
"""kigen's own tables, which lie beside the host's."""

OUTSIDE_DELETING = frozenset({"CASCADE", "SET NULL", "SET DEFAULT"})


@dataclass(frozen=True, slots=True)
class Needed:
    """What one rule needs: `columns` as `table.column`, tables whose rows it `locks`, tables that it `removes` from."""

    columns: frozenset[str]
    locks: frozenset[str]
    removes: frozenset[str]


def refused(schema: LiveSchema, needed: Callable[[Rule], Needed]) -> dict[str, str]:
    """kigen's own rules that must not run on this schema, each with all that stands against it."""
    found = {rule.id: " ".join(_against(rule.id, needed(rule), schema)) for rule in RULES}
    return {rule: sentences for rule, sentences in found.items() if sentences}


def unclassified(
    schema: LiveSchema,
    datamap: DataMap,
    known: Iterable[str] = (),
    telling: Collection[str] = (),
    passed: Collection[str] = (),
) -> tuple[str, ...]:
    """`table.column` of what is there and neither in the map nor among `known`, in alphabetical order.

    Of a table that the map lacks, all columns; where `telling` says which names (small letters) are worth a finding,
    only these. Tables in `passed` are not looked at.
    """
    found: set[str] = set()
    for table, columns in schema.columns.items():
        if table in datamap or not (table.startswith(OWN) or table in passed):
            is_told = table in datamap or not telling
            found |= {f"{table}.{column}" for column in columns if is_told or column.lower() in telling}
    return tuple(sorted(found - datamap.known - set(known)))


def tables_of(columns: Iterable[str]) -> frozenset[str]:
    """The tables of `table.column` names."""
    return frozenset(name.partition(".")[0] for name in columns)


def _against(rule: str, needed: Needed, schema: LiveSchema) -> Iterator[str]:
    missing = tables_of(needed.columns) - schema.columns.keys()
    for name in sorted(missing):
        yield f"{rule} needs the table {name}, which is not there."
    for name in sorted(needed.columns):
        table, _, column = name.partition(".")
        if table not in missing and not schema.has(table, column):
            yield f"{rule} needs the column {name}, which is not there."
    for name in sorted((needed.locks | needed.removes) & schema.without_transactions):
        yield f"{rule} needs transactions, which {name} ({schema.engines[name]}) has not."
    for name in sorted(needed.removes & schema.ambiguous):
        yield f"{rule} needs a primary key or unique index on {name}.id, for two rows with one id cannot be told apart."
    for key in schema.foreign_keys:
        is_outside = key.target in needed.removes and key.table not in needed.removes
        if is_outside and key.on_delete.upper() in OUTSIDE_DELETING:
            name = f"{key.table}.{key.column}"
            yield f"{rule} would change {name}, which follows {key.target} by ON DELETE {key.on_delete}."
