"""Which unpaid invoices still claim money, each with the instant at which it stops to keep, if there is one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kigen.policy.account import Account
from kigen.policy.periods import add
from kigen.policy.records import Invoice

if TYPE_CHECKING:
    from kigen.policy.schedule import Schedule


def claimed(account: Account, schedule: Schedule, now: dt.datetime) -> Iterator[tuple[Invoice, dt.datetime | None]]:
    """Invoices that wait for money; after the setting `guards.unpaid_limit`, counted from the due date, no longer."""
    for invoice in account.invoices:
        if not account.is_unpaid(invoice):
            continue
        ends = None
        if schedule.unpaid_limit and invoice.due is not None:
            ends = add(invoice.due, schedule.unpaid_limit, schedule.zone)
            if now >= ends:
                continue
        yield invoice, ends
