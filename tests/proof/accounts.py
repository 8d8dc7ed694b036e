"""Decides what belongs to whom in a converted world: one Facts for every client id that any row names."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from kigen.policy.facts import Account, Facts
from kigen.policy.periods import When
from kigen.policy.records import (
    BOUGHT,
    CREATED,
    DUE,
    FINAL_LOGIN,
    NOTHING,
    RECEIVED,
    REGISTERED,
    REVERSED,
    UNREADABLE,
    Client,
    Invoice,
    Kind,
    Memory,
    Order,
    Payment,
    Quote,
    Ref,
    State,
    Ticket,
)
from tests.oracle.heard import Heard
from tests.oracle.world import World
from tests.proof.convert import Converter, Row, instant, latest, money, optional, when
from tests.proof.words import folded, order_states, state_of

RULED = (("tblorders", "order"), ("tblinvoices", "invoice"), ("tblhosting", "service"), ("tbldomains", "domain"))
NAMES = {
    "registered": REGISTERED, "signed in": FINAL_LOGIN, "created": CREATED, "received": RECEIVED,
    "reversed": REVERSED, "bought": BOUGHT,
}  # fmt: skip
DATED = (
    ("tblorders", "date"), ("tblinvoices", "date"), ("tblhosting", "regdate"), ("tbldomains", "registrationdate"),
    ("tbltickets", "date"), ("tblquotes", "datecreated"),
)  # fmt: skip


def everybody(world: World) -> list[int]:
    """Client ids, those that only rows left behind name included."""
    found = {row["userid"] for table, _ in RULED for row in world.tables[table]}
    return sorted(found | {row["id"] for row in world.tables["tblclients"]})


def facts_of(world: World, now: dt.datetime) -> Iterator[Facts]:
    """Every client's facts at an instant, by id."""
    owners = Owners(world, now)
    for client in everybody(world):
        yield owners.facts(client)


def grouped(things: Iterable[Any], key: Any) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for thing in things:
        found[key(thing)].append(thing)
    return found


