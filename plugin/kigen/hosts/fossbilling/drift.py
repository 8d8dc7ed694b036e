"""Whether this installation is the one that the map describes: what refuses a rule, and what nobody has classified."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from kigen.hosts.drift import Needed, refused, tables_of, unclassified
from kigen.hosts.fossbilling.datamap import MAP
from kigen.hosts.fossbilling.needs import LINKS, needs, removes
from kigen.hosts.port import Drift
from kigen.hosts.schema import LiveSchema
from kigen.policy.schedule import Rule


def compare(schema: LiveSchema, known: Iterable[str] = ()) -> Drift:
    """The live schema against the map; `known` are names that the operator classified."""
    return Drift(refused(schema, partial(_needed, schema)), unclassified(schema, MAP, known), tuple(_notes(schema)))


def _needed(schema: LiveSchema, rule: Rule) -> Needed:
    read, gone = needs(rule), removes(rule)
    # A table that is absent holds nothing that must go along: the versions differ there.
    along = {f"{table}.{LINKS[table]}" for table in gone if table in schema.columns}
    return Needed(read | along, tables_of(read), gone)


def _notes(schema: LiveSchema) -> Iterator[str]:
    """What is there and out of reach."""
    if "support_p_ticket" in schema.columns:
        yield "support_p_ticket names no client, so public tickets go along with nobody."
