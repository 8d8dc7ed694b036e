"""FOSSBilling's tables read as kigen's facts: statuses, payments, orders that become services, on either engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection

from kigen.hosts.fossbilling import FossBillingHost
from kigen.policy.facts import Account
from kigen.policy.records import Kind, State
from tests.support.fossbilling import connected, create, put, rows


@pytest.fixture(params=["0.7-sqlite", "0.8-mariadb"])
def db(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A database of each version and of each engine, with client 1 in it."""
    version, engine = str(request.param).split("-")
    url = str(request.getfixturevalue(f"{engine}_url"))
    create(url, version)
    with connected(url) as connection:
        put(connection, "client", id=1, status="active", created_at="2020-01-01 09:00:00")
        yield connection


@pytest.fixture
def host() -> FossBillingHost:
    return FossBillingHost("UTC")


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def account(host: FossBillingHost, db: Connection, client: int = 1) -> Account:
    (found,) = host.accounts(db, [client], lock=True)
    return found


def invoice(db: Connection, id_: int, price: str = "100.00", **values: Any) -> None:
    put(db, "invoice", **{"id": id_, "client_id": 1, "status": "paid", "paid_at": "2024-05-01 10:00:00", **values})
    put(db, "invoice_item", invoice_id=id_, type="custom", price=price, quantity=1)


def transaction(db: Connection, id_: int, on: int, amount: str | None, **values: Any) -> None:
    common = {"status": "processed", "created_at": "2024-05-01 10:00:00"}
    put(db, "transaction", **{"id": id_, "invoice_id": on, "amount": amount, **common, **values})


@pytest.mark.parametrize(
    ("status", "activated", "kind", "state"),
    [
        ("pending_setup", None, Kind.ORDER, State.PENDING),
        ("failed_setup", None, Kind.ORDER, State.PENDING),
        ("canceled", None, Kind.ORDER, State.CANCELLED),
        ("strange", None, Kind.ORDER, State.UNKNOWN),
        ("active", "2021-01-01 00:00:00", Kind.SERVICE, State.ACTIVE),
        (" Active ", "2021-01-01 00:00:00", Kind.SERVICE, State.ACTIVE),
        ("suspended", "2021-01-01 00:00:00", Kind.SERVICE, State.SUSPENDED),
        ("failed_renew", "2021-01-01 00:00:00", Kind.SERVICE, State.FAILED_RENEW),
        ("canceled", "2021-01-01 00:00:00", Kind.SERVICE, State.CANCELLED),
        ("strange", "2021-01-01 00:00:00", Kind.SERVICE, State.UNKNOWN),
        # Live by the host's word although nobody noted the activation: not to be taken for an order.
        ("active", None, Kind.SERVICE, State.ACTIVE),
        ("suspended", None, Kind.SERVICE, State.SUSPENDED),
        ("failed_renew", None, Kind.SERVICE, State.FAILED_RENEW),
    ],
)
def test_a_client_order_is_an_order_until_it_is_activated(
    db: Connection, host: FossBillingHost, status: str, activated: str | None, kind: Kind, state: State
) -> None:
    put(db, "client_order", id=5, client_id=1, status=status, activated_at=activated, created_at="2020-12-01 00:00:00")
    found = account(host, db)
    orders = [(Kind.ORDER, order.id, order.state, order.status) for order in found.orders]
    items = [(item.kind, item.id, item.state, item.status) for item in found.items]
    assert orders + items == [(kind, 5, state, status)]
    other = Kind.SERVICE if kind is Kind.ORDER else Kind.ORDER
    assert host.owners(db, kind, [5, 6]) == {5: 1}
    assert host.owners(db, other, [5]) == {}
    counts = host.counts(db)
    assert (counts[kind], counts[other]) == (1, 0)


@pytest.mark.parametrize(
    ("status", "state"),
    [("active", State.ACTIVE), ("suspended", State.SUSPENDED), ("CANCELED ", State.CLOSED), ("odd", State.UNKNOWN)],
)
def test_a_client_is_closed_only_when_canceled(
    db: Connection, host: FossBillingHost, status: str, state: State
) -> None:
    put(db, "client", id=2, status=status)
    client = account(host, db, 2).client
    assert client is not None
    assert (client.state, client.status) == (state, status)
    assert host.counts(db)[Kind.CLIENT] == (1 if state is State.CLOSED else 2)


