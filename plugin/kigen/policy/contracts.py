"""Which individual contract governs a term: Article 1(3), where the law permits (floors are judged apart)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from kigen.policy.facts import Contract, Facts
from kigen.policy.periods import Term, When, add
from kigen.policy.records import Record


@dataclass(frozen=True, slots=True)
class Terms:
    """The term that counts for one record under one rule.

    `due` by the term that counts; `own_due` by the rule's own; `contract` is set while a longer one replaces it.
    A contract without a term means keep while it is valid: `due` is then its end, or None.
    """

    due: dt.datetime | None
    own_due: dt.datetime | None
    contract: Contract | None = None


def governing(
    contracts: Iterable[Contract], rule: str, client: int | None, group: int | None, now: dt.datetime
) -> list[Contract]:
    """Contracts valid at `now` for this rule and this client or its group."""
    return [
        contract
        for contract in contracts
        if contract.rule == rule
        and contract.begins <= now
        and (contract.until is None or now < contract.until)
        and (
            (contract.client is not None and contract.client == client)
            or (contract.group is not None and contract.group == group)
        )
    ]


def contracts_of(record: Record, facts: Facts, rule: str, now: dt.datetime) -> list[Contract]:
    """The contracts that govern one rule for the client of a record."""
    if not facts.contracts:
        return []
    client = facts.account.client
    return governing(facts.contracts, rule, record.client, client.group if client else None, now)


def terms(own: Term | None, valid: list[Contract], anchor: When, zone: str) -> Terms:
    """The longest valid contract replaces the rule's term, longer or shorter (two that overlap: the longer keeps)."""
    own_due = add(anchor, own, zone) if own else None
    if not valid:
        return Terms(own_due, own_due)
    endless = [contract for contract in valid if contract.term is None]
    if endless:
        return Terms(None, own_due, endless[0])
    due, contract = max(
        ((add(anchor, c.term, zone), c) for c in valid if c.term is not None), key=lambda pair: (pair[0], -pair[1].id)
    )
    is_longer = own_due is None or due > own_due
    return Terms(due, own_due if is_longer else due, contract if is_longer else None)
