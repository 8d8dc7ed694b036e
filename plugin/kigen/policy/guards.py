"""What keeps a record: each reason is one small named function that yields it with its values (retention.md).

A guard sees one case: a record under one rule. It yields nothing where it has nothing against the rule's effect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kigen.policy import held
from kigen.policy.anchors import record_of
from kigen.policy.case import Case, Guard, governed, held_refs, items_at_stake, with_record
from kigen.policy.claims import claimed
from kigen.policy.clocks import clock_of
from kigen.policy.contracts import terms_of
from kigen.policy.floors import record_documents, standing
from kigen.policy.masked import kept_by, masked
from kigen.policy.moments import moments
from kigen.policy.periods import add, moment
from kigen.policy.reasons import HAS_RETURNED, IS_MASKED, Reason
from kigen.policy.records import LIVE, REQUESTED, RETURNED, Kind, State, ref_text
from kigen.policy.sights import Sight
from kigen.policy.warning import unwarned

__all__ = ["ALWAYS", "GUARDS", "LOOKS_AT", "Case", "Guard"]


def _live(case: Case, code: str, *kinds: Kind) -> Iterator[Reason]:
    for item in items_at_stake(case):
        if item.kind in kinds and item.state in LIVE:
            yield Reason(code, refs=(ref_text(item.ref),))


def active_service(case: Case) -> Iterator[Reason]:
    """A live service or add-on: of the client, in the order, or under the service."""
    return _live(case, "active-service", Kind.SERVICE, Kind.ADDON)


def active_domain(case: Case) -> Iterator[Reason]:
    """A live domain: of the client, or in the order."""
    return _live(case, "active-domain", Kind.DOMAIN)


def foreign_item(case: Case) -> Iterator[Reason]:
    """Another client's item in the order or in one of the client's orders, or its live add-on under a service.

    In an order a live one has a code of its own, active-service or active-domain.
    """
    account = case.facts.account
    orders = [case.order] if case.order else account.orders if case.record.kind is Kind.CLIENT else []
    for order in orders:
        for item in account.items_of(order):
            if item.client != order.client and not (case.order and item.state in LIVE):
                yield Reason("foreign-item", {"where": ref_text((Kind.ORDER, order.id))}, refs=(ref_text(item.ref),))
    if case.record.kind is Kind.CLIENT:
        for addon in account.foreign_addons:
            if addon.state in LIVE:
                where = ref_text((Kind.SERVICE, addon.parent or 0))
                yield Reason("foreign-item", {"where": where}, refs=(ref_text(addon.ref),))


def paid_invoice(case: Case) -> Iterator[Reason]:
    """The invoice itself has an applied payment; or one that bills the order or its items is paid."""
    account = case.facts.account
    if case.order:
        bills = [invoice for invoice in account.invoices_of(case.order) if account.is_paid(invoice)]
    else:
        own = account.invoice(case.record.id)
        bills = [own] if own and account.payments_on(own) else []
    for invoice in bills:
        yield Reason("paid-invoice", refs=(ref_text((Kind.INVOICE, invoice.id)),))


def approved_commission(case: Case) -> Iterator[Reason]:
    """A cleared affiliate payment for a service; for a client, an affiliate balance above zero."""
    account = case.facts.account
    if case.record.kind is Kind.CLIENT:
        if account.client and account.client.commission > 0:
            yield Reason("approved-commission", refs=("affiliate",))
        return
    own = account.item(case.record.ref)
    for item in (*((own,) if own else ()), *items_at_stake(case)):
        if item.commissioned:
            yield Reason("approved-commission", refs=(ref_text(item.ref),))


def live_estimate(case: Case) -> Iterator[Reason]:
    """A quote of the same client that is not lost or dead: hosts have no link from a draft to its quote."""
    for quote in case.facts.account.quotes:
        if quote.is_live:
            yield Reason("live-estimate", refs=(ref_text((Kind.QUOTE, quote.id)),))


def open_ticket(case: Case) -> Iterator[Reason]:
    """A ticket that is not closed."""
    for ticket in case.facts.account.open_tickets:
        yield Reason("open-ticket", refs=(ref_text((Kind.TICKET, ticket.id)),))


def unpaid_invoice(case: Case) -> Iterator[Reason]:
    """An invoice that waits for money; after the setting's longest time, if there is one, it no longer keeps."""
    for invoice, ends in claimed(case.facts.account, case.schedule, case.now):
        yield Reason("unpaid-invoice", until=ends, refs=(ref_text((Kind.INVOICE, invoice.id)),))


def pending_order(case: Case) -> Iterator[Reason]:
    """A pending or draft order whose own term runs, or never ends, and invoices that may still be paid."""
    schedule, facts = case.schedule, case.facts
    for order in facts.account.orders:
        if order.state not in (State.PENDING, State.DRAFT):
            continue
        record = record_of(order, facts, case.now, schedule.zone)
        for rule in schedule.rules_for(Kind.ORDER):
            if rule.condition(record, facts, schedule.zone):
                clock = clock_of(record, facts, schedule, rule, case.now)
                if not schedule.acts(rule) or clock.due is None or case.now < clock.due:
                    yield Reason("pending-order", until=clock.due, refs=(ref_text((Kind.ORDER, order.id)),))
    for invoice in facts.account.invoices:
        refs = (ref_text((Kind.INVOICE, invoice.id)),)
        if invoice.state in (State.PAYMENT_PENDING, State.COLLECTIONS):
            yield Reason("pending-order", refs=refs)
        elif facts.account.is_unpaid(invoice):
            due = moment(invoice.due, schedule.zone) if invoice.due is not None else None
            if due is None or case.now < due:
                yield Reason("pending-order", until=due, refs=refs)


