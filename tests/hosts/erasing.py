"""What tests of anonymising share: what a floor keeps of an account, every cell of a database, and who is in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, inspect, text

from kigen.hosts.anonymised import Anonymised, Why, joined
from kigen.hosts.port import Host
from kigen.policy.facts import Account, Facts
from kigen.policy.floors import documents
from kigen.policy.identifiers import Person, Strength
from kigen.policy.identifiers_of import identifiers_of
from kigen.policy.keeping import Keeping
from kigen.policy.records import Kind

SALT = b"the salt of this installation"
Place = tuple[str, str, str]


def floored(account: Account, *codes: str) -> Keeping:
    """What a floor that never ends keeps: every document, and what the kept invoices bill; with further reasons."""
    papers = list(documents(Facts(account), "Asia/Tokyo"))
    kept = {paper.ref for paper in papers} | {(Kind.CLIENT, account.id)}
    kept |= {ref for invoice in account.invoices if (Kind.INVOICE, invoice.id) in kept for ref in invoice.bills}
    return Keeping(frozenset(kept), frozenset({"floor", *codes}), tuple((paper.ref, None) for paper in papers))


@dataclass(frozen=True)
class Erased:
    """Clients erased one after another, then their traces; who they were."""

    people: Sequence[Person]
    each: Sequence[Anonymised]
    traces: Anonymised

    @property
    def all(self) -> Anonymised:
        found = self.traces
        for one in self.each:
            found = found.with_others(one)
        return found


def erase(host: Host, connection: Connection, clients: Collection[int], gone: Collection[int] = ()) -> Erased:
    """Anonymise these clients as the gate does; those in `gone` are deleted whole."""
    accounts = host.accounts(connection, sorted(clients), lock=True)
    people = host.people(connection, accounts)
    candidates = host.look_for(connection, people)
    each = []
    for account in accounts:
        if account.id in gone:
            host.delete(connection, Kind.CLIENT, [account.id], [account])
        else:
            each.append(host.anonymise(connection, account, floored(account), SALT))
    kept = joined(one.kept for one in each)
    return Erased(people, each, host.clear(connection, people, candidates, SALT, kept))


def again(host: Host, connection: Connection, clients: Collection[int]) -> Anonymised:
    """What a second call does, all together."""
    found = Anonymised()
    for account in host.accounts(connection, sorted(clients), lock=True):
        found = found.with_others(host.anonymise(connection, account, floored(account), SALT))
    return found


def cells(connection: Connection) -> Iterable[tuple[Place, object]]:
    """Every cell of every table: table, column, id."""
    for name in inspect(connection).get_table_names():
        for number, row in enumerate(connection.execute(text(f"SELECT * FROM `{name}`")).mappings()):
            key = row["id"] if isinstance(row.get("id"), int) else "(text)" if "id" in row else f"row {number}"
            for column, value in row.items():
                yield (name, column, str(key)), value


def named_in(connection: Connection, needles: Collection[str]) -> dict[Place, set[str]]:
    """Cells in which one of these stands as a word or words of its own."""
    wanted = "|".join(re.escape(one) for one in sorted(needles, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w.-])(?:{wanted})(?![\w-])")
    found: dict[Place, set[str]] = {}
    for place, value in cells(connection):
        written = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        if len(written) > 3 and (hits := set(pattern.findall(written))):
            found[place] = hits
    return found


def telling(people: Iterable[Person]) -> set[str]:
    """What is known of people, without what counts only beside something else: a town, a short number."""
    found = {f"{given} {family}" for person in people for given, family in person.names}
    for person in people:
        for sort, value in person.values:
            spelled = identifiers_of(Person(person.owner, (), ((sort, value),)))
            if any(one.strength > Strength.BESIDE for one in spelled):
                found.add(value)
    return found


def beyond(found: Iterable[Place], told: Anonymised) -> set[Place]:
    """Places that were not listed as left."""
    many = {(one.table, one.column) for one in told.left if one.why is Why.MANY}
    listed = {(one.table, one.column, one.key) for one in told.left}
    return {place for place in found if place not in listed and place[:2] not in many}


def rows_of(host: Host, connection: Connection, clients: Collection[int]) -> dict[str, list[str]]:
    """A digest of every row of these clients, by table, all columns in it."""
    found: dict[str, list[str]] = {}
    for account in host.accounts(connection, sorted(clients)):
        for holding in host.holdings(connection, account):
            ids = sorted({row["id"] for row in holding.rows})
            for row in _whole(connection, holding.table.name, ids):
                found.setdefault(holding.table.name, []).append(hashlib.sha256(repr(row).encode()).hexdigest())
    return {name: sorted(digests) for name, digests in found.items()}


def _whole(connection: Connection, table: str, ids: Sequence[Any]) -> list[tuple[Any, ...]]:
    if not ids:
        return []
    listed = ", ".join(map(str, ids))
    return [tuple(row) for row in connection.execute(text(f"SELECT * FROM `{table}` WHERE id IN ({listed})"))]


def decided_by(account: Account) -> Account:
    """An account as decisions see it: without the words for what was bought, which only a comparison reads."""
    return replace(account, items=tuple(replace(item, bought="") for item in account.items))


def kept_part(account: Account, keeping: Keeping) -> Account:
    """An account with nothing in it but what stays: its invoices and payments, quotes, orders and services."""
    kept = keeping.records
    return replace(
        account,
        orders=tuple(one for one in account.orders if (Kind.ORDER, one.id) in kept),
        items=tuple(one for one in account.items if one.ref in kept),
        invoices=tuple(one for one in account.invoices if (Kind.INVOICE, one.id) in kept),
        quotes=tuple(one for one in account.quotes if (Kind.QUOTE, one.id) in kept),
        tickets=tuple(one for one in account.tickets if (Kind.TICKET, one.id) in kept),
    )
