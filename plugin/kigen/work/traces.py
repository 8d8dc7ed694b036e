"""What is left of erased people outside their own rows: looked for before any lock, removed in the gate's transaction.

One pass over the platform's texts serves all clients that a process is about to erase, however many chunks they go in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from kigen.hosts.anonymised import Anonymised, CannotAnonymise
from kigen.hosts.traces import Candidates
from kigen.ledger import datamap, intents, keys_store
from kigen.ledger.keys_store import StoreKeys
from kigen.policy.facts import Account
from kigen.policy.identifiers import Person
from kigen.work.site import Site

AT_ONCE = 1000
"""People who are looked for in one pass; the more, the more memory."""


class SomebodyElse(Exception):
    """Who stands behind a client changed since its traces were looked for: nothing is committed, they are again."""


def keys_of(site: Site) -> StoreKeys:
    """The installation's secrets; CannotAnonymise where one is missing, so that its client stays and is told."""
    try:
        return keys_store.read(site.state_dir)
    except ValueError as error:
        raise CannotAnonymise(str(error)) from None


@dataclass(frozen=True)
class Traces:
    """Where these clients' people were found, by client."""

    people: dict[int, Person] = field(default_factory=dict)
    candidates: Candidates | None = None

    def known(self, connection: Connection, site: Site, accounts: Sequence[Account]) -> list[Person]:
        """The people behind these accounts by their rows, under locks; SomebodyElse where those say something new.

        Asked before the rows go. They may say less than before: a user whom another client shares, that went meanwhile
        or stays for now, is a person of this one only if it was looked for.
        """
        if self.candidates is None:
            return []
        people = site.host.people(connection, accounts, datamap.answers(connection))
        for account, one in zip(accounts, people, strict=True):
            if account.id not in self.people or not _is_within(one, self.people[account.id]):
                raise SomebodyElse("who it is")
        # By now, and not as they were looked for: steps of this very process may have taken rows that said it.
        begun = _begun(connection, site, [account.id for account in accounts])
        return [_both(one, begun.get(account.id)) for account, one in zip(accounts, people, strict=True)]

    def clear(
        self, connection: Connection, site: Site, people: Sequence[Person], own: Anonymised | None = None
    ) -> Anonymised:
        """Remove what surely means these people; `own` is what was done to their own rows where those stay.

        CannotAnonymise where a key is missing.
        """
        if self.candidates is None:
            return Anonymised()
        salt = keys_of(site).masks
        kept = own.kept if own else None
        return site.host.clear(connection, people, self.candidates, salt, kept, datamap.answers(connection))


NOT_LOOKED_FOR = Traces()
"""Of what is no client, or where the host cannot tell."""


def look_for(connection: Connection, site: Site, clients: Sequence[int]) -> Traces:
    """Look for these clients' people, in a transaction that takes no lock. A host that cannot tell has no traces."""
    with connection.begin():
        answers = datamap.answers(connection)
        accounts = site.host.accounts(connection, clients)
        try:
            begun = _begun(connection, site, clients)
            read = site.host.people(connection, accounts, answers)
            people = [_both(one, begun.get(account.id)) for account, one in zip(accounts, read, strict=True)]
            candidates = site.host.look_for(connection, people, answers)
        except CannotAnonymise:
            return NOT_LOOKED_FOR
    return Traces({account.id: one for account, one in zip(accounts, people, strict=True)}, candidates)


def _is_within(one: Person, other: Person) -> bool:
    return {*one.names} <= {*other.names} and {*one.values} <= {*other.values}


def _begun(connection: Connection, site: Site, clients: Sequence[int]) -> dict[int, Person]:
    """Who was behind those of these clients whose erasure was begun."""
    begun = {row.client for row in intents.begun(connection)} & set(clients)
    return intents.people(connection, keys_of(site), begun) if begun else {}


def _both(one: Person, earlier: Person | None) -> Person:
    if earlier is None:
        return one
    names, values = dict.fromkeys((*earlier.names, *one.names)), dict.fromkeys((*earlier.values, *one.values))
    return replace(one, names=tuple(names), values=tuple(values))