class Owners:
    """The things of a world by their owner."""

    def __init__(self, world: World, now: dt.datetime) -> None:
        self.world, self.now, self.rows = world, now, Converter(world, now)
        self.clients = {row["id"]: row for row in world.tables["tblclients"]}
        self.order_rows = self.rows.by("tblorders", "userid")
        self.order_states = order_states(world.tables["tblorderstatuses"])
        self.items = grouped(self.rows.items, lambda item: item.client)
        self.in_order = grouped(self.rows.items, lambda item: item.order)
        self.under = grouped((item for item in self.rows.items if item.kind is Kind.ADDON), lambda item: item.parent)
        self.invoices = grouped(self.rows.invoices, lambda invoice: invoice.client)
        self.invoice = {invoice.id: invoice for invoice in self.rows.invoices}
        self.billing = defaultdict(set)
        for invoice in self.rows.invoices:
            for ref in invoice.bills:
                self.billing[ref].add(invoice.id)
        self.paid_by = grouped(self.rows.payments, lambda payment: payment.client)
        self.paid_on = grouped(self.rows.payments, lambda payment: payment.invoice)
        self.tickets, self.quotes = (self.rows.by(table, "userid") for table in ("tbltickets", "tblquotes"))
        self.affiliates = self.rows.by("tblaffiliates", "clientid")
        self.links = self.rows.by("tblusers_clients", "client_id")
        self.users = {row["id"]: row for row in world.tables["tblusers"]}
        self.dated = [(self.rows.by(table, "userid"), column) for table, column in DATED]
        self.moved = grouped(world.tables["tblaccounts"], self.rows.payer)
        self.heard = Heard(world.events)
        self.archives = grouped(world.archives, lambda one: one["client"])

    def facts(self, client: int) -> Facts:
        account, row = self.account(client), self.clients.get(client)
        others = sorted({item.client for item in account.foreign_addons})
        group = row["groupid"] if row else None
        return Facts(
            account, self.memories(account), max((one["at"] for one in self.archives[client]), default=None),
            tuple(self.rows.held),
            tuple(one for one in self.rows.agreed if one.client == client or (group and one.group == group)),
            tuple(self.rows.asked[client].values()),
            tuple(one for other in others for one in self.rows.asked[other].values()),
        )  # fmt: skip

    def account(self, client: int) -> Account:
        orders = [self.order(row) for row in self.order_rows[client]]
        items = self.items[client]
        ordered = {item.ref: item for order in orders for item in self.in_order[order.id]}
        services = {item.id for item in (*items, *ordered.values()) if item.kind is Kind.SERVICE}
        beside = ordered | {addon.ref: addon for service in services for addon in self.under[service]}
        numbers = {order.invoice for order in orders} & self.invoice.keys()
        in_orders = ordered | {
            addon.ref: addon for ref in ordered if ref[0] is Kind.SERVICE for addon in self.under[ref[1]]
        }
        numbers = numbers.union(*(self.billing[ref] for ref in in_orders if ref in self.billing))
        others = [self.invoice[number] for number in sorted(numbers) if self.invoice[number].client != client]
        return Account(
            client, self.client(client), tuple(orders), tuple(items),
            tuple(item for item in beside.values() if item.client != client), tuple(self.invoices[client]),
            tuple(others), tuple(self.payments(client, others)),
            tuple(self.ticket(row) for row in self.tickets[client]),
            tuple(self.quote(row) for row in self.quotes[client]),
        )  # fmt: skip

    def payments(self, client: int, others: list[Invoice]) -> list[Payment]:
        """The client's own, and those on its invoices and on the invoices of others that bill its orders."""
        found = {payment.id: payment for payment in self.paid_by[client]}
        for invoice in (*self.invoices[client], *others):
            found |= {payment.id: payment for payment in self.paid_on[invoice.id]}
        return [found[number] for number in sorted(found)]

    def client(self, number: int) -> Client | None:
        row = self.clients.get(number)
        if row is None:
            return None
        users = [self.users.get(link["auth_user_id"]) for link in self.links[number]]
        signed_in = [optional(row["lastlogin"]), *(optional(user["last_login"]) for user in users if user)]
        balance = sum((max(money(one["balance"]), Decimal(0)) for one in self.affiliates[number]), Decimal(0))
        return Client(
            number, state_of(Kind.CLIENT, row["status"]), row["status"], row["groupid"] or None, row["country"],
            money(row["credit"]), balance, when(row["datecreated"]), self.things(number, row), latest(signed_in),
        )  # fmt: skip

    def things(self, number: int, row: Row) -> tuple[When, ...]:
        texts = [row["created_at"]]
        for rows, column in self.dated:
            texts += [one[column] for one in rows[number]]
        texts += [one["date"] for one in self.moved[number]]
        return tuple(sorted((value for value in map(when, texts) if value), key=instant))

    def order(self, row: Row) -> Order:
        state = self.order_states.get(folded(row["status"]), State.UNKNOWN)
        return Order(row["id"], row["userid"], state, row["status"], when(row["date"]), row["invoiceid"] or None)

    def ticket(self, row: Row) -> Ticket:
        is_open = folded(row["status"]) != "closed" and not row["merged_ticket_id"]
        return Ticket(row["id"], row["userid"], is_open, row["status"])

    def quote(self, row: Row) -> Quote:
        stage, dated = folded(row["stage"]), latest([optional(row["datecreated"]), optional(row["dateaccepted"])])
        known = None if dated == UNREADABLE else dated
        return Quote(row["id"], row["userid"], row["stage"], stage not in ("lost", "dead"), stage == "accepted", known)

    def memories(self, account: Account) -> dict[Ref, Memory]:
        """First sights and seen changes; what was never seen is seen now."""
        ruled: list[tuple[Ref, Any]] = [((Kind.CLIENT, account.id), account.client)] if account.client else []
        ruled += [((Kind.ORDER, order.id), order) for order in account.orders]
        ruled += [((Kind.INVOICE, invoice.id), invoice) for invoice in account.invoices]
        ruled += [(item.ref, item) for item in (*account.items, *account.foreign_items)]
        found = {ref: self.memory(ref, entity.state) for ref, entity in ruled}
        return found | {
            (Kind.PAYMENT, payment.id): replace(NOTHING, observed=self.observed("payment", payment.id))
            for payment in account.payments
        }

    def memory(self, ref: Ref, state: State) -> Memory:
        key = (ref[0].value, ref[1])
        told_at, told = self.heard.became.get(key, (None, None))
        return Memory(
            state, None, self.world.first_seen.get(key, self.now), self.world.state_changes.get(key),
            self.world.other_seen.get(key), State(told) if told else None, told_at, self.observed(*key),
        )  # fmt: skip

    def observed(self, kind: str, number: int) -> dict[str, dt.datetime]:
        """What events told of the record, by the name of the anchor."""
        told = {NAMES[name]: at for name in NAMES for at in self.heard.when(kind, number, name)}
        due = self.heard.due(number) if kind == "invoice" else None
        return {**told, DUE: due} if due else told
