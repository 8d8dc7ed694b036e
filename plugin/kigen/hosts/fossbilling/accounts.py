"""A client's account as FOSSBilling's tables hold it: read set-wise, in one fixed order of tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, column, func, select, table

from kigen.hosts.dates import read_optional, read_when
from kigen.hosts.fossbilling.money import INVOICE, ITEM, TRANSACTION, Money, money, read_amount
from kigen.hosts.fossbilling.states import CLIENTS, CLOSED_TICKET, ORDERS, folded, kind_of, state
from kigen.hosts.rows import Rows, batches
from kigen.policy.facts import Account
from kigen.policy.periods import When
from kigen.policy.records import Client, Invoice, Item, Kind, Order, State, Ticket

Row = Mapping[str, Any]

CLIENT = ("id", "status", "client_group_id", "country", "created_at")
ORDER = (
    "id", "client_id", "status", "product_id", "period", "quantity", "unpaid_invoice_id", "service_id", "service_type",
    "activated_at", "canceled_at", "created_at",
)  # fmt: skip
TICKET = ("id", "client_id", "status", "created_at")
BALANCE = ("id", "client_id", "amount", "created_at")
DOMAIN = ("id", "client_id", "expires_at")
LOGIN = ("client_id", "created_at")


def read_accounts(rows: Rows, clients: Sequence[int], zone: str) -> list[Account]:
    """One account per id, ascending. With `rows.lock` nothing of these clients changes until the transaction ends."""
    ids = sorted(set(clients))
    people = {row["id"]: row for row in rows.read("client", CLIENT, "id", ids)}
    orders = by_client(rows.read("client_order", ORDER, "client_id", ids))
    found = read_money(rows, ids, [row for own in orders.values() for row in own], zone)
    expiries = read_expiries(rows, [row for own in orders.values() for row in own], zone)
    tickets = by_client(rows.read("support_ticket", TICKET, "client_id", ids))
    balances = by_client(rows.read("client_balance", BALANCE, "client_id", ids))
    logins = _last_logins(rows, ids)
    accounts = []
    for id_ in ids:
        account = account_of(id_, orders.get(id_, []), tickets.get(id_, []), found, expiries, zone)
        if id_ in people:
            dated = [*orders.get(id_, []), *tickets.get(id_, []), *balances.get(id_, [])]
            client = replace(
                client_of(people[id_], zone),
                credit=sum((read_amount(row["amount"]) or Decimal(0) for row in balances.get(id_, [])), Decimal(0)),
                dated=_dated(account, [read_when(row["created_at"], zone) for row in dated]),
                last_login=read_optional(logins.get(id_), zone),
            )
            account = replace(account, client=client)
        accounts.append(account)
    return accounts


def by_client(rows: Sequence[Row]) -> dict[int, list[Row]]:
    """Rows by the client that they name, each client's by id."""
    found: dict[int, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row["id"]):
        found.setdefault(row["client_id"], []).append(row)
    return found


def read_money(rows: Rows, clients: Sequence[int], orders: Sequence[Row], zone: str) -> Money:
    """Invoices of the clients, and those of whomever that bill one of the orders; lines and transactions of all."""
    own = rows.read("invoice", INVOICE, "client_id", clients)
    known = {row["id"] for row in own}
    # The order that a line bills stands in a TEXT column that older versions do not index: a locking read by it would
    # lock every line of every client, so it is read as the transaction sees it, and what it leads to is locked by id.
    lines = replace(rows, lock=False).read("invoice_item", ITEM, "rel_id", [str(row["id"]) for row in orders])
    others = {line["invoice_id"] for line in lines if folded(line["type"]) == "order"}
    others |= {row["unpaid_invoice_id"] for row in orders}
    foreign = rows.read("invoice", INVOICE, "id", {id_ for id_ in others if id_} - known)
    invoices = sorted([*own, *foreign], key=lambda row: row["id"])
    wanted = [row["id"] for row in invoices]
    items = rows.read("invoice_item", ITEM, "invoice_id", wanted)
    return money(invoices, items, rows.read("transaction", TRANSACTION, "invoice_id", wanted), zone)


