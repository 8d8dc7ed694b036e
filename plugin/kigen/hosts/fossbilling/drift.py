"""Whether this installation is the one that the map describes: what refuses a rule, and what nobody has classified."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kigen.hosts.fossbilling import datamap
from kigen.hosts.fossbilling.needs import LINKS, needs, removes
from kigen.hosts.port import Drift
from kigen.hosts.schema import LiveSchema
from kigen.policy.schedule import RULES, Rule

OWN = ("kigen_", "alembic_version")
"""kigen's own tables, which lie beside the host's."""

OUTSIDE_DELETING = frozenset({"CASCADE", "SET NULL", "SET DEFAULT"})


def compare(schema: LiveSchema, known: Iterable[str] = ()) -> Drift:
    """The live schema against the map; `known` are names that the operator classified."""
    refused = {rule.id: " ".join(why) for rule in RULES if (why := [*_missing(rule, schema), *_unsafe(rule, schema)])}
    return Drift(refused, tuple(sorted(_unclassified(schema) - set(known))), tuple(_notes(schema)))


def _missing(rule: Rule, schema: LiveSchema) -> Iterator[str]:
    # A table that is absent holds nothing that must go along: the versions differ there.
    along = {f"{table}.{LINKS.get(table, 'client_id')}" for table in removes(rule) if table in schema.columns}
    wanted = needs(rule) | along
    tables = sorted({name.partition(".")[0] for name in wanted} - schema.columns.keys())
    for name in tables:
        yield f"{rule.id} needs the table {name}, which is not there."
    for name in sorted(wanted):
        table, _, column = name.partition(".")
        if table not in tables and not schema.has(table, column):
            yield f"{rule.id} needs the column {name}, which is not there."


def _unsafe(rule: Rule, schema: LiveSchema) -> Iterator[str]:
    gone = removes(rule)
    touched = gone | {name.partition(".")[0] for name in needs(rule)}
    for name in sorted(touched & schema.without_transactions):
        yield f"{rule.id} needs transactions, which {name} ({schema.engines[name]}) has not."
    for key in schema.foreign_keys:
        if key.target in gone and key.table not in gone and key.on_delete.upper() in OUTSIDE_DELETING:
            name = f"{key.table}.{key.column}"
            yield f"{rule.id} would change {name}, which follows {key.target} by ON DELETE {key.on_delete}."


def _unclassified(schema: LiveSchema) -> set[str]:
    """Columns that the map lacks; of a table that it lacks, all."""
    live = {f"{table}.{name}" for table, names in schema.columns.items() if not table.startswith(OWN) for name in names}
    return live - datamap.KNOWN


def _notes(schema: LiveSchema) -> Iterator[str]:
    """What is there and out of reach."""
    if "support_p_ticket" in schema.columns:
        yield "support_p_ticket names no client, so public tickets go along with nobody."
