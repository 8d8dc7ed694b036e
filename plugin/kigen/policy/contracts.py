"""Which individual contract governs a term: Article 1(3), where the law permits (floors are judged apart).

Of an instant that has passed the term is asked for today as well, and the longer one counts (moments.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from kigen.policy.facts import Contract, Facts
from kigen.policy.moments import Moments
from kigen.policy.periods import Term, When, add
from kigen.policy.records import Record

LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Terms:
    """The term that counts for one record under one rule.

    `due` by the term that counts; `own_due` by the rule's own; `contract` is set while a longer one replaces it.
    A contract without a term means keep while it is valid: `due` is then its end, or None.
    """

    due: dt.datetime | None
    own_due: dt.datetime | None
    contract: Contract | None = None


def is_valid(contract: Contract, at: dt.datetime) -> bool:
    """Whether a contract runs at an instant; on the first of its time, not on the last."""
    return contract.begins <= at and (contract.until is None or at < contract.until)


def governing(
    contracts: Iterable[Contract], rule: str, client: int | None, group: int | None, now: dt.datetime
) -> list[Contract]:
    """Contracts valid at `now` for this rule and this client or its group."""
    return [
        contract
        for contract in contracts
        if contract.rule == rule
        and is_valid(contract, now)
        and (
            (contract.client is not None and contract.client == client)
            or (contract.group is not None and contract.group == group)
        )
    ]


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


def terms_of(
    record: Record, facts: Facts, rule: str, own: Term | None, anchor: When, zone: str, asked: Moments
) -> Terms:  # fmt: skip
    """The terms of one rule for the client of a record: of those at each of these instants the ones that end last."""
    if not facts.contracts:
        return terms(own, [], anchor, zone)
    client = facts.account.client
    group = client.group if client else None
    found = [terms(own, governing(facts.contracts, rule, record.client, group, at), anchor, zone) for at in asked]
    return max(found, key=lambda one: (one.due is None, one.due or LONG_AGO))