def read_expiries(rows: Rows, orders: Sequence[Row], zone: str) -> dict[tuple[int, int], When | None]:
    """What the registry said of each domain, by client and service id: an id alone may be another client's."""
    ids = [row["service_id"] for row in orders if row["service_id"] and folded(row["service_type"]) == "domain"]
    domains = rows.read("service_domain", DOMAIN, "id", ids)
    return {(row["client_id"], row["id"]): read_when(row["expires_at"], zone) for row in domains}


def _last_logins(rows: Rows, clients: Sequence[int]) -> dict[int, Any]:
    """The latest sign-in by client; only the latest row of thousands is wanted, so the database picks it."""
    if not rows.schema.has("activity_client_history", *LOGIN):
        return {}
    client: ColumnElement[int] = column("client_id")
    latest: ColumnElement[Any] = func.max(column("created_at"))
    query = select(client, latest).select_from(table("activity_client_history")).group_by(client)
    if rows.lock:
        query = query.with_for_update()
    found: dict[int, Any] = {}
    for batch in batches(clients):
        found.update((id_, at) for id_, at in rows.connection.execute(query.where(client.in_(batch))))
    return found


def client_of(row: Row, zone: str) -> Client:
    """The client as its own row tells of it."""
    return Client(
        id=row["id"],
        state=state(CLIENTS, row["status"]),
        status=row["status"] or "",
        group=row["client_group_id"],
        country=row["country"] or "",
        registered=read_when(row["created_at"], zone),
    )


def account_of(
    id_: int,
    rows: Sequence[Row],
    tickets: Sequence[Row],
    found: Money,
    expiries: Mapping[tuple[int, int], When | None],
    zone: str,
) -> Account:
    """The account without the client row: what the orders and services are, what bills them, what was paid."""
    own = found.of_client.get(id_, [])
    named = [found.invoices[row["unpaid_invoice_id"]] for row in rows if row["unpaid_invoice_id"] in found.invoices]
    billing = [invoice for row in rows for invoice in found.billing.get(row["id"], [])]
    foreign = {invoice.id: invoice for invoice in (*named, *billing) if invoice.client != id_}
    is_order = {row["id"]: kind_of(row["status"], row["activated_at"]) is Kind.ORDER for row in rows}
    return Account(
        id=id_,
        client=None,
        orders=tuple(_order(row, found.billing.get(row["id"], []), zone) for row in rows if is_order[row["id"]]),
        items=tuple(_service(row, expiries, zone) for row in rows if not is_order[row["id"]]),
        invoices=tuple(own),
        foreign_invoices=tuple(foreign.values()),
        payments=tuple(paid for invoice in (*own, *foreign.values()) for paid in found.paid_on.get(invoice.id, [])),
        tickets=tuple(
            Ticket(row["id"], id_, folded(row["status"]) != CLOSED_TICKET, row["status"] or "") for row in tickets
        ),
    )


def _order(row: Row, billing: Sequence[Invoice], zone: str) -> Order:
    return Order(
        id=row["id"],
        client=row["client_id"],
        state=state(ORDERS, row["status"]),
        status=row["status"] or "",
        created=read_when(row["created_at"], zone),
        invoice=row["unpaid_invoice_id"] or (billing[0].id if billing else None),
    )


def _service(row: Row, expiries: Mapping[tuple[int, int], When | None], zone: str) -> Item:
    """A service has no order beside it: the same row was the order. `canceled_at` speaks only of canceled ones."""
    now, domain = state(ORDERS, row["status"]), (row["client_id"], row["service_id"])
    return Item(
        kind=Kind.SERVICE,
        id=row["id"],
        client=row["client_id"],
        state=now,
        status=row["status"] or "",
        changed=read_optional(row["canceled_at"], zone) if now is State.CANCELLED else None,
        expires=expiries.get(domain) if folded(row["service_type"]) == "domain" else None,
        bought=" ".join(str(row[name] or "-") for name in ("product_id", "period", "quantity")),
    )


def _dated(account: Account, others: Sequence[When | None]) -> tuple[When, ...]:
    """The dates of all that a client has, for a missing registration date."""
    dates = [
        *(invoice.issued for invoice in account.invoices),
        *(payment.at for payment in account.payments if payment.client == account.id),
        *others,
    ]
    return tuple(at for at in dates if at is not None)
