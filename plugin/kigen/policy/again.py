"""Whether an act that evidence proves is carried out again on a record that a restored backup brought back.

The act was decided on facts that the backup does not have: its holds, requests, terms and floors are older than the act
and are overruled by it. What came after the act keeps the record, and a person decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kigen.policy.decide import KEEP, Decision
from kigen.policy.facts import Account, Facts, Thing, ref_of
from kigen.policy.parting import FLOOR, PARTS
from kigen.policy.periods import When, moment
from kigen.policy.reasons import Reason
from kigen.policy.records import Invoice, Kind, Order, Payment, Quote, Ref, ref_text

REPLAY = "replay"
"""The reason code of what is done again."""

DONE_BEFORE = (
    "It was done on {at} and came back with a restored database.",
    "{at} に実施済みの処理です。データベースの復元によって記録が戻りました。",
)
USED_SINCE = (
    "{ref} is newer than what was done on {at}, or cannot be told from what is newer.",
    "{ref} は {at} の処理より後のものか、後のものでないと確認できません。",
)


@dataclass(frozen=True, slots=True)
class Act:
    """An act of the past: when it was done, what, by which rule, when it had come due, and what stood against more.

    `codes` are those of all that went with it in one entry of evidence.
    """

    at: dt.datetime
    action: str
    rule: str
    due: dt.datetime | None
    codes: frozenset[str] = frozenset()


def decide_again(decision: Decision, facts: Facts, act: Act, proved: Mapping[Ref, Act], zone: str) -> Decision:
    """The act again, or the reasons of later than the act that keep the record.

    `decision` is what the schedule says today: an archive, which hurts nobody by its absence, is done again only where
    that says so too. `proved` are all records that the restore brought back and that are the very same.
    """
    record = decision.record
    if act.action == "archive" and decision.action != act.action:
        return Decision(record, KEEP, decision.rule, decision.due, decision.reasons, decision.considered)
    since = tuple(_since(record.kind, record.id, facts, act, proved, zone))
    if since:
        return Decision(record, KEEP, act.rule, act.due, since, decision.considered)
    told = (Reason(REPLAY, {"at": act.at}, words=DONE_BEFORE), *_parts(facts, act))
    return Decision(record, act.action, act.rule, act.due, told, decision.considered)


def _parts(facts: Facts, act: Act) -> Iterator[Reason]:
    """For what an anonymising left parts of this client: what it was done for, of that what the client has."""
    account = facts.account
    client = account.client
    has = {
        FLOOR: True,
        "unpaid-invoice": any(map(account.is_unpaid, account.invoices)),
        "open-ticket": bool(account.open_tickets),
        "credit-balance": client is not None and client.credit > 0,
        "approved-commission": client is not None and client.commission > 0,
    }
    for code in sorted(act.codes & PARTS) if act.action == "anonymise" else ():
        if has[code]:
            amount = {"amount": str(client.credit)} if client and code == "credit-balance" else {}
            yield Reason(code, {"at": act.at, **amount}, words=DONE_BEFORE)


def _since(
    kind: Kind, number: int, facts: Facts, act: Act, proved: Mapping[Ref, Act], zone: str
) -> Iterator[Reason]:  # fmt: skip
    account = facts.account
    going = account.along(kind, number)
    refs = {(kind, number), *map(ref_of, account.at_stake(kind, number))}
    for hold in facts.holds_on([account.id, *(thing.client for thing in going)], refs):
        if hold.placed is None or hold.placed > act.at:
            ref = hold.record or (Kind.CLIENT, hold.client or 0)
            yield Reason("hold", {"hold": hold.id}, hold.until, (ref_text(ref),))
    for request in facts.requests_of([account.id, *(thing.client for thing in going)]):
        if request.received > act.at and request.right != "erasure":
            yield Reason("restricted" if request.right == "restriction" else "open-request", {"right": request.right})
    for contract in facts.contracts:
        if contract.begins > act.at:
            yield Reason("contract", {"contract": contract.id}, contract.until, (ref_text((kind, number)),))
    for ref in _newer(kind, number, facts, act, proved, zone):
        yield Reason("used-since", {"at": act.at}, refs=(ref_text(ref),), words=USED_SINCE)
    for thing in going:
        ref = ref_of(thing)
        if thing.client != account.id and ref not in proved:
            yield Reason("foreign-item", {"where": ref_text((kind, number))}, refs=(ref_text(ref),))


def _newer(
    kind: Kind, number: int, facts: Facts, act: Act, proved: Mapping[Ref, Act], zone: str
) -> Iterator[Ref]:  # fmt: skip
    """What somebody did after the act: on the restored platform the person may be a client anew."""
    account = facts.account
    for ref, dates in _own_dates(kind, number, account):
        changed = facts.memory(ref)
        if any(_is_after(at, act, zone) for at in (*dates, changed.seen_at, changed.event_at)):
            yield ref
    for thing in account.along(kind, number):
        ref = ref_of(thing)
        dates = _dates(thing, ref in proved)
        # What the act took along as well, or what is dated before it, is no news. Nothing else can be told from news.
        is_news = any(_is_after(at, act, zone) for at in dates)
        if is_news or (ref not in proved and not any(dates)):
            yield ref


def _own_dates(kind: Kind, number: int, account: Account) -> Iterator[tuple[Ref, tuple[When | None, ...]]]:
    if kind is Kind.CLIENT and account.client:
        yield (kind, number), (account.client.registered, account.client.last_login)
    order, invoice = account.order(number), account.invoice(number)
    bills = account.invoices_of(order) if kind is Kind.ORDER and order else [invoice] if kind is Kind.INVOICE else []
    for bill in filter(None, bills):
        paid = [row.at for row in account.transactions_on(bill.id)]
        yield (Kind.INVOICE, bill.id), (*_dates(bill, is_same=kind is Kind.INVOICE), *paid)
    if item := account.item((kind, number)):
        yield item.ref, (item.changed,)


def _dates(thing: Thing, is_same: bool) -> tuple[When | None, ...]:
    """When something was done with it. The very same record began when it began, however odd the date it bears."""
    if isinstance(thing, Order | Payment):
        return () if is_same else (thing.created if isinstance(thing, Order) else thing.at,)
    if isinstance(thing, Invoice):
        return (*(() if is_same else (thing.issued,)), thing.paid, thing.refunded)
    return (thing.dated,) if isinstance(thing, Quote) else ()


def _is_after(at: When | None, act: Act, zone: str) -> bool:
    if at is None:
        return False
    # A date without a time is judged by its day: the day of the act itself is not after it.
    return at > act.at if isinstance(at, dt.datetime) else moment(at, zone) - dt.timedelta(days=1) > act.at