def test_a_canceled_service_tells_when_it_changed_and_a_live_one_not(db: Connection, host: FossBillingHost) -> None:
    common = {"client_id": 1, "activated_at": "2021-01-01 00:00:00", "canceled_at": "2022-02-02 10:00:00"}
    put(db, "client_order", id=1, status="canceled", product_id=6, period="1Y", quantity=2, **common)
    put(db, "client_order", id=2, status="active", product_id=6, **common)
    canceled, active = account(host, db).items
    assert (canceled.changed, canceled.bought, canceled.order) == (utc("2022-02-02 10:00"), "6 1Y 2", None)
    assert active.changed is None


def test_a_domain_expires_when_its_own_service_row_says_so(db: Connection, host: FossBillingHost) -> None:
    put(db, "service_domain", id=4, client_id=1, expires_at="2027-06-10 00:00:00")
    put(db, "service_domain", id=5, client_id=2, expires_at="2029-06-10 00:00:00")
    put(db, "client_order", id=1, client_id=1, status="active", service_type="domain", service_id=4)
    put(db, "client_order", id=2, client_id=1, status="active", service_type="hosting", service_id=4)
    put(db, "client_order", id=3, client_id=1, status="active", service_type="domain", service_id=5)
    assert [item.expires for item in account(host, db).items] == [utc("2027-06-10 00:00"), None, None]


def test_gross_adds_tax_only_to_the_lines_that_are_taxed(db: Connection, host: FossBillingHost) -> None:
    put(db, "invoice", id=1, client_id=1, status="unpaid", taxrate="10")
    put(db, "invoice_item", invoice_id=1, type="custom", price="19.99", quantity=3, taxed=1)
    put(db, "invoice_item", invoice_id=1, type="custom", price="5.00", quantity=1, taxed=0)
    (found,) = account(host, db).invoices
    assert found.gross == Decimal("70.97")  # 59.97 + 5.00 + 6.00


def test_a_line_bills_its_order_under_both_names(db: Connection, host: FossBillingHost) -> None:
    put(db, "client_order", id=7, client_id=1, status="pending_setup")
    put(db, "invoice", id=3, client_id=1, status="unpaid")
    put(db, "invoice_item", invoice_id=3, type="order", rel_id="7", price="1.00", quantity=1)
    put(db, "invoice_item", invoice_id=3, type="deposit", rel_id="8", price="1.00", quantity=1)
    found = account(host, db)
    assert found.invoices[0].bills == {(Kind.ORDER, 7), (Kind.SERVICE, 7)}
    assert found.orders[0].invoice == 3


def test_another_clients_invoice_that_bills_an_order_is_foreign(db: Connection, host: FossBillingHost) -> None:
    put(db, "client_order", id=7, client_id=1, status="canceled")
    put(db, "client_order", id=8, client_id=1, status="pending_setup", unpaid_invoice_id=4)
    for id_ in (3, 4):
        put(db, "invoice", id=id_, client_id=2, status="paid")
    put(db, "invoice_item", invoice_id=3, type="order", rel_id="7", price="9.00", quantity=1)
    transaction(db, 1, 3, "9.00")
    found = account(host, db)
    assert found.invoices == ()
    assert [one.id for one in found.foreign_invoices] == [4, 3]
    assert [(one.id, one.client) for one in found.payments] == [(1, 2)]


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ({"status": "processed"}, True),
        ({"status": "succeeded"}, True),
        ({"status": "Processed "}, True),
        ({"status": "received", "txn_status": "complete"}, True),  # the gateway has the money, the host not booked it
        ({"status": "received"}, False),
        ({"status": "approved"}, False),
        ({"status": "received", "txn_status": "pending"}, False),
        ({"status": "error"}, False),
        ({"status": "processed", "amount": "0.00"}, False),
        ({"status": "processed", "amount": "-100.00"}, False),
        ({"status": "processed", "type": "refund"}, False),
        ({"status": "processed", "amount": "what?"}, True),  # booked: taken for the whole, because it may keep
    ],
)
def test_which_transaction_is_a_payment(
    db: Connection, host: FossBillingHost, values: dict[str, str], counts: bool
) -> None:
    invoice(db, 1, status="unpaid", paid_at=None)
    transaction(db, 1, 1, **{"amount": "100.00", **values})
    found = account(host, db)
    assert [payment.amount for payment in found.payments if payment.amount > 0] == ([Decimal(100)] if counts else [])
    assert found.is_paid(found.invoices[0]) is counts


