"""Whether this installation is the one that the map describes: what refuses a rule, and what nobody has classified."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from kigen.hosts.drift import Needed, refused, tables_of, unclassified
from kigen.hosts.port import Drift
from kigen.hosts.schema import LiveSchema
from kigen.hosts.whmcs.datamap import MAP, NOT_OF_CLIENTS
from kigen.hosts.whmcs.deleting import PARTS, SORTS
from kigen.hosts.whmcs.needs import LOOKUPS, needs, removes
from kigen.policy.schedule import Effect, Rule

TELLING = frozenset("""
    userid user_id clientid client_id uid contactid contact_id requestor_id auth_user_id email mail ip ipaddr ipaddress
    ip_address last_ip firstname lastname first_name last_name fullname companyname phone phonenumber address address1
    postcode tax_id birthday birthdate iban
""".split())  # fmt: skip
"""Names of columns that make a table nobody mapped worth a finding; the rest of such a table is not listed."""


def compare(schema: LiveSchema, known: Iterable[str] = ()) -> Drift:
    """The live schema against the map; `known` are names that the operator classified."""
    found = unclassified(schema, MAP, known, TELLING, NOT_OF_CLIENTS)
    return Drift(refused(schema, partial(_needed, schema)), found, tuple(_notes(schema)))


def _needed(schema: LiveSchema, rule: Rule) -> Needed:
    wanted = set(needs(rule))
    if rule.effect is Effect.DELETE:
        # A table that is absent holds nothing that must go along; one without the column hides what must.
        wanted |= {f"{p.table}.{p.column}" for p in PARTS if p.of in SORTS[rule.kind] and p.table in schema.columns}
        if "tblcustomfieldsvalues" in schema.columns and any(p.field for p in PARTS if p.of in SORTS[rule.kind]):
            wanted |= {"tblcustomfieldsvalues.fieldid", "tblcustomfields.id", "tblcustomfields.type"}
    return Needed(frozenset(wanted), tables_of(needs(rule)) - LOOKUPS, removes(rule))


def _notes(schema: LiveSchema) -> Iterator[str]:
    """Tables that go along where they are there: named, so that nobody wonders later why they were left."""
    for name in sorted({part.table for part in PARTS} - schema.columns.keys()):
        yield f"{name} is not there, so nothing in it goes along."
