"""One transaction of the gate as those who act in it see it: where, in which run, and what is counted."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from kigen.hosts.anonymised import Anonymised
from kigen.ledger import lifecycle
from kigen.policy.facts import Account
from kigen.policy.keeping import Keeping
from kigen.policy.records import Kind, Ref
from kigen.work import erasers
from kigen.work.places import Rows, gather, rows_of
from kigen.work.site import Site
from kigen.work.traces import Traces


@dataclass(frozen=True)
class Gate:
    """`rows` counts what went or changed by table, `masked` of it what stays, masked.

    `left` counts, by column and why, places of erased people that stayed.

    `left_rows` are the keys of some of them. `is_mandated`: it is not the schedule that says what is done. `destroyed`
    are records whose sealed copies went, by rule and code of why.
    """

    connection: Connection
    site: Site
    run: int
    traces: Traces
    rows: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    left_rows: Rows = field(default_factory=dict)
    until: dt.datetime | None = None  # up to when what the schedule deletes can be brought back; None: not at all
    is_mandated: bool = False
    masked: Counter[str] = field(default_factory=Counter)
    destroyed: dict[tuple[str, str], set[Ref]] = field(default_factory=dict)
    erasing: Mapping[int, Keeping] = field(default_factory=dict)  # all clients erased in it, with what of each stays

    def nobodys(self, account: Account) -> list[Ref]:
        """Payments on invoices of this client that go with these, since whoever paid is erased as well.

        One that its payer's floor keeps stays, and so does one on an invoice that stays.
        """
        found = []
        for one in account.payments:
            payer, owner = self.erasing.get(one.client), self.erasing.get(account.id)
            if payer and owner and one.client != account.id and one.is_on_others and account.invoice(one.invoice):
                ref, on = (Kind.PAYMENT, one.id), (Kind.INVOICE, one.invoice or 0)
                if ref not in payer.records and on not in owner.records:
                    found.append(ref)
        return found

    def count(self, done: Anonymised) -> None:
        """Add what a host did to rows that name people."""
        self.rows.update(done.deleted)
        for table, _, number in done.masked:
            self.rows[table] += number
            self.masked[table] += number
        self.left.update(f"{one.table}.{one.column} {one.why}" for one in done.left)
        gather(self.left_rows, rows_of(done.left))

    def erase_at_plugins(self, refs: Iterable[Ref]) -> None:
        """What plugins hold of these records goes in the same transaction. Raises EraserFailed.

        All of them find their rows before any erases, so that none removes what another needs to find its own.
        """
        plugins = self.site.plugins.erasers()
        if not plugins:
            return
        seconds = int(str(self.site.setting(self.connection, "plugins.seconds")))
        numbers_of = lifecycle.by_kind(refs)
        wanted = [
            (eraser, kind, erasers.found(eraser, self.connection, kind, numbers, seconds))
            for eraser in plugins
            for kind, numbers in numbers_of.items()
            if kind in eraser.kinds
        ]
        for eraser, kind, rows in wanted:
            self.rows[f"plugin {eraser.name}"] += erasers.erase(eraser, self.connection, kind, rows, seconds)