def test_a_part_payment_leaves_the_invoice_unpaid(db: Connection, host: FossBillingHost) -> None:
    invoice(db, 1, status="unpaid", paid_at=None)
    transaction(db, 1, 1, "40.00", status="received", txn_status="complete")
    found = account(host, db)
    assert found.is_unpaid(found.invoices[0])
    assert found.is_paid(found.invoices[0])


def test_an_unpaid_invoice_with_an_announced_payment_is_payment_pending(db: Connection, host: FossBillingHost) -> None:
    invoice(db, 1, status="unpaid", paid_at=None)
    invoice(db, 2, status="unpaid", paid_at=None)
    transaction(db, 1, 1, "100.00", status="received")
    transaction(db, 2, 2, "100.00", status="received", txn_status="failed")
    assert [one.state for one in account(host, db).invoices] == [State.PAYMENT_PENDING, State.UNPAID]


def test_what_went_back_on_the_same_invoice_reverses_the_payment(db: Connection, host: FossBillingHost) -> None:
    invoice(db, 1, "150.00")
    transaction(db, 1, 1, "150", created_at="2021-03-19 10:00:00")
    transaction(db, 2, 1, "-150.00", txn_status="reversed", type="refund", created_at="2021-05-01 10:00:00")
    payment, back = account(host, db).payments
    assert (payment.is_reversed, payment.reversed_at) == (True, (utc("2021-05-01 10:00"),))
    # What went back is a transaction too, with a floor of its own.
    assert (back.id, back.amount, back.at) == (2, Decimal(-150), utc("2021-05-01 10:00"))


def test_of_two_payments_the_one_of_the_same_amount_went_back(db: Connection, host: FossBillingHost) -> None:
    invoice(db, 1, "150.00")
    transaction(db, 1, 1, "50.00")
    transaction(db, 2, 1, "100.00")
    transaction(db, 3, 1, "-50.00", created_at="2024-06-01 10:00:00")
    transaction(db, 4, 1, "-10.00", created_at="2024-06-02 10:00:00")
    paid = [(one.id, one.is_reversed) for one in account(host, db).payments if one.amount > 0]
    assert paid == [(1, True), (2, False)]


CREDIT_NOTE = {"status": "refunded", "paid_at": "2024-08-01 10:00:00", "created_at": "2024-08-01 10:00:00"}


@pytest.mark.parametrize(
    ("notes", "note_notes", "credited", "is_refunded"),
    [
        (None, "2024-08-01: Refund for #1 invoice.", "-100.00", True),
        ("2024-08-01: Refund invoice #2 generated.", None, "-100.00", True),
        (None, "2024-08-01: Refund for #1 invoice.", "-40.00", False),
        (None, None, "-100.00", False),  # no link, so nobody knows which invoice it refunds
        (None, "Refund for #9 invoice.", "-100.00", False),
    ],
)
def test_a_credit_note_that_refunds_the_whole_reverses_the_payment(
    db: Connection, host: FossBillingHost, notes: str | None, note_notes: str | None, credited: str, is_refunded: bool
) -> None:
    invoice(db, 1, notes=notes)
    transaction(db, 1, 1, "100.00")
    invoice(db, 2, credited, notes=note_notes, **CREDIT_NOTE)
    found = account(host, db)
    first = found.invoices[0]
    refunded = (first.state, first.status, first.refunded)
    (payment,) = found.payments
    if is_refunded:
        assert refunded == (State.REFUNDED, "paid", utc("2024-08-01 10:00"))
        assert (payment.is_reversed, payment.reversed_at) == (True, (utc("2024-08-01 10:00"),))
    else:
        assert refunded == (State.PAID, "paid", None)
        assert not payment.is_reversed


def test_a_credit_note_of_another_client_refunds_nothing(db: Connection, host: FossBillingHost) -> None:
    invoice(db, 1)
    transaction(db, 1, 1, "100.00")
    invoice(db, 2, "-100.00", client_id=2, notes="Refund for #1 invoice.", **CREDIT_NOTE)
    mine, _ = host.accounts(db, [1, 2])
    assert [payment.is_reversed for payment in mine.payments] == [False]


def test_credit_is_the_sum_of_the_balance_and_not_its_last_row(db: Connection, host: FossBillingHost) -> None:
    for amount in ("99.10", "-89.10", "0.01"):
        put(db, "client_balance", client_id=1, amount=amount, created_at="2021-01-01 00:00:00")
    client = account(host, db).client
    assert client is not None
    assert client.credit == Decimal("10.01")


