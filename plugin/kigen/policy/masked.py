"""Whether a client and its records are still as kigen anonymised them, or came since: then that time counts no more.

Source: retention.md, "Deletion on request"; an old request must not speak of what a person entrusted anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from kigen.policy.account import Account
from kigen.policy.facts import Anonymised, Facts
from kigen.policy.periods import When, local_date
from kigen.policy.records import FINAL_LOGIN, LIVE, Item, Kind, Payment, Ref


def masked(facts: Facts, zone: str) -> Anonymised | None:
    """The last time that the client was anonymised, as long as nothing is newer; None for one that never was.

    Newer is an own sign-in, an order, a service or domain that began to live or was first met, a payment, and a
    request for erasure: carrying out an earlier one has closed it. Money for an invoice of before is no return.
    """
    done = facts.anonymised
    if done is None or any(one.right == "erasure" for one in facts.requests):
        return None
    if any(_is_alive(item, facts, done.at) for item in facts.account.items):
        return None
    return None if any(_is_after(when, done.at, zone) for when in _own_acts(facts, done.at, zone)) else done


def kept_by(facts: Facts, ref: Ref, now: dt.datetime) -> Anonymised | None:
    """The anonymising from which a record was kept for a floor, until the last one ends: it goes then, with its client.

    What else the client had is gone, so that a record which was there already is one that a kept document bills; one
    that came or began to live later is not.
    """
    done = facts.anonymised
    if done is None or "floor" not in done.codes or (done.until is not None and now >= done.until):
        return None
    return None if _began_after(facts, ref, done.at) else done


def _own_acts(facts: Facts, since: dt.datetime, zone: str) -> Iterator[When | None]:
    account, client = facts.account, facts.account.client
    if client:
        yield client.last_login
        yield facts.memory((Kind.CLIENT, client.id)).observed.get(FINAL_LOGIN)
    for order in account.orders:
        yield order.created
    for invoice in account.invoices:
        if _is_after(invoice.issued, since, zone):
            yield invoice.paid
    for payment in account.payments:
        if payment.client == account.id and payment.amount > 0 and not _is_for_old(payment, account, since, zone):
            yield payment.at


def _is_for_old(payment: Payment, account: Account, since: dt.datetime, zone: str) -> bool:
    invoice = account.invoice(payment.invoice)
    return invoice is not None and not _is_after(invoice.issued, since, zone)


def _is_alive(item: Item, facts: Facts, since: dt.datetime) -> bool:
    """Nothing was live when the client was anonymised, and what is new need not be live any more."""
    return item.state in LIVE or _began_after(facts, item.ref, since)


def _began_after(facts: Facts, ref: Ref, since: dt.datetime) -> bool:
    """Whether a record was first met, or told to be live, after an instant."""
    memory = facts.memory(ref)
    activated = memory.event_at if memory.event_state in LIVE else None
    return any(at is not None and at > since for at in (memory.first_seen, activated))


def _is_after(when: When | None, since: dt.datetime, zone: str) -> bool:
    """A date without a time is after an instant from the next day on."""
    if when is None:
        return False
    return when > since if isinstance(when, dt.datetime) else when > local_date(since, zone)
