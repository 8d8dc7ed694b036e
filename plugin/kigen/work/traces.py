"""What is left of erased people outside their own rows: looked for before any lock, removed in the gate's transaction.

One pass over the platform's texts serves all clients that a process is about to erase, however many chunks they go in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from kigen.hosts.anonymised import Anonymised, CannotAnonymise, Left, Why
from kigen.hosts.traces import Candidates
from kigen.ledger import datamap, former, intents, keys_store, quarantine
from kigen.ledger.keys_store import StoreKeys
from kigen.policy.facts import Account
from kigen.policy.identifiers import Person
from kigen.policy.records import Kind
from kigen.policy.sorts import Sort
from kigen.work.copies import Copies, look_in_copies
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
    """Where these clients' people were found, by client; `copies` are the sealed ones in which they were looked for."""

    people: dict[int, Person] = field(default_factory=dict)
    candidates: Candidates | None = None
    copies: Copies = field(default_factory=Copies)

    def known(self, connection: Connection, site: Site, accounts: Sequence[Account]) -> list[Person]:
        """The people behind these accounts by their rows, under locks; SomebodyElse where those say something new.

        Asked before the rows go. They may say less than before: a user whom another client shares, that went meanwhile
        or stays for now, is a person of this one only if it was looked for.
        """
        if self.candidates is None:
            return []
        # With what is gone by now, and not when they were looked for: steps of this very process may have taken rows.
        read = site.host.people(connection, accounts, datamap.answers(connection))
        people = _with_earlier(connection, site, read, is_acting=True)
        for account, one in zip(accounts, people, strict=True):
            if account.id not in self.people or not _is_within(one, self.people[account.id]):
                raise SomebodyElse("who it is")
        return people

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
        cleared = site.host.clear(connection, people, self.candidates, salt, kept, datamap.answers(connection))
        return replace(cleared, left=(*cleared.left, *_unnamed(connection, site, people)))


NOT_LOOKED_FOR = Traces()
"""Of what is no client, or where the host cannot tell."""


def look_for(connection: Connection, site: Site, clients: Sequence[int]) -> Traces:
    """Look for these clients' people, in a transaction that takes no lock. A host that cannot tell has no traces."""
    with connection.begin():
        answers = datamap.answers(connection)
        accounts = site.host.accounts(connection, clients)
        try:
            people = _with_earlier(connection, site, site.host.people(connection, accounts, answers))
            candidates = site.host.look_for(connection, people, answers)
        except CannotAnonymise:
            return NOT_LOOKED_FOR
        copies = _in_copies(connection, site, people)
    if copies.unnoted:
        with connection.begin():
            quarantine.note_named(connection, copies.unnoted)
    return Traces({account.id: one for account, one in zip(accounts, people, strict=True)}, candidates, copies)


def _in_copies(connection: Connection, site: Site, people: Sequence[Person]) -> Copies:
    """Without the keys nobody is erased, and so nothing need be known of the copies."""
    try:
        keys = keys_of(site)
    except CannotAnonymise:
        return Copies()
    return look_in_copies(connection, keys, people)


def _is_within(one: Person, other: Person) -> bool:
    return {*one.names} <= {*other.names} and {*one.values} <= {*other.values}


OTHER_KEY = (
    "who it was when its erasure was begun is sealed with another store.key, and without that its traces cannot be"
    " found; restore that key with 'kigen keys restore'"
)


def _with_earlier(
    connection: Connection, site: Site, people: Sequence[Person], is_acting: bool = False
) -> list[Person]:
    """The same with what rows said that are gone: in earlier steps, or of clients that became part of these.

    CannotAnonymise where one of them is to be acted on and what is remembered of it does not open.
    """
    clients = [int(one.owner) for one in people]
    begun = intents.people(connection, keys_of(site), clients) if intents.is_any(connection) else {}
    if is_acting and None in begun.values():
        raise CannotAnonymise(OTHER_KEY)
    gone = _gone_into(connection, site, clients)
    told = former.people(connection, set().union(*gone.values())) if gone else {}
    found = []
    for one in people:
        whole = _both(one, begun.get(int(one.owner)))
        for number in sorted(gone.get(int(one.owner), ())):
            whole = _both(whole, told.get(number))
        found.append(whole)
    return found


def _gone_into(connection: Connection, site: Site, clients: Sequence[int]) -> dict[int, set[int]]:
    return former.gone_into(connection, clients, lambda ids: site.host.owners(connection, Kind.CLIENT, ids))


def _unnamed(connection: Connection, site: Site, people: Sequence[Person]) -> Iterator[Left]:
    """Clients that became part of these, and by whose name nobody could look for anything."""
    gone = _gone_into(connection, site, [int(one.owner) for one in people])
    told = former.people(connection, set().union(*gone.values())) if gone else {}
    for client, numbers in sorted(gone.items()):
        for number in sorted(numbers):
            known = told.get(number)
            if not known or not (known.names or any(sort is Sort.NAME for sort, _ in known.values)):
                yield Left("*", "client", f"{number} -> {client}", Why.MERGED)


def _both(one: Person, earlier: Person | None) -> Person:
    if earlier is None:
        return one
    names, values = dict.fromkeys((*earlier.names, *one.names)), dict.fromkeys((*earlier.values, *one.values))
    return replace(one, names=tuple(names), values=tuple(values))
