"""What each WHMCS hook becomes: which event, whose it is, what of its payload may stay, and which are not believed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import Connection, create_engine

from kigen.hosts.port import UnconfirmedEvent, UnknownEvent
from kigen.hosts.whmcs import WhmcsHost
from kigen.hosts.whmcs.events import SPECIAL
from kigen.hosts.whmcs.hooks import HOOKS
from kigen.policy.events import EVENTS, Event
from tests.hosts.whmcs_data import SCHMIDT, TANAKA, add, fill
from tests.support import shape

MONEY = ("gross", "amount")  # SQLite does not keep trailing zeros
AT = dt.datetime(2026, 2, 1, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def connection(sqlite_url: str) -> Iterator[Connection]:
    engine = create_engine(sqlite_url)
    shape.whmcs(engine)
    fill(engine)
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


def translate(connection: Connection, name: str, payload: Mapping[str, object]) -> Event:
    return WhmcsHost("Asia/Tokyo").translate(connection, name, payload, AT)


def test_every_hook_of_the_map_becomes_an_event_of_the_contract() -> None:
    assert {hook.event for hook in HOOKS.values()} <= set(EVENTS)
    assert HOOKS.keys().isdisjoint(SPECIAL)


@pytest.mark.parametrize(
    ("name", "payload", "event", "client", "id_", "data"),
    [
        ("ClientAdd", {"client_id": 1, "userid": 1, "password": "secret", "email": "a@b.c"},
         "client_registered", 1, None, {}),
        ("ClientEdit", {"userid": "1", "status": "Closed", "groupid": 7, "firstname": "T"}, "client_changed", 1, None,
         {"status": "Closed", "groupid": 7}),
        ("ClientClose", {"userid": 1}, "client_closed", 1, None, {}),
        ("PreDeleteClient", {"userid": 9}, "client_deleted", 9, None, {}),
        ("AfterClientMerge", {"toUserID": 2, "fromUserID": 1}, "client_merged", 1, None, {}),
        ("ContactDelete", {"userid": 1, "contactid": 77}, "contact_deleted", 1, 77, {}),
        ("AfterShoppingCartCheckout", {"OrderID": 10, "OrderNumber": 1}, "order_created", 1, 10, {}),
        ("CancelOrder", {"orderid": 10}, "order_cancelled", 1, 10, {}),
        ("CancelAndRefundOrder", {"orderid": 10}, "order_cancelled", 1, 10, {}),
        ("AcceptOrder", {"orderid": 1}, "order_accepted", 2, 1, {}),
        ("FraudOrder", {"orderid": 13}, "order_marked_fraud", 9, 13, {}),
        ("PendingOrder", {"orderid": 12}, "order_set_pending", 4, 12, {}),
        ("DeleteOrder", {"orderid": 555}, "order_deleted", None, 555, {}),
        ("InvoiceCreation", {"invoiceid": 30, "user": "admin", "source": "autogen", "status": "Draft"},
         "invoice_created", 1, 30, {"source": "autogen", "status": "Draft"}),
        ("InvoicePaid", {"invoiceid": 30}, "invoice_paid", 1, 30, {"gross": "11"}),
        ("InvoiceRefunded", {"invoiceid": 30}, "invoice_refunded", 1, 30, {}),
        ("AddInvoicePayment", {"invoiceid": 30}, "payment_received", 1, 40, {"amount": "11", "invoice": 30}),
        ("AfterModuleTerminate", {"params": {"serviceid": 20, "userid": 1, "password": "x", "clientsdetails": {}}},
         "service_terminated", 1, 20, {}),
        ("AfterModuleSuspend", {"serviceid": 20}, "service_suspended", 1, 20, {}),
        ("AdminServiceEdit", {"serviceid": 20, "userid": 1}, "service_changed", 1, 20, {"fields": []}),
        ("ServiceDelete", {"serviceid": 88, "clientId": 1}, "service_deleted", 1, 88, {}),
        ("AddonCancelled", {"id": 21, "userid": 0, "serviceid": 20}, "service_cancelled", 1, 21, {"kind": "addon"}),
        ("AddonDeleted", {"id": 555}, "service_deleted", None, 555, {"kind": "addon"}),
        ("CancellationRequest", {"userid": 1, "relid": 20, "type": "Immediate", "reason": "moving"},
         "cancellation_requested", 1, None, {"service": 20, "type": "Immediate"}),
        ("DomainTransferCompleted", {"domainId": 22, "domain": "a.example"}, "domain_transferred", 1, 22, {}),
        ("AfterRegistrarRenewal", {"params": {"domainid": 22}}, "domain_renewed", 1, 22, {}),
        ("TicketOpen", {"ticketid": 50, "userid": 1, "message": "help", "subject": "x"}, "ticket_opened", 1, 50, {}),
        ("TicketDelete", {"ticketId": "50", "adminId": 3}, "ticket_deleted", 1, 50, {}),
        ("TicketStatusChange", {"ticketid": 50, "status": " closed", "adminid": 2}, "ticket_closed", 1, 50, {}),
        ("TicketStatusChange", {"ticketid": 50, "status": "On Hold"}, "ticket_opened", 1, 50, {}),
        ("AffiliateCommission", {"affiliateId": 70, "referralId": 71, "serviceId": 1, "commissionDelayed": False},
         "commission_approved", 1, 71, {"service": 1}),
        ("DailyCronJob", {}, "day_started", None, None, {}),
    ],
)  # fmt: skip
def test_a_hook_becomes_an_event_with_nothing_but_listed_keys(
    connection: Connection,
    name: str,
    payload: dict[str, object],
    event: str,
    client: int | None,
    id_: int | None,
    data: dict[str, object],
) -> None:
    found = translate(connection, name, payload)
    told = {key: value for key, value in found.data.items() if key not in MONEY}
    told |= {key: str(int(float(str(value)))) for key, value in found.data.items() if key in MONEY}
    assert (found.name, found.at, found.client, found.id, told) == (event, AT, client, id_, data)
    assert found.into == (2 if name == "AfterClientMerge" else None)


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("CancelOrder", {"orderid": 1}),  # still Active: somebody thought better of it
        ("FraudOrder", {"orderid": 555}),
        ("PendingOrder", {"orderid": 11}),  # a status that nobody mapped confirms nothing
        ("DeleteOrder", {"orderid": 10}),
        ("PreDeleteClient", {"userid": TANAKA}),
        ("InvoicePaid", {"invoiceid": 555}),
        ("AddInvoicePayment", {"invoiceid": 1}),
        ("AddTransaction", {"id": 555, "amountin": "5.00", "userid": 1}),
        ("AffiliateCommission", {"affiliateId": 70, "serviceId": 1, "commissionDelayed": True}),
    ],
)
def test_an_announcement_that_the_tables_do_not_show_is_not_believed(
    connection: Connection, name: str, payload: dict[str, object]
) -> None:
    with pytest.raises(UnconfirmedEvent):
        translate(connection, name, payload)


def test_a_sign_in_is_that_of_the_client_whom_the_user_owns(connection: Connection) -> None:
    assert translate(connection, "UserLogin", {"user_id": 1}).client == TANAKA
    assert translate(connection, "UserLogin", {"user_id": 2}).client == SCHMIDT
    assert translate(connection, "UserLogin", {"user_id": 2, "client_id": TANAKA}).client == TANAKA
    assert translate(connection, "UserLogin", {"user_id": 1, "client_id": SCHMIDT}).client == TANAKA, "Not one of his."


@pytest.mark.parametrize("who", [{"masquerading": True}, {"isMasqueradingAdmin": "1"}, {"admin": 1}])
def test_staff_acting_as_a_client_is_no_sign_in(connection: Connection, who: dict[str, object]) -> None:
    with pytest.raises(UnknownEvent):
        translate(connection, "UserLogin", {"user_id": 1, **who})
    assert translate(connection, "UserLogin", {"user_id": 1, **dict.fromkeys(who, 0)}).client == TANAKA


def test_a_refund_tells_a_reversal_only_when_nothing_of_the_payment_is_left(connection: Connection) -> None:
    add(connection, "tblaccounts", id=41, userid=TANAKA, invoiceid=30, amountout="6.00", refundid=40)
    with pytest.raises(UnconfirmedEvent, match="part"):
        translate(connection, "AddTransaction", {"id": 41, "refundid": 40})
    add(connection, "tblaccounts", id=42, userid=TANAKA, invoiceid=0, amountout="5.00", refundid=40)
    found = translate(connection, "AddTransaction", {"id": 42, "invocieid": 0})
    assert (found.name, found.client, found.id, found.data["invoice"]) == ("payment_reversed", TANAKA, 40, 30)


def test_a_payout_that_names_no_payment_reverses_nothing(connection: Connection) -> None:
    add(connection, "tblaccounts", id=41, userid=TANAKA, invoiceid=30, amountout="11.00")
    with pytest.raises(UnconfirmedEvent):
        translate(connection, "AddTransaction", {"id": 41})


def test_a_wrong_value_is_never_repeated_in_the_sentence(connection: Connection) -> None:
    with pytest.raises(ValueError, match="whole number") as refused:
        translate(connection, "CancelOrder", {"orderid": "4111 1111 1111 1111"})
    assert "4111" not in str(refused.value)
