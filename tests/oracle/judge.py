"""Decides, for every client, order, invoice, service and domain of a world, what happens to it at an instant and why.

Readings chosen where the schedule leaves a choice (beside those the house had settled):
 1. A date without a time stands for the end of its day when anchors are compared; it is later than now only from the
    next day on.
 2. Columns that are NULL or wholly zero are not set. `termination_date`, cancellation requests and sign-ins that are
    not set are passed over; set but unreadable (1980, 2150, 2019-00-00), they make the anchor unknown.
 3. Any candidate of one anchor that lies in the future makes it unknown, also where the earliest is wanted
    (registration).
 4. A state change that kigen saw is an observed event: it is a candidate for the last change of a service or domain.
 5. A termination date that is set silences cancellation requests; of several requests the latest counts. Domains have
    no host column.
 6. A record that kigen never saw is first seen now. Of several own archives the latest counts.
 7. Only payments that stand (not wholly refunded, or `datepaid` of a Paid invoice) end an archive, and only when
    later than it.
 8. Every payment reversed: each counts from its own latest readable reversal, else from when it was paid; one that
    neither dates makes the anchor unknown.
 9. An operator's own order status is what its only flag in tblorderstatuses says; none or several flags: unknown
    state.
10. A quote in an unmapped stage counts as live for drafts; it is no unknown state and keeps no client.
11. Children that keep what would take them along: an order's items of the same client, a service's add-ons, a
    client's orders, invoices, services, domains and add-ons. An add-on can only be in an unknown state.
12. No rule: the reasons are no-rule, unknown-state where that is why, and hold for one on the record or its client;
    nothing else is asked.
13. For client rules a foreign item is `foreign-item` whether live or not; for orders a live one is active-service or
    active-domain only. An add-on without any owner is foreign.
14. client.delete-on-request has no foreign-item, as its line has none.
15. Lines of type Hosting, PromoHosting, Addon, Domain* and PromoDomain bill items; other types number other things.
16. A rule with a blank or zero term is off; a contract does not switch it on. The longest of several contracts is the
    one due last.
17. A contract's `until` is its first day without it. A hold ends at its instant. Group 0 is no group.
18. A pending order's own term is the contract's where one replaces it.
19. Part-paid: the sum of applied payments, refunds not taken off, below the total.
20. Floors: an invoice's day is the latest of its date, its payment rows and `datepaid`; a quote's of created and
    accepted; an order's the latest of its own and its paid invoices'. Until the fiscal year is answered the floor ends
    with the day that is 15 months and then 10 years later. An unreadable day keeps.
21. A paid invoice worth nothing and a Refunded one worth nothing give no last payment: with no other, the anchor is
    unknown.
22. Several open erasure requests: the earliest. The one-month limit is the same local time a month later, by the
    client's country.
23. Equal due dates: the rule that stands first in the table.
24. A contract on a rule that is off does not switch it on, but while it runs it keeps what would take the record along.
25. A hold on an invoice holds the payments on it, also one that would go with another client.
26. An event stands in for a host's column that cannot be read. For payments, sign-ins and changes of what was bought it
    is one more candidate; one about a payment that the host does not have says nothing.
27. A domain that the host calls dead is live by an event that came after kigen first met that status.
28. A hold keeps whatever the day it was placed; a request counts from its receipt until its closing.
"""

from dataclasses import dataclass
from datetime import datetime

from .books import TABLE, Books
from .guards import always, reasons
from .remaining import archived, remaining
from .terms import rules_for, time_of
from .world import World

__all__ = ["Verdict", "archived", "judge", "remaining"]


@dataclass(frozen=True)
class Verdict:
    action: str
    rule: str | None
    due: datetime | None
    reasons: frozenset[str]


@dataclass(frozen=True)
class Weighed:
    rule: str
    due: datetime | None
    is_due: bool  # by time; an unknown clock counts, because nobody can say that it is not
    codes: frozenset[str]

    @property
    def acts(self) -> bool:
        return not self.codes

    @property
    def strength(self) -> int:
        return 1 if self.rule == "client.archive-inactive" else 2


def judge(world: World, now: datetime) -> dict[tuple[str, int], Verdict]:
    """A verdict for every record; a naive `now` is local."""
    books = Books(world, now)
    return {
        (kind, row["id"]): verdict(books, kind, row) for kind, table in TABLE.items() for row in world.tables[table]
    }


def weigh(books: Books, rule: str, kind: str, row: dict) -> Weighed:
    due, time = time_of(books, rule, kind, row)
    return Weighed(rule, due, due is None or books.now >= due, frozenset(time | reasons(books, rule, kind, row)))


def verdict(books: Books, kind: str, row: dict) -> Verdict:
    weighed = [weigh(books, rule, kind, row) for rule in rules_for(books, kind, row)]
    if not weighed:
        told = always(books, kind, row) & {"unknown-state", "hold"}
        return Verdict("keep", None, None, frozenset({"no-rule"} | told))
    acting = [entry for entry in weighed if entry.acts]
    if acting:
        strongest = max(entry.strength for entry in acting)
        named = first([entry for entry in acting if entry.strength == strongest])
        blocked = [entry for entry in weighed if entry.is_due and entry.strength > strongest]
        return Verdict("delete" if strongest == 2 else "archive", named.rule, named.due, codes_of(blocked))
    named = first(weighed)
    blocked = [entry for entry in weighed if entry.is_due]
    return Verdict("keep", named.rule, named.due, codes_of([named, *blocked]))


def first(entries: list[Weighed]) -> Weighed:
    """The one that comes due first; unknown dues come last."""
    return min(entries, key=lambda entry: (entry.due is None, entry.due.timestamp() if entry.due else 0))


def codes_of(entries: list[Weighed]) -> frozenset[str]:
    return frozenset(code for entry in entries for code in entry.codes)