def test_all_dates_of_a_client_are_told_for_a_missing_registration(db: Connection, host: FossBillingHost) -> None:
    put(db, "client", id=2, status="active")
    put(db, "client_order", id=1, client_id=2, status="active", created_at="2019-03-01 00:00:00")
    put(db, "support_ticket", id=1, client_id=2, status="closed", created_at="2018-12-24 12:00:00")
    put(db, "client_balance", client_id=2, amount="0", created_at="2020-01-01 00:00:00")
    client = account(host, db, 2).client
    assert client is not None
    assert client.registered is None
    assert sorted(map(str, client.dated)) == [
        "2018-12-24 12:00:00+00:00",
        "2019-03-01 00:00:00+00:00",
        "2020-01-01 00:00:00+00:00",
    ]


def test_the_last_sign_in_is_the_latest_of_the_history(db: Connection, host: FossBillingHost) -> None:
    for at in ("2024-01-01 10:00:00", "2025-06-01 10:00:00", "2023-01-01 10:00:00"):
        put(db, "activity_client_history", client_id=1, ip="192.0.2.1", created_at=at)
    client = account(host, db).client
    assert client is not None
    assert client.last_login == utc("2025-06-01 10:00")


def test_local_times_of_the_host_are_read_in_its_zone(db: Connection) -> None:
    client = account(FossBillingHost("Asia/Tokyo"), db).client
    assert client is not None
    assert client.registered == utc("2020-01-01 00:00")


def test_a_ticket_is_open_unless_it_is_closed(db: Connection, host: FossBillingHost) -> None:
    for id_, status in enumerate(("open", "on_hold", "closed", " Closed", "waiting"), start=1):
        put(db, "support_ticket", id=id_, client_id=1, status=status)
    put(db, "support_ticket", id=9, client_id=None, status="open")
    assert [ticket.is_open for ticket in account(host, db).tickets] == [True, True, False, False, True]
    assert host.owners(db, Kind.TICKET, [1, 9]) == {1: 1}


def test_clients_that_only_other_rows_mention_are_walked_too(db: Connection, host: FossBillingHost) -> None:
    put(db, "service_hosting", client_id=52)
    put(db, "invoice", id=1, client_id=30, status="paid")
    assert host.client_ids(db, None, 10) == [1, 30, 52]
    assert host.client_ids(db, 1, 1) == [30]
    assert host.client_ids(db, 52, 10) == []
    assert [one.client for one in host.accounts(db, [30, 52])] == [None, None]


def test_what_cannot_be_told_for_a_missing_column_is_not_counted(db: Connection, host: FossBillingHost) -> None:
    put(db, "client_order", id=1, client_id=1, status="active", activated_at="2021-01-01 00:00:00")
    put(db, "invoice", id=1, client_id=1, status="paid")
    assert host.counts(db) == {Kind.CLIENT: 1, Kind.ORDER: 0, Kind.INVOICE: 1, Kind.SERVICE: 1}
    db.exec_driver_sql("ALTER TABLE client_order RENAME COLUMN activated_at TO renamed")
    assert "client_order.activated_at" in host.drift(db).refused["service.delete-cancelled"]
    assert host.counts(db) == {Kind.CLIENT: 1, Kind.ORDER: 0, Kind.INVOICE: 1, Kind.SERVICE: 0}
    assert (host.ranges(db, Kind.SERVICE, 10), host.ids(db, Kind.SERVICE, 0, 9)) == ({}, set())


def test_archiving_sets_the_status_and_undoing_gives_it_back(db: Connection, host: FossBillingHost) -> None:
    put(db, "client", id=2, status="suspended", notes="x", updated_at="2021-01-01 00:00:00")
    put(db, "client", id=3, status="canceled")
    before = {row["id"]: row for row in rows(db, "client")}
    assert host.archive(db, [1, 2, 3, 4]) == {1: "active", 2: "suspended"}
    assert {row["id"]: row for row in rows(db, "client")} == {
        id_: {**row, "status": "canceled"} for id_, row in before.items()
    }
    db.exec_driver_sql("UPDATE client SET status = 'active' WHERE id = 1")  # staff were faster
    assert host.unarchive(db, {1: "suspended", 2: "suspended", 4: "active"}) == 1
    assert [row["status"] for row in rows(db, "client")] == ["active", "suspended", "canceled"]
