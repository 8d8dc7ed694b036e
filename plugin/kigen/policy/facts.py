"""What surrounds a record and can keep it: its client's account, and what kigen's ledger adds to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kigen.policy.account import KINDS, Account, Thing, ref_of
from kigen.policy.periods import Term
from kigen.policy.records import NOTHING, Memory, Ref

__all__ = ["KINDS", "Account", "Anonymised", "Contract", "Facts", "Hold", "Request", "Thing", "ref_of"]


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold on a client and all that is its, or on one record; ended holds are not facts."""

    id: int
    client: int | None
    record: Ref | None
    reason: str
    until: dt.datetime | None = None
    placed: dt.datetime | None = None
    is_untold: bool = False  # the law forbids to tell the client that there is one


@dataclass(frozen=True, slots=True)
class Contract:
    """An individual contract that replaces the term of one rule for a client or a group (Article 1(3))."""

    id: int
    client: int | None
    group: int | None
    rule: str
    term: Term | None
    begins: dt.datetime
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """An open rights request; RIGHT as in contract.md."""

    id: int
    client: int
    right: str
    received: dt.datetime
    regime: str | None = None  # by which it is answered, where a person said so; None: that of the client's country
    is_ordered: bool = False  # an officer's word: no grace runs


@dataclass(frozen=True, slots=True)
class Anonymised:
    """What kigen anonymised a client for. `codes` are the reasons that kept parts of it then.

    `until` is when the last of them ends, None where nobody can tell. `rule` is the rule by which it was done.
    """

    at: dt.datetime
    until: dt.datetime | None
    codes: frozenset[str]
    rule: str | None = None


@dataclass(frozen=True)
class Facts:
    """All that a decision may look at besides the record itself, for one client."""

    account: Account
    memories: Mapping[Ref, Memory] = field(default_factory=dict)
    archived: dt.datetime | None = None  # when kigen archived the client
    holds: tuple[Hold, ...] = ()
    contracts: tuple[Contract, ...] = ()
    requests: tuple[Request, ...] = ()
    others_requests: tuple[Request, ...] = ()  # of clients whose add-ons are under this client's services
    anonymised: Anonymised | None = None  # the last time that kigen anonymised the client

    def memory(self, ref: Ref) -> Memory:
        return self.memories.get(ref, NOTHING)

    def holds_on(self, clients: Iterable[int], refs: Iterable[Ref]) -> list[Hold]:
        """Holds placed on one of these clients, or on one of these records."""
        owners, wanted = set(clients), set(refs)
        return [hold for hold in self.holds if hold.client in owners or hold.record in wanted]

    def requests_of(self, clients: Iterable[int]) -> list[Request]:
        """Open requests of these clients."""
        owners = set(clients)
        return [request for request in (*self.requests, *self.others_requests) if request.client in owners]
