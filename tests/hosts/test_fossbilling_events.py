"""Events of FOSSBilling one by one: ids as numbers or text, intents confirmed from the tables, secrets left behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from kigen.hosts.fossbilling import FossBillingHost
from kigen.hosts.fossbilling.events import SPECIAL
from kigen.hosts.fossbilling.hooks import HOOKS
from kigen.hosts.port import UnconfirmedEvent, UnknownEvent
from kigen.policy.events import EVENTS, Event
from tests.support.fossbilling import connected, create, put

AT = dt.datetime(2026, 11, 22, 20, 0, tzinfo=dt.UTC)


@pytest.fixture
def db(sqlite_url: str) -> Iterator[Connection]:
    create(sqlite_url, "0.8")
    with connected(sqlite_url) as connection:
        put(connection, "client", id=1, status="canceled")
        put(connection, "client", id=2, status="active")
        put(connection, "client_order", id=10, client_id=2, status="canceled", activated_at="2020-01-01 00:00:00")
        put(connection, "client_order", id=11, client_id=2, status="canceled")
        put(connection, "invoice", id=20, client_id=2, status="canceled", due_at="2026-09-01 00:00:00")
        put(connection, "invoice", id=21, client_id=2, status="unpaid", due_at="2026-09-01 12:30:00")
        put(connection, "transaction", id=30, invoice_id=21, amount="5", status="processed")
        put(connection, "transaction", id=31, invoice_id=21, amount="-5", status="processed")
        put(connection, "transaction", id=32, invoice_id=21, amount="5", status="received")
        yield connection


def told(db: Connection, name: str, payload: dict[str, object]) -> Event:
    return FossBillingHost("UTC").translate(db, name, payload, AT)


@pytest.mark.parametrize("id_", [10, "10", " 10 "])
def test_an_id_may_be_a_number_or_its_digits(db: Connection, id_: object) -> None:
    assert told(db, "onAfterAdminOrderSuspend", {"id": id_}) == Event("service_suspended", AT, client=2, id=10)


def test_the_client_that_the_event_names_needs_no_row(db: Connection) -> None:
    assert told(db, "onAfterClientOrderCreate", {"ip": "192.0.2.1", "client_id": "7", "id": 99}).client == 7
    assert told(db, "onAfterAdminOrderCreate", {"id": 99}).client is None


@pytest.mark.parametrize(
    ("id_", "name"), [(10, "service_cancelled"), (11, "order_cancelled"), (99, "service_cancelled")]
)
def test_what_was_never_activated_is_cancelled_as_an_order(db: Connection, id_: int, name: str) -> None:
    assert told(db, "onAfterAdminOrderCancel", {"id": id_}).name == name


def test_a_change_of_an_order_that_was_never_activated_means_nothing(db: Connection) -> None:
    assert told(db, "onAfterAdminOrderUpdate", {"id": 10}).data == {"fields": []}
    with pytest.raises(UnknownEvent):
        told(db, "onAfterAdminOrderUpdate", {"id": 11})


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("onBeforeAdminClientUpdate", {"id": 2, "status": "canceled"}),  # refused afterwards, or changed back
        ("onBeforeAdminClientUpdate", {"id": 99, "status": "canceled"}),
        ("onBeforeAdminInvoiceUpdate", {"id": 21, "status": "canceled"}),
        ("onBeforeAdminInvoiceUpdate", {"id": 21, "due_at": "2026-10-01"}),
        ("onBeforeAdminInvoiceUpdate", {"id": 99, "due_at": "2026-10-01"}),
        ("onBeforeClientInvoiceDelete", {"id": 21}),
        ("onAfterAdminTransactionCreate", {"id": 31}),
        ("onAfterAdminTransactionCreate", {"id": 32}),
        ("onAfterAdminTransactionProcess", {"id": 99}),
    ],
)
def test_an_intent_that_the_tables_do_not_show_is_not_told(
    db: Connection, name: str, payload: dict[str, object]
) -> None:
    with pytest.raises(UnconfirmedEvent):
        told(db, name, payload)


@pytest.mark.parametrize(
    ("name", "payload", "event"),
    [
        ("onBeforeAdminClientUpdate", {"id": "1", "status": " Canceled"}, Event("client_closed", AT, client=1)),
        ("onBeforeAdminInvoiceUpdate", {"id": 20, "status": "canceled", "due_at": "2026-09-01"},
         Event("invoice_cancelled", AT, client=2, id=20)),
        ("onBeforeAdminInvoiceUpdate", {"id": 21, "status": "unpaid", "due_at": "2026-09-01T12:30:00"},
         Event("invoice_due_changed", AT, client=2, id=21, data={"due": "2026-09-01T12:30:00+00:00"})),
        ("onBeforeClientInvoiceDelete", {"id": 99}, Event("invoice_deleted", AT, id=99)),
        ("onAfterAdminTransactionCreate", {"id": 30},
         Event("payment_received", AT, client=2, id=30, data={"amount": "5", "invoice": 21})),
        ("onAfterAdminCronRun", {}, Event("day_started", AT)),
    ],
)  # fmt: skip
def test_an_intent_that_the_tables_show_is_told(
    db: Connection, name: str, payload: dict[str, object], event: Event
) -> None:
    assert told(db, name, payload) == event


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("onAfterAdminClientCreate", {"email": "a@example.org", "password": "secret"}),
        ("onBeforeAdminClientUpdate", {"id": 1, "status": "suspended"}),
        ("onBeforeAdminClientDelete", {"id": 1}),
        ("onAfterAdminInvoiceUpdate", {"id": 20, "status": "canceled"}),
        ("onBeforeAdminInvoiceUpdate", {"id": 20, "gateway_id": 1}),
        ("onAfterAdminOrderRenew", {"id": 10}),
        ("onAfterAdminTransactionUpdate", {"id": 30}),
        ("onAfterGuestPublicTicketClose", {"id": 3}),  # another table: its ids are other tickets' ids
        ("onBeforeClientProfilePasswordReset", {}),
        ("onEventClientLoginFailed", {"email": "a@example.org", "password": "secret"}),
    ],
)
def test_what_means_nothing_is_told_apart(db: Connection, name: str, payload: dict[str, object]) -> None:
    with pytest.raises(UnknownEvent):
        told(db, name, payload)


def test_a_wrong_id_is_refused_without_repeating_it(db: Connection) -> None:
    with pytest.raises(ValueError, match="onAfterClientLogin has an 'id' that is a text") as refused:
        told(db, "onAfterClientLogin", {"id": "kei@example.jp", "password": "secret"})
    assert "example" not in str(refused.value)
    assert "secret" not in str(refused.value)


def test_nothing_of_a_payload_but_ids_enters_an_event(db: Connection) -> None:
    secrets = {"password": "s3cret", "email": "kei@example.jp", "first_name": "Kei", "hash": "h", "ip": "192.0.2.1"}
    for name in [*HOOKS, *SPECIAL]:
        try:
            event = told(db, name, {"id": 30, "status": "canceled", "due_at": "2026-09-01", **secrets})
        except (UnknownEvent, UnconfirmedEvent):
            continue
        assert not set(map(str, event.data.values())) & set(secrets.values())
        assert event.data.keys() <= {"fields", "due", "amount", "invoice", "by"}
        assert event.name in EVENTS