def credit_balance(case: Case) -> Iterator[Reason]:
    """Money of the client that the operator still holds."""
    client = case.facts.account.client
    if client and client.credit > 0 and client.credit >= case.schedule.smallest_credit:
        yield Reason("credit-balance", {"amount": str(client.credit)}, refs=(ref_text((Kind.CLIENT, client.id)),))


def unknown_state(case: Case) -> Iterator[Reason]:
    """A status that nobody mapped, on the record or on what deleting it takes along."""
    for ref, state, status in with_record(case):
        if state is State.UNKNOWN:
            yield Reason("unknown-state", {"status": repr(status)}, refs=(ref_text(ref),))


def hold(case: Case) -> Iterator[Reason]:
    """A legal hold on the client, on the record, or on what deleting it takes along."""
    return held.told(case.facts.holds_on(case.owners(), held_refs(case)))


def open_request(case: Case) -> Iterator[Reason]:
    """A rights request that may need the data; an erasure is what deleting does, a restriction has its own code."""
    for request in case.facts.requests_of(case.owners()):
        if request.right not in ("erasure", "restriction"):
            yield Reason("open-request", {"right": request.right})


def restricted(case: Case) -> Iterator[Reason]:
    """The client asked for processing to be restricted (GDPR Art. 18)."""
    if any(request.right == "restriction" for request in case.facts.requests_of(case.owners())):
        yield Reason("restricted")


def contract(case: Case) -> Iterator[Reason]:
    """A longer individual term still runs, for the record or for what deleting it takes along."""
    schedule, facts = case.schedule, case.facts
    asked = moments(case.now, schedule.today)
    along = [record_of(entity, facts, case.now, schedule.zone) for entity in governed(case)]
    for record in (case.record, *along):
        rules = [case.rule] if record is case.record else schedule.rules_for(record.kind)
        for rule in rules:
            anchor = record.anchors.get(rule.anchor)
            if anchor is None or anchor.at is None or not rule.condition(record, facts, schedule.zone):
                continue
            found = terms_of(record, facts, rule.id, rule.term, anchor.at, schedule.zone, asked)
            if found.contract and (found.due is None or case.now < found.due):
                yield Reason("contract", {"contract": found.contract.id}, found.due, (ref_text(record.ref),))


def settling(case: Case) -> Iterator[Reason]:
    """A change of state that kigen saw only days ago: a status set by mistake must not delete tonight.

    So is the return of what kigen had deleted, but against nobody's own word.
    """
    changed, term = case.record.settled_from, case.schedule.settling
    memory = case.facts.memory(case.record.ref)
    is_return = changed is not None and changed == memory.observed.get(RETURNED)
    if is_return and case.rule.anchor == REQUESTED:
        changed, is_return = memory.changed_at(case.record.state), False
    if changed and term:
        settled = add(changed, term, case.schedule.zone)
        if case.now < settled:
            yield Reason("settling", {"changed": changed}, settled, words=HAS_RETURNED if is_return else None)


def floor(case: Case) -> Iterator[Reason]:
    """Documents that the law keeps, and of an anonymised client what they bill; never against archiving.

    A document without a readable date is kept.
    """
    if case.rule.effect == "archive":
        return
    zone = case.schedule.zone
    if case.record.kind is Kind.CLIENT:
        done = masked(case.facts, zone)
    else:
        done = kept_by(case.facts, case.record.ref, case.now)
    values: dict[str, object] = {"done": done.at} if done else {}
    words = IS_MASKED if done else None
    papers = record_documents(case.record, case.facts, zone)
    is_kept = False
    for document, ends in standing(papers, case.schedule.floors, zone, case.now):
        is_kept = True
        yield Reason("floor", values, ends, (ref_text(document.ref),), words)
    if done and not is_kept and case.record.kind is not Kind.CLIENT:
        yield Reason("floor", values, done.until, (ref_text(case.record.ref),), words)


ALWAYS = ("unknown-state", "hold", "open-request", "restricted", "contract", "settling", "floor", "unwarned")
"""Guards of every rule; unknown-anchor and not-due are the clock's own, see decide.py."""

_TABLE: Mapping[str, tuple[Guard, set[Sight]]] = {
    "active-service": (active_service, {"live item"}),
    "active-domain": (active_domain, {"live item"}),
    "foreign-item": (foreign_item, {"foreign item"}),
    "paid-invoice": (paid_invoice, {"paid invoice"}),
    "approved-commission": (approved_commission, {"commission"}),
    "live-estimate": (live_estimate, {"quote"}),
    "open-ticket": (open_ticket, {"open ticket"}),
    "unpaid-invoice": (unpaid_invoice, {"unpaid invoice"}),
    "pending-order": (pending_order, {"pending order", "unpaid invoice"}),
    "credit-balance": (credit_balance, {"credit"}),
    "unknown-state": (unknown_state, {"unknown state"}),
    "hold": (hold, {"hold"}),
    "open-request": (open_request, {"request"}),
    "restricted": (restricted, {"request"}),
    "contract": (contract, {"contract"}),
    "settling": (settling, {"change of state"}),
    "floor": (floor, {"paid invoice", "payment", "quote", "anonymised"}),
    "unwarned": (unwarned, {"client"}),
}
"""Every guard by name, with what it looks at."""

GUARDS: Mapping[str, Guard] = {name: guard for name, (guard, _) in _TABLE.items()}

LOOKS_AT: Mapping[str, frozenset[Sight]] = {name: frozenset(sights) for name, (_, sights) in _TABLE.items()}
"""Where none of these is there, the guard has nothing to say and is not asked; a plugin's is always asked."""
