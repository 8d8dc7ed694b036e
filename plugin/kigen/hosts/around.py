"""Some records of a host with what deciding about them looks at: read once, decided one by one or several together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from kigen.policy.facts import Account, ref_of
from kigen.policy.periods import When
from kigen.policy.records import Invoice, Item, Kind, Order, Ref, State


@dataclass(frozen=True, slots=True)
class Member:
    """One of several records alike: whose it is, its state, when its clock started, and what would go along with it."""

    id: int
    client: int
    state: State
    started: When
    along: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Alike:
    """Records of one kind that a decision cannot tell apart but by their ids and by when their clocks started.

    Of some the ledger may know more.
    """

    kind: Kind
    members: tuple[Member, ...]


class Around(ABC):
    """Some records of one kind with all that deciding about them looks at, read once and held in memory."""

    @abstractmethod
    def accounts(self, ids: AbstractSet[int]) -> list[Account]:
        """The accounts of these records' owners, ascending by client; records that are gone are in none.

        The contract: for each of these records, the built-in guards give the same answer by these accounts as by
        `Host.accounts` of its owner, and `Host.delete` deletes the same rows. Of anything else an account may hold
        less, so other records must not be decided by it, nor any by a plugin's rule or guard, which may look at all.
        """

    def alike(self) -> list[Alike]:
        """The records in groups of which deciding about one answers for all, as far as the host's rows go.

        Those of which anything rare is to be said are in no group. A host that cannot sort them gives none.
        """
        return []

    def unchanging(self) -> Mapping[Kind, Mapping[int, str | None]]:
        """What `Host.all_fingerprints` would give of records that were read, None for those that it would leave out.

        A host that did not read the columns with a lock gives none.
        """
        return {}


@dataclass(frozen=True, slots=True)
class Accounts(Around):
    """Records of one kind within accounts that were read beforehand, whole or as far as is needed."""

    kind: Kind
    found: Sequence[Account]

    def accounts(self, ids: AbstractSet[int]) -> list[Account]:
        return [account for account in self.found if any(id_ in ids for id_ in ids_in(account, self.kind))]


def ids_in(account: Account, kind: Kind) -> list[int]:
    """The ids of the records of a kind that rules speak of; the client counts even where its row is gone."""
    if kind is Kind.CLIENT:
        return [account.id]
    owned: tuple[Order | Item | Invoice, ...] = (*account.orders, *account.items, *account.invoices)
    return [thing.id for thing in owned if ref_of(thing)[0] is kind]
